import { describe, expect, test } from 'vitest';
import { Cluster } from '../../lib/cluster/cluster.js';
import type { ClusterConfig } from '../../lib/cluster/config.js';
import { App } from '../../lib/constructs/app.js';
import { container, deployment, manifest, pod } from './objects.js';

const nodes = [{ name: 'pool', count: 3 }];
const packing: ClusterConfig = {
  nodes,
  scheduler: {
    profiles: [{ pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated' } } }] }],
  },
};

const nodesOf = (config: ClusterConfig): ReadonlySet<string | undefined> => {
  const cluster = new Cluster(config);
  const containers = [container({ image: 'nginx:1.27', resources: { requests: { cpu: '500m', memory: '256Mi' } } })];
  cluster.apply([manifest(deployment('web', { replicas: 3 }, { containers }))]);
  cluster.settle();
  return new Set(cluster.list('Pod', { namespace: 'default' }).map(({ spec }) => spec?.nodeName));
};

describe('The scheduler of a cluster', () => {
  test('is configured as kube-scheduler is: a profile that packs uses one node where the default spreads', () => {
    expect(nodesOf({ nodes }).size).toBe(3);
    const scheduler = {
      ...packing.scheduler,
      profiles: packing.scheduler?.profiles?.map((profile) => ({
        ...profile,
        plugins: { score: { disabled: [{ name: 'PodTopologySpread' }] } },
      })),
    };
    expect(nodesOf({ ...packing, scheduler }).size).toBe(1);
  });

  test('leaves Pods of a scheduler that no profile has alone, and says what is assumed', () => {
    const cluster = new Cluster({ nodes, scheduler: { profiles: [{ schedulerName: 'mine' }] } });
    cluster.apply([
      manifest(pod('ours', { schedulerName: 'mine', containers: [container({ image: 'nginx:1.27' })] })),
      manifest(pod('theirs', { containers: [container({ image: 'nginx:1.27' })] })),
    ]);
    cluster.settle();
    const placed = new Map(
      cluster.list('Pod', { namespace: 'default' }).map(({ metadata, spec }) => [metadata.name, spec?.nodeName]),
    );
    expect(placed).toEqual(
      new Map([
        ['ours', 'pool-1'],
        ['theirs', undefined],
      ]),
    );
    expect(cluster.assumptions.map(({ text }) => text)).toContain(
      'the scheduler default-scheduler finds a node for Pod default/theirs',
    );
  });

  test('refuses a configuration that kube-scheduler would refuse, where it is written', () => {
    const scheduler = { percentageOfNodesToScore: 101 };
    const fault = 'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]';
    expect(() => new Cluster({ scheduler })).toThrow(fault);
    expect(() => new App({ cluster: { scheduler } })).toThrow(
      `cluster.scheduler: KubeSchedulerConfiguration is invalid: ${fault}`,
    );
  });
});
