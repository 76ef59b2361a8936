import type { PodSpec, Service, Taint } from '../lib/api/generated/types.js';
import type { Admitted } from '../lib/api/object.js';
import { createScheduler } from '../lib/scheduler/index.js';
import { boundTo, hostname, nodeOf, peakMegabytes, podOf, requesting, zone } from './scheduler-objects.js';

/**
 * 150,000 Pods of 300 templates on 5,000 nodes in 6 pools, one of each template in turn; every 15th template fits nowhere. Prints as JSON:
 * seconds in all, microseconds for one Pod that fits and for one that does not, MB.
 */
const nodeCount = 5000;
const templateCount = 300;
const podCount = 150_000;

interface Pool {
  readonly name: string;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
}

const pools: readonly Pool[] = [
  { name: 'general' },
  { name: 'large', allocatable: { cpu: '64', memory: '256Gi' } },
  { name: 'memory', allocatable: { cpu: '16', memory: '256Gi' } },
  { name: 'batch', taints: [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] },
  { name: 'spot', taints: [{ key: 'spot', effect: 'PreferNoSchedule' }] },
  { name: 'small', allocatable: { cpu: '16', memory: '64Gi', pods: '110' } },
];

const sizes: readonly (readonly [cpu: string, memory: string])[] = [
  ['100m', '128Mi'],
  ['250m', '256Mi'],
  ['250m', '1Gi'],
  ['500m', '512Mi'],
  ['1', '1Gi'],
];

const selecting = (app: string) => ({ labelSelector: { matchLabels: { app } } });

/** What Pods that fit ask for besides room, by the number of the template. */
const rules: readonly ((app: string) => Partial<PodSpec>)[] = [
  () => ({}),
  (app) => ({
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', ...selecting(app) }],
  }),
  (app) => ({
    affinity: {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: hostname, ...selecting(app) }] },
    },
  }),
  (app) => {
    const preference = { matchExpressions: [{ key: 'pool', operator: 'In', values: ['large', 'memory'] }] };
    const podAffinityTerm = { topologyKey: zone, ...selecting(app) };
    return {
      affinity: {
        nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, preference }] },
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm }] },
      },
    };
  },
  () => ({
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'batch', effect: 'NoSchedule' }],
    nodeSelector: { pool: 'batch' },
  }),
  // Spread by the system's defaults, see the Services.
  () => ({}),
];

/** What no node has. */
const misfits: readonly ((app: string) => Partial<PodSpec>)[] = [
  () => ({ nodeSelector: { pool: 'gpu' } }),
  () => requesting('80', '1Gi'),
  (app) => ({
    affinity: {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: zone, ...selecting(`${app}-leader`) }] },
    },
  }),
  () => ({ nodeSelector: { pool: 'memory' }, ...requesting('500m', '300Gi') }),
];

const isMisfit = (template: number): boolean => template % 15 === 14;

const specOf = (template: number): PodSpec => {
  const app = `app-${template}`;
  const [cpu, memory] = sizes[template % sizes.length] ?? ['100m', '128Mi'];
  const kinds = isMisfit(template) ? misfits : rules;
  const kind = kinds[Math.floor(isMisfit(template) ? template / 15 : template) % kinds.length];
  return { ...requesting(cpu, memory), ...kind?.(app) };
};

const serviceOf = (template: number): Admitted<Service> => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: `app-${template}`, namespace: 'default', uid: `service-${template}` },
  spec: { selector: { app: `app-${template}` } },
});

const scheduler = createScheduler();
for (let i = 0; i < nodeCount; i++) {
  const { name = '', taints = [], allocatable = {} } = pools[i % pools.length] ?? {};
  scheduler.upsert(nodeOf(i, { pool: name }, taints, allocatable));
}
const templates = Array.from({ length: templateCount }, (_, t) => ({ labels: { app: `app-${t}` }, spec: specOf(t) }));
for (let t = 5; t < templateCount; t += rules.length) scheduler.upsert(serviceOf(t));

let placed = 0;
let reasons = 0;
let rejecting = 0;
const started = performance.now();
for (let j = 0; j < podCount; j++) {
  const { labels, spec } = templates[j % templateCount] ?? { labels: {}, spec: { containers: [] } };
  const pod = podOf(`pod-${j}`, labels, spec);
  const before = performance.now();
  const { outcome, node, message = '' } = scheduler.schedule(pod);
  if (outcome === 'scheduled') {
    placed++;
    scheduler.upsert(boundTo(pod, node));
  } else {
    rejecting += performance.now() - before;
    reasons += message.length > 0 ? 1 : 0;
  }
}
const total = performance.now() - started;
const misfitCount = Array.from({ length: podCount }, (_, j) => isMisfit(j % templateCount)).filter(Boolean).length;
if (reasons !== misfitCount || placed !== podCount - misfitCount)
  throw new Error(`${placed} Pods were placed and ${reasons} rejected; ${misfitCount} do not fit`);
const figures = {
  seconds: total / 1000,
  schedulable: ((total - rejecting) * 1000) / placed,
  unschedulable: (rejecting * 1000) / reasons,
  megabytes: peakMegabytes(),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
