import type { Node, Pod, PodSpec } from '../lib/api/generated/types.js';
import type { Admitted } from '../lib/api/object.js';
import { createScheduler } from '../lib/scheduler/index.js';

/** Places Pods one after the other on an empty cluster: `placements.ts plain|spread|anti NODES PODS`. Prints Pods a second and MB as JSON. */
const [workload = 'plain', nodeCount = '1000', podCount = '5000'] = process.argv.slice(2);

const number = (i: number): string => String(i).padStart(5, '0');
const zone = 'topology.kubernetes.io/zone';
const hostname = 'kubernetes.io/hostname';

const nodeOf = (i: number): Admitted<Node> => {
  const name = `node-${number(i)}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: name,
      labels: {
        [hostname]: name,
        [zone]: `zone-${i % 3}`,
        disktype: i % 2 === 0 ? 'ssd' : 'hdd',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
      },
    },
    status: { allocatable: { cpu: '32', memory: '128Gi', pods: '250', 'ephemeral-storage': '100Gi' } },
  };
};

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
const podOf = (j: number, nodes: number): Admitted<Pod> => {
  const name = `pod-${number(j)}`;
  const app = workload === 'anti' ? `app-${Math.floor(j / nodes)}` : 'web';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, labels: { app } },
    spec: {
      priority: 0,
      containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '100m', memory: '128Mi' } } }],
      ...rulesOf(app),
    },
  };
};

/** Seconds that all Pods take. */
const place = (nodeTotal: number, podTotal: number): number => {
  const scheduler = createScheduler();
  for (let i = 0; i < nodeTotal; i++) scheduler.upsert(nodeOf(i));
  const queue = Array.from({ length: podTotal }, (_, j) => podOf(j, nodeTotal));
  const started = performance.now();
  let placed = 0;
  for (const pod of queue) {
    const { outcome, node } = scheduler.schedule(pod);
    if (outcome !== 'scheduled' || pod.spec === undefined) continue;
    placed++;
    const bound: Admitted<Pod> = { ...pod, spec: { ...pod.spec, nodeName: node } };
    scheduler.upsert(bound);
  }
  if (placed !== podTotal) throw new Error(`only ${placed} of ${podTotal} Pods were placed`);
  return (performance.now() - started) / 1000;
};

// The compiler of the engine that runs this is not what is measured: it has seen the code before.
for (let round = 0; round < 3; round++) place(Number(nodeCount), Number(podCount));
const seconds = place(Number(nodeCount), Number(podCount));
const rate = Number(podCount) / seconds;
process.stdout.write(`${JSON.stringify({ rate, megabytes: process.resourceUsage().maxRSS / 1000 })}\n`);
