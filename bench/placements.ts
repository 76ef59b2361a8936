import type { Pod, PodSpec } from '../lib/api/generated/types.js';
import type { Admitted } from '../lib/api/object.js';
import { createScheduler } from '../lib/scheduler/index.js';
import { boundTo, hostname, nodeOf, padded, peakMegabytes, podOf, requesting, zone } from './scheduler-objects.js';

/**
 * Places Pods one after the other on an empty cluster: `placements.ts plain|spread|anti NODES PODS`. Prints, as JSON, Pods a second in a process that
 * has done nothing yet and in one that has done the same before, and MB.
 */
const [workload = 'plain', nodeCount = '1000', podCount = '5000'] = process.argv.slice(2);

const selecting = (app: string) => ({ labelSelector: { matchLabels: { app } } });

const rulesOf = (app: string): Partial<PodSpec> => {
  if (workload === 'spread') {
    const preference = { matchExpressions: [{ key: 'disktype', operator: 'In', values: ['ssd'] }] };
    return {
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', ...selecting(app) }],
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, preference }] } },
    };
  }
  if (workload !== 'anti') return {};
  const term = { topologyKey: hostname, ...selecting(app) };
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
};

/** Every Pod is an object through and through, as when it was read: nothing is shared with the others. */
const queuedPod = (j: number, nodes: number): Admitted<Pod> => {
  const app = workload === 'anti' ? `app-${Math.floor(j / nodes)}` : 'web';
  return podOf(`pod-${padded(j)}`, { app }, { ...requesting('100m', '128Mi'), ...rulesOf(app) });
};

/** Seconds that all Pods take. */
const place = (nodeTotal: number, podTotal: number): number => {
  const scheduler = createScheduler();
  for (let i = 0; i < nodeTotal; i++) scheduler.upsert(nodeOf(i));
  const queue = Array.from({ length: podTotal }, (_, j) => queuedPod(j, nodeTotal));
  const started = performance.now();
  let placed = 0;
  for (const pod of queue) {
    const { outcome, node } = scheduler.schedule(pod);
    if (outcome !== 'scheduled') continue;
    placed++;
    scheduler.upsert(boundTo(pod, node));
  }
  if (placed !== podTotal) throw new Error(`only ${placed} of ${podTotal} Pods were placed`);
  return (performance.now() - started) / 1000;
};

const rate = (): number => Number(podCount) / place(Number(nodeCount), Number(podCount));
const cold = rate();
// The compiler of the engine that runs this is not what is measured: it has seen the code before.
for (let round = 0; round < 2; round++) rate();
process.stdout.write(`${JSON.stringify({ cold, rate: rate(), megabytes: peakMegabytes() })}\n`);
