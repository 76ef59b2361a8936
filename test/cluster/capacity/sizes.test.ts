import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../lib/api/object.js';
import { inventoryOf } from '../../../lib/cluster/capacity/inventory.js';
import { poolsIn } from '../../../lib/cluster/capacity/pools.js';
import { type PoolSize, pendingPods, poolSizes } from '../../../lib/cluster/capacity.js';
import type { Cluster } from '../../../lib/cluster/cluster.js';
import type { NodePool } from '../../../lib/cluster/config.js';
import { container, deployment, pod, ref } from '../objects.js';
import { apart, asking, daemon, settled, spread, worlds } from './worlds.js';

const sizesOf = (nodes: readonly NodePool[], objects: readonly KubeObject[], limit?: number): readonly PoolSize[] =>
  poolSizes(settled({ nodes }, objects), { limit });

describe('how many nodes a pool needs', () => {
  test('all Pods count, those without a node included, and so do DaemonSets on new nodes', () => {
    const nodes = [{ name: 'a', count: 3 }];
    const web = deployment('web', { replicas: 20 }, asking('700m'));
    expect(sizesOf(nodes, [web])).toMatchObject([{ pool: 'a', nodes: 3, needed: { nodes: 4 }, smallest: { nodes: 4 } }]);
    expect(sizesOf(nodes, [web, daemon('1')])).toMatchObject([{ needed: { nodes: 5 }, smallest: { nodes: 5 } }]);
  });

  test('with one node fewer a Pod is named that fits nowhere, in the words of kube-scheduler', () => {
    const [size] = sizesOf([{ name: 'a', count: 2 }], [deployment('web', { replicas: 3 }, asking('3'))]);
    expect(size?.needed).toMatchObject({
      nodes: 3,
      pending: 0,
      short: {
        pod: { kind: 'Pod', namespace: 'default', name: expect.stringMatching(/^web-/) },
        message: expect.stringMatching(/^0\/2 nodes are available: 2 Insufficient cpu\./),
      },
      tried: [2, 3],
    });
  });

  test('Pods that run stay where they are, unless all are scheduled anew', () => {
    const one = (name: string, node: number): KubeObject => pod(name, { ...asking('1'), nodeName: `a-${node}` });
    const cluster = settled({ nodes: [{ name: 'a', count: 2, shape: { cpu: 3 } }] }, [
      deployment('small', { replicas: 2 }, { ...asking('1'), ...apart('small') }),
      deployment('large', { replicas: 1 }, asking('3')),
    ]);
    expect(poolSizes(cluster)).toMatchObject([{ nodes: 2, needed: { nodes: 3 }, smallest: { nodes: 3 } }]);
    const scattered = settled({ nodes: [{ name: 'a', count: 3, shape: { cpu: 3 } }] }, [
      one('fixed', 1),
      deployment('small', { replicas: 3 }, { ...asking('1'), ...spread('small', 'kubernetes.io/hostname') }),
    ]);
    expect(poolSizes(scattered)).toMatchObject([{ nodes: 3, needed: { nodes: 3 }, smallest: { nodes: 2 } }]);
  });

  test('a pool of which nothing is needed may go; one that others cannot stand in for stays', () => {
    const nodes = [
      { name: 'a', count: 3 },
      { name: 'ssd', count: 3, labels: { disk: 'ssd' }, taints: ['disk=ssd:NoSchedule'] },
    ];
    const db = {
      ...asking('1'),
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'disk', operator: 'Exists' as const }],
      ...apart('db'),
    };
    const objects = [deployment('web', { replicas: 2 }, asking('1')), deployment('db', { replicas: 2 }, db)];
    expect(sizesOf(nodes, objects)).toMatchObject([
      { pool: 'a', needed: { nodes: 3 }, smallest: { nodes: 1 } },
      { pool: 'ssd', needed: { nodes: 3 }, smallest: { nodes: 2 } },
    ]);
    expect(sizesOf(nodes, [deployment('web', { replicas: 2 }, asking('1'))])[1]).toMatchObject({ smallest: { nodes: 0 } });
  });

  test('an empty pool can grow; zones get their nodes in turn', () => {
    const nodes = [{ name: 'a', count: 0, zones: ['x', 'y', 'z'] }];
    const [size] = sizesOf(nodes, [deployment('web', { replicas: 5 }, { ...asking('3'), ...spread('web') })]);
    expect(size).toMatchObject({ pool: 'a', nodes: 0, needed: { nodes: 5, pending: 0 }, smallest: { nodes: 5 } });
  });

  test('Pods that no size helps are told and do not keep the answer from the others', () => {
    const nodes = [{ name: 'a', count: 1 }];
    const objects = [
      deployment('web', { replicas: 3 }, asking('3')),
      pod('lost', { ...asking('1'), nodeSelector: { no: 'where' } }),
    ];
    expect(sizesOf(nodes, objects)).toMatchObject([
      {
        needed: {
          nodes: 3,
          pending: 1,
          blocked: [
            { pod: { name: 'lost' }, message: expect.stringContaining("3 node(s) didn't match Pod's node affinity/selector") },
          ],
        },
        smallest: { nodes: 3, pending: 1 },
      },
    ]);
  });

  test('no more Pods are placed than allowed: then a size is not known', () => {
    const sizes = sizesOf([{ name: 'a', count: 3 }], [deployment('web', { replicas: 20 }, asking('700m'))], 30);
    expect(sizes).toMatchObject([{ pool: 'a', nodes: 3 }]);
    expect(sizes[0]?.smallest).toBeUndefined();
  });

  test('only the pools that are asked for', () => {
    const cluster = settled(
      {
        nodes: [
          { name: 'a', count: 1 },
          { name: 'b', count: 1 },
        ],
      },
      [],
    );
    expect(poolSizes(cluster, { pools: ['b'] }).map(({ pool }) => pool)).toEqual(['b']);
  });

  test('what waits is told by workload and reason', () => {
    const cluster = settled({ nodes: [{ name: 'a', count: 1 }] }, [
      deployment('web', { replicas: 3 }, asking('3')),
      pod('gated', { schedulingGates: [{ name: 'example.com/later' }] }),
    ]);
    expect(pendingPods(cluster)).toEqual([
      { workload: ref('v1', 'Pod', 'gated'), pods: 1, message: 'Scheduling is blocked due to non-empty scheduling gates' },
      {
        workload: ref('apps/v1', 'Deployment', 'web'),
        pods: 2,
        message: expect.stringContaining('0/1 nodes are available: 1 Insufficient cpu.'),
      },
    ]);
  });
});

