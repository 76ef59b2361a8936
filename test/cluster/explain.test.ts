import { describe, expect, test } from 'vitest';
import type { KubeObject, ObjectRef } from '../../lib/api/object.js';
import { Cluster } from '../../lib/cluster/cluster.js';
import type { ClusterConfig } from '../../lib/cluster/config.js';
import { container, daemonSet, deployment, manifest, pod, ref } from './objects.js';

const asks = (cpu: string) => ({ containers: [container({ resources: { requests: { cpu } } })] });

const settled = (config: ClusterConfig, ...objects: readonly KubeObject[]): Cluster => {
  const cluster = new Cluster(config);
  cluster.apply(objects.map(manifest));
  cluster.settle();
  return cluster;
};

const workload = (name: string): ObjectRef => ref('apps/v1', 'Deployment', name);
const texts = (cluster: Cluster, of: ObjectRef): readonly string[] =>
  cluster.explain(of)[0]?.changes.map(({ text }) => text) ?? [];

const two: ClusterConfig = { nodes: [{ name: 'w', count: 2 }] };

describe('Pods without a node', () => {
  test('are grouped, told in the words of kube-scheduler, and come before those with one', () => {
    const cluster = settled(two, deployment('web', { replicas: 4 }, asks('3')));
    const [waiting, ...placed] = cluster.explain(workload('web'));
    expect(waiting).toMatchObject({
      outcome: 'unschedulable',
      workload: workload('web'),
      message: expect.stringMatching(/^0\/2 nodes are available: 2 Insufficient cpu\./),
      obstacles: [{ plugin: 'NodeResourcesFit', nodes: ['w-1', 'w-2'], facts: [{ kind: 'resource', asks: '3', free: '1' }] }],
    });
    expect(waiting?.pods).toHaveLength(2);
    expect(placed.map(({ node }) => node)).toEqual(['w-1', 'w-2']);
    expect(texts(cluster, workload('web'))).toEqual([
      'resources.requests.cpu <= 2 for container c',
      '2 more nodes in pool w',
      '2 instead of 4 replicas',
    ]);
  });

  test('new nodes bring the Pods of DaemonSets with them', () => {
    const small: ClusterConfig = {
      nodes: [
        { name: 'w', count: 1 },
        { name: 'large', count: 1, shape: { cpu: 8 }, taints: ['a:NoSchedule'] },
      ],
    };
    const cluster = settled(small, daemonSet('agent', {}, asks('2')), deployment('web', {}, asks('3')));
    expect(texts(cluster, workload('web'))).toEqual([
      'tolerate a:NoSchedule',
      'resources.requests.cpu <= 2 for container c',
      'remove the taint a:NoSchedule from node large-1',
    ]);
  });

  test('a pool of a snapshot grows by copies of its nodes', () => {
    const node = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'cloud.google.com/gke-nodepool': 'general' } },
      status: { allocatable: { cpu: '2', memory: '4Gi', pods: '10' } },
    });
    const cluster = settled({ snapshot: [node('n-1'), node('n-2')] }, deployment('web', { replicas: 3 }, asks('2')));
    expect(texts(cluster, workload('web'))).toContain('one more node in pool general');
  });

  test('what is lower for those that wait is lower for those that run', () => {
    const apart = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
        ],
      },
    };
    const cluster = settled(two, deployment('web', { replicas: 3 }, { affinity: apart }));
    // Were it preferred only by the Pod that waits, the others would still keep it off.
    expect(texts(cluster, workload('web'))).toEqual([
      'make the required anti-affinity to app=web by kubernetes.io/hostname a preferred one',
      'one more node in pool w',
      '2 instead of 3 replicas',
    ]);
  });

  test('gates, and schedulers that nobody runs', () => {
    const cluster = settled(two, pod('gated', { schedulingGates: [{ name: 'a/b' }] }), pod('other', { schedulerName: 'mine' }));
    expect(cluster.explain(ref('v1', 'Pod', 'gated'))).toMatchObject([
      {
        outcome: 'gated',
        message: 'waiting for scheduling gates: [a/b]',
        changes: [{ text: 'remove the scheduling gate a/b', fits: 1 }],
      },
    ]);
    expect(cluster.explain(ref('v1', 'Pod', 'other'))).toMatchObject([{ outcome: 'ignored', changes: [{ fits: 1, of: 1 }] }]);
  });

  test('to ask changes nothing', () => {
    const cluster = settled(two, deployment('web', { replicas: 4 }, asks('3')));
    const objects = cluster.objects();
    const first = JSON.stringify(cluster.explain(workload('web')));
    expect(cluster.objects()).toEqual(objects);
    expect(JSON.stringify(cluster.explain(workload('web')))).toBe(first);
  });

  test('a question about nothing', () => {
    expect(settled(two).explain(workload('nobody'))).toEqual([]);
    expect(settled(two, deployment('none', { replicas: 0 })).explain(workload('none'))).toEqual([]);
  });
});

