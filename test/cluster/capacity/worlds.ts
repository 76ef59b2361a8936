import fc from 'fast-check';
import type { PodSpec } from '../../../lib/api/generated/types.js';
import type { KubeObject } from '../../../lib/api/object.js';
import { Cluster } from '../../../lib/cluster/cluster.js';
import type { ClusterConfig, NodePool } from '../../../lib/cluster/config.js';
import { container, daemonSet, deployment, manifest } from '../objects.js';

/** A settled cluster. */
export const settled = (config: ClusterConfig, objects: readonly KubeObject[]): Cluster => {
  const cluster = new Cluster(config);
  cluster.apply(objects.map(manifest));
  cluster.settle();
  return cluster;
};

export const asking = (cpu: string, memory = '64Mi'): Partial<PodSpec> => ({
  containers: [container({ resources: { requests: { cpu, memory } } })],
});

const hostname = 'kubernetes.io/hostname';
export const zone = 'topology.kubernetes.io/zone';

/** Pods of the app keep apart. */
export const apart = (app: string, topologyKey = hostname): Partial<PodSpec> => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app } } }],
    },
  },
});

export const spread = (app: string, topologyKey = zone, maxSkew = 1): Partial<PodSpec> => ({
  topologySpreadConstraints: [
    { maxSkew, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app } } },
  ],
});

/** A daemon that is placed before everything else, as those of real clusters are. */
export const daemon = (cpu: string): KubeObject =>
  daemonSet('agent', {}, { ...asking(cpu), priorityClassName: 'system-node-critical' });

interface Made {
  readonly nodes: readonly NodePool[];
  readonly objects: readonly KubeObject[];
}

const podSpec = (app: string): fc.Arbitrary<Partial<PodSpec>> =>
  fc
    .tuple(
      fc.constantFrom('100m', '300m', '700m', '1100m', '1900m'),
      fc.constantFrom('64Mi', '700Mi', '1500Mi'),
      fc.constantFrom({}, {}, apart(app), spread(app), spread(app, hostname, 2), { nodeSelector: { disk: 'ssd' } }),
    )
    .map(([cpu, memory, rules]) => ({ ...asking(cpu, memory), ...rules }));

const workload = (app: string): fc.Arbitrary<KubeObject> =>
  fc.tuple(fc.integer({ min: 1, max: 6 }), podSpec(app)).map(([replicas, spec]) => deployment(app, { replicas }, spec));

/** Small clusters of two pools with some workloads, of which not all Pods need fit, and perhaps a daemon. */
export const worlds: fc.Arbitrary<Made> = fc
  .record({
    sizes: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 })),
    shape: fc.constantFrom({ cpu: 2, memory: '4Gi', pods: 8 }, { cpu: 4, memory: '4Gi', pods: 5 }),
    zones: fc.constantFrom(['a'], ['a', 'b'], ['a', 'b', 'c']),
    workloads: fc.tuple(workload('one'), workload('two'), workload('three')),
    agent: fc.constantFrom(undefined, '100m', '500m'),
  })
  .map(({ sizes, shape, zones, workloads, agent }) => ({
    nodes: [
      { name: 'plain', count: sizes[0], zones, shape },
      { name: 'ssd', count: sizes[1], zones, shape, labels: { disk: 'ssd' } },
    ],
    objects: [...(agent === undefined ? [] : [daemon(agent)]), ...workloads],
  }));