const waiting = (cluster: Cluster): number => cluster.list('Pod').filter(({ spec }) => spec?.nodeName === undefined).length;

describe('the laws of pool sizes', () => {
  test('the smallest: a cluster made with that many nodes runs all that any size runs, with one fewer it does not', () => {
    fc.assert(
      fc.property(worlds, ({ nodes, objects }) => {
        for (const { pool, smallest } of sizesOf(nodes, objects)) {
          const { nodes: count = 0, pending = 0, short } = smallest ?? {};
          const made = (size: number): number =>
            waiting(settled({ nodes: nodes.map((each) => (each.name === pool ? { ...each, count: size } : each)) }, objects));
          expect(made(count)).toBe(pending);
          if (count > 0) expect(made(count - 1)).toBeGreaterThan(pending);
          expect(short === undefined).toBe(count === 0);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('needed: with those new nodes the running cluster places what waits, with one fewer it does not', () => {
    fc.assert(
      fc.property(worlds, ({ nodes, objects }) => {
        const cluster = settled({ nodes }, objects);
        const inventory = inventoryOf(cluster);
        const pools = new Map(poolsIn(inventory).map((pool) => [pool.name, pool]));
        const running = cluster.objects().filter((object) => !cluster.isBuiltIn({ ...object, ...object.metadata }));
        const grown = (pool: string, count: number): number => {
          const more = Array.from({ length: count }, (_, index) => pools.get(pool)?.grow(index).node);
          const next = settled({ snapshot: [...running, ...more] }, []);
          return waiting(next);
        };
        for (const { pool, nodes: now, needed } of poolSizes(cluster)) {
          const { nodes: count = 0, pending = 0 } = needed ?? {};
          expect(grown(pool, count - now)).toBe(pending);
          if (count > now) expect(grown(pool, count - now - 1)).toBeGreaterThan(pending);
        }
      }),
      { numRuns: 20 },
    );
  });
});

test('a container without requests is held by the number of Pods alone', () => {
  const nodes = [{ name: 'a', count: 3, shape: { pods: 4 } }];
  const [size] = sizesOf(nodes, [deployment('web', { replicas: 7 }, { containers: [container()] })]);
  expect(size?.smallest?.nodes).toBe(2);
});
