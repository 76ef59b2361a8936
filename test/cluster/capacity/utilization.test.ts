import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../lib/api/object.js';
import { type Shares, utilization } from '../../../lib/cluster/capacity.js';
import { container, deployment, pod } from '../objects.js';
import { asking, settled, worlds } from './worlds.js';

const gi = 2 ** 30;

describe('utilization', () => {
  test('what Pods request of each node and pool, resource by resource', () => {
    const nodes = [
      { name: 'a', count: 2, shape: { cpu: 2, memory: '4Gi', pods: 10, ephemeralStorage: '20Gi', 'nvidia.com/gpu': 4 } },
      { name: 'b', count: 1, shape: { cpu: 4, memory: '8Gi' }, taints: ['only=b:NoSchedule'] },
    ];
    const requests = { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '2Gi', 'nvidia.com/gpu': '1' };
    const spec = { containers: [container({ resources: { requests, limits: { 'nvidia.com/gpu': '1' } } })] };
    const cluster = settled({ nodes }, [deployment('web', { replicas: 3 }, spec)]);
    const { pools, nodes: each } = utilization(cluster);
    expect(pools).toEqual([
      {
        name: 'a',
        nodes: 2,
        resources: {
          cpu: { requested: 1500, allocatable: 4000 },
          memory: { requested: 3 * gi, allocatable: 8 * gi },
          'ephemeral-storage': { requested: 6 * gi, allocatable: 40 * gi },
          pods: { requested: 3, allocatable: 20 },
          'nvidia.com/gpu': { requested: 3, allocatable: 8 },
        },
      },
      expect.objectContaining({ name: 'b', nodes: 1 }),
    ]);
    expect(each.map(({ name, pool, resources }) => [name, pool, resources.cpu])).toEqual([
      ['a-1', 'a', { requested: 1000, allocatable: 2000 }],
      ['a-2', 'a', { requested: 500, allocatable: 2000 }],
      ['b-1', 'b', { requested: 0, allocatable: 4000 }],
    ]);
  });

  test('Pods that ended hold nothing; cordoned nodes are marked', () => {
    const done: KubeObject = { ...pod('done', { ...asking('1'), nodeName: 'a-1' }), status: { phase: 'Succeeded' } };
    const cluster = settled({ nodes: [{ name: 'a', count: 1 }], snapshot: [done] }, []);
    cluster.cordon('a-1');
    expect(utilization(cluster).nodes).toMatchObject([
      { name: 'a-1', unschedulable: true, resources: { cpu: { requested: 0 }, pods: { requested: 0 } } },
    ]);
  });

  test('a pool is the sum of its nodes, and all pools are what all Pods on nodes request', () => {
    const total = (all: readonly { readonly resources: Shares }[], resource: string): number =>
      all.reduce((sum, { resources }) => sum + (resources[resource]?.requested ?? 0), 0);
    fc.assert(
      fc.property(worlds, ({ nodes, objects }) => {
        const cluster = settled({ nodes }, objects);
        const { pools, nodes: each } = utilization(cluster);
        for (const { name, resources } of pools) {
          const own = each.filter(({ pool }) => pool === name);
          for (const resource of Object.keys(resources)) expect(resources[resource]?.requested).toBe(total(own, resource));
        }
        const placed = cluster
          .list('Pod')
          .filter((one) => one.spec?.nodeName !== undefined && one.metadata.namespace !== 'kube-system');
        expect(total(pools, 'pods')).toBe(placed.length);
        const cpu = placed.map(({ spec }) => Number.parseInt(String(spec?.containers[0]?.resources?.requests?.cpu), 10));
        expect(total(pools, 'cpu')).toBe(cpu.reduce((sum, each_) => sum + each_, 0));
        for (const { resources } of each)
          for (const { requested, allocatable } of Object.values(resources)) expect(requested).toBeLessThanOrEqual(allocatable);
      }),
      { numRuns: 40 },
    );
  });
});