describe('Pods with a node', () => {
  test('are told as the cluster stood when they were placed, or as it stands now', () => {
    const uneven: ClusterConfig = {
      nodes: [
        { name: 'a', count: 1, shape: { cpu: 8 } },
        { name: 'b', count: 1 },
      ],
    };
    const cluster = settled(uneven, pod('first', asks('2')), pod('second', asks('5')));
    const first = ref('v1', 'Pod', 'first');
    const [then] = cluster.explain(first);
    expect(then).toMatchObject({ outcome: 'scheduled', node: 'a-1', placement: { asOf: 'placed' }, changes: [] });
    expect(then?.placement?.scores.map(({ node }) => node)).toEqual(['a-1', 'b-1']);
    // The second one has taken the room since.
    expect(cluster.explain(first, { asOf: 'now' })).toMatchObject([{ placement: { asOf: 'now', elsewhere: { node: 'b-1' } } }]);
    expect(cluster.explain(ref('v1', 'Pod', 'second'))).toMatchObject([
      { node: 'a-1', obstacles: [{ reason: 'Insufficient cpu', nodes: ['b-1'] }] },
    ]);
  });

  test('each plugin with its raw, normalized and weighted points', () => {
    const [why] = settled(two, pod('p', asks('1'))).explain(ref('v1', 'Pod', 'p'));
    const [best] = why?.placement?.scores ?? [];
    const fit = best?.plugins.find(({ plugin }) => plugin === 'TaintToleration');
    expect(fit).toEqual({ plugin: 'TaintToleration', weight: 3, raw: 0, normalized: 100, weighted: 300 });
    expect(best?.total).toBe(best?.plugins.reduce((sum, { weighted }) => sum + weighted, 0));
  });

  test('a Pod that came with its node', () => {
    const running = { ...pod('p', asks('1')), spec: { ...asks('1'), nodeName: 'w-1' } };
    expect(settled(two, running).explain(ref('v1', 'Pod', 'p'))).toMatchObject([
      { outcome: 'preassigned', node: 'w-1', placement: { asOf: 'now' } },
    ]);
  });
});

describe('Pods that evicted others', () => {
  const high: KubeObject = {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 1000,
  };
  const budget: KubeObject = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'keep' },
    spec: { minAvailable: 2, selector: { matchLabels: { app: 'low' } } },
  };

  test('whom, which workload lost a replica, and against which budget', () => {
    const cluster = settled(two, high, budget, deployment('low', { replicas: 2 }, asks('3')));
    cluster.apply([manifest(deployment('vip', {}, { ...asks('2'), priorityClassName: 'high' }))]);
    cluster.settle();
    expect(cluster.explain(workload('vip'))).toMatchObject([
      {
        outcome: 'scheduled',
        preemption: {
          happened: true,
          pdbViolations: 1,
          losses: [{ workload: workload('low'), wanted: 2, placed: 1, budgets: [{ name: 'keep' }] }],
        },
      },
    ]);
    expect(cluster.explain(workload('low'))[0]).toMatchObject({ outcome: 'unschedulable', preemption: undefined });
  });

  test('a bare Pod is lost for good; one that fits elsewhere is not', () => {
    const cluster = settled(two, high, pod('bare', asks('3')), deployment('low', {}, asks('1')));
    cluster.apply(['x', 'y'].map((name) => manifest(pod(name, { ...asks('3'), priorityClassName: 'high' }))));
    cluster.settle();
    const losses = ['x', 'y'].flatMap((name) => cluster.explain(ref('v1', 'Pod', name))[0]?.preemption?.losses ?? []);
    expect(losses).toMatchObject([{ workload: undefined, evicted: [{ name: 'bare' }], wanted: 1, placed: 0, budgets: [] }]);
  });

  test('what a Pod would evict, before it is done, and where those would go', () => {
    const cluster = settled({ nodes: [{ name: 'w', count: 2 }] }, high, deployment('low', { replicas: 2 }, asks('3')));
    cluster.apply([manifest(pod('vip', { ...asks('3500m'), priorityClassName: 'high' }))]);
    expect(cluster.explain(ref('v1', 'Pod', 'vip'))).toMatchObject([
      {
        outcome: 'preempting',
        preemption: {
          happened: false,
          node: 'w-1',
          pdbViolations: 0,
          losses: [{ workload: workload('low'), wanted: 2, placed: 1 }],
        },
      },
    ]);
    // Only asked: nobody is gone.
    expect(
      cluster.list('Pod', { labelSelector: 'app=low' }).every(({ metadata }) => metadata.deletionTimestamp === undefined),
    ).toBe(true);
  });
});
