import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PodSpec } from '../../../lib/api/generated/types.js';
import type { KubeObject, ObjectRef } from '../../../lib/api/object.js';
import { type Headroom, headroom } from '../../../lib/cluster/capacity.js';
import { container, daemonSet, deployment, job, pod, ref, statefulSet } from '../objects.js';
import { apart, asking, daemon, settled, spread, worlds, zone } from './worlds.js';

const web = ref('apps/v1', 'Deployment', 'web');
const pool = { name: 'a', count: 3, zones: ['x', 'y', 'z'] };
const config = { nodes: [pool] };

const scheduling = ({ limits }: Headroom) => {
  const limit = limits.find(({ kind }) => kind === 'scheduling');
  if (limit?.kind !== 'scheduling') throw new Error('nothing kept the scheduler from placing more');
  return limit;
};

const quota = (hard: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'compute' },
  spec: { hard },
});

const autoscaler = (name: string, maxReplicas: number): KubeObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 1, maxReplicas },
});

describe('how many more replicas fit', () => {
  test('until the resource that runs out first has: with its numbers and whose Pods hold it', () => {
    const cluster = settled(config, [deployment('web', { replicas: 2 }, asking('700m')), pod('other', asking('1500m'))]);
    const answer = headroom(cluster, web);
    expect(answer).toMatchObject({ workload: web, replicas: 2, pending: 0, more: 11 });
    expect(answer.limitedBy).toBe(scheduling(answer));
    const [bottleneck, ...others] = scheduling(answer).bottlenecks;
    expect(others).toEqual([]);
    expect(bottleneck).toMatchObject({
      plugin: 'NodeResourcesFit',
      reason: 'Insufficient cpu',
      nodes: 3,
      pools: ['a'],
      ruledOut: false,
      shortage: { resource: 'cpu', asked: 700, free: 1400, node: 'a-2', nodeFree: 500, nodeSize: 4000 },
    });
    expect(bottleneck?.shortage?.heldBy).toEqual([{ workload: web, pods: 5, amount: 3500 }]);
  });

  test('memory, Pods of a node, extended resources can be first, too', () => {
    const first = (shape: Record<string, string | number>, requests: Record<string, string>): string | undefined => {
      const spec = { containers: [container({ resources: { requests, limits: requests } })] };
      const cluster = settled({ nodes: [{ name: 'a', count: 2, shape }] }, [deployment('web', { replicas: 1 }, spec)]);
      return scheduling(headroom(cluster, web)).bottlenecks[0]?.reason;
    };
    expect(first({ memory: '2Gi' }, { cpu: '100m', memory: '1Gi' })).toBe('Insufficient memory');
    expect(first({ pods: 3 }, { cpu: '100m', memory: '10Mi' })).toBe('Too many pods');
    expect(first({ ephemeralStorage: '5Gi' }, { 'ephemeral-storage': '2Gi' })).toBe('Insufficient ephemeral-storage');
    expect(first({ 'nvidia.com/gpu': 4 }, { 'nvidia.com/gpu': '2' })).toBe('Insufficient nvidia.com/gpu');
  });

  test('nodes that are not there for it are told last, whatever else they lack', () => {
    const nodes = [pool, { name: 'db', count: 2, taints: ['dedicated=db:NoSchedule'], shape: { cpu: '100m' } }];
    const { bottlenecks } = scheduling(headroom(settled({ nodes }, [deployment('web', {}, asking('1'))]), web));
    expect(bottlenecks.map(({ reason, nodes: count, ruledOut }) => [reason, count, ruledOut])).toEqual([
      ['Insufficient cpu', 3, false],
      ['node(s) had untolerated taint(s)', 2, true],
    ]);
    expect(bottlenecks[1]?.facts).toEqual([{ kind: 'taint', taint: 'dedicated=db:NoSchedule', nodes: ['db-1', 'db-2'] }]);
  });

  test('a replica larger than every node never fits', () => {
    const { more, limits } = headroom(settled(config, [deployment('web', { replicas: 1 }, asking('9'))]), web);
    expect(more).toBe(0);
    expect(limits).toMatchObject([{ kind: 'scheduling', bottlenecks: [{ reason: 'Insufficient cpu', ruledOut: true }] }]);
  });

  test('anti-affinity by host leaves one for each node, and says so', () => {
    const cluster = settled(config, [deployment('web', { replicas: 1 }, { ...asking('100m'), ...apart('web') })]);
    const answer = headroom(cluster, web);
    expect(answer.more).toBe(2);
    expect(scheduling(answer).bottlenecks).toMatchObject([
      {
        plugin: 'InterPodAffinity',
        nodes: 3,
        facts: [{ kind: 'antiAffinity', whose: 'own', term: 'app=web', topologyKey: 'kubernetes.io/hostname' }],
      },
    ]);
  });

  test('a spread constraint binds on top of what runs out in the zone with the fewest', () => {
    const cluster = settled(config, [
      deployment('web', { replicas: 1 }, { ...asking('700m'), ...spread('web') }),
      pod('large', { ...asking('3'), nodeName: 'a-3' }),
    ]);
    const answer = headroom(cluster, web);
    expect(answer.more).toBe(4);
    const { bottlenecks } = scheduling(answer);
    expect(bottlenecks.map(({ reason, nodes }) => [reason, nodes])).toEqual([
      ['Insufficient cpu', 1],
      ["node(s) didn't match pod topology spread constraints", 2],
    ]);
    expect(bottlenecks[1]?.facts).toMatchObject([{ kind: 'spread', topologyKey: zone, maxSkew: 1 }]);
  });

  test('what would be evicted for one more is told, and nobody is', () => {
    const important: KubeObject = {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'important' },
      value: 1000,
    };
    const budget: KubeObject = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'low' },
      spec: { minAvailable: 3, selector: { matchLabels: { app: 'low' } } },
    };
    const cluster = settled({ nodes: [{ name: 'a', count: 3 }] }, [
      important,
      budget,
      deployment('low', { replicas: 3 }, asking('3')),
      deployment('web', { replicas: 1 }, { ...asking('1'), priorityClassName: 'important' }),
    ]);
    const answer = headroom(cluster, web);
    expect(answer.more).toBe(2);
    expect(scheduling(answer).evicts).toMatchObject({ node: expect.stringMatching(/^a-/), pdbViolations: 1 });
    expect(scheduling(answer).evicts?.pods).toEqual([expect.stringMatching(/^default\/low-/)]);
    expect(cluster.podsOf(ref('apps/v1', 'Deployment', 'low')).filter(({ spec }) => spec?.nodeName)).toHaveLength(3);
  });

  test('Pods that wait for a node are counted', () => {
    const answer = headroom(settled(config, [deployment('web', { replicas: 8 }, asking('2100m'))]), web);
    expect(answer).toMatchObject({ replicas: 8, pending: 5, more: 0 });
  });

  test('with one node more: its daemon counts, and a pool that cannot help helps nobody', () => {
    const nodes = [pool, { name: 'gpu', count: 1, taints: ['gpu:NoSchedule'] }];
    const cluster = settled({ nodes }, [daemon('500m'), deployment('web', { replicas: 1 }, asking('700m'))]);
    const { more, withOneNodeMore } = headroom(cluster, web, { withOneNodeMore: true });
    expect(more).toBe(14);
    // (4000m - 500m) / 700m
    expect(withOneNodeMore).toEqual([
      { pool: 'a', more: 5 },
      { pool: 'gpu', more: 0 },
    ]);
    expect(headroom(cluster, web).withOneNodeMore).toBeUndefined();
  });

  test('the scheduler is that of the cluster: its profiles count', () => {
    const scheduler = {
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      profiles: [{ schedulerName: 'default-scheduler', plugins: { filter: { disabled: [{ name: 'InterPodAffinity' }] } } }],
    } as const;
    const objects = [deployment('web', { replicas: 1 }, { ...asking('1'), ...apart('web') })];
    expect(headroom(settled(config, objects), web).more).toBe(2);
    expect(headroom(settled({ ...config, scheduler }, objects), web).more).toBe(11);
  });
});

describe('what else limits', () => {
  test('a quota with its numbers, beside the room that nodes have', () => {
    const objects = [quota({ pods: '10', 'requests.cpu': '3' }), deployment('web', { replicas: 2 }, asking('700m'))];
    const { more, limitedBy, limits } = headroom(settled(config, objects), web);
    expect(more).toBe(2);
    expect(limitedBy).toMatchObject({
      kind: 'quota',
      quota: { kind: 'ResourceQuota', namespace: 'default', name: 'compute' },
      resources: [{ resource: 'requests.cpu', hard: '3', used: '1400m', asked: '700m' }],
    });
    expect(limits.map(({ kind, more: each }) => [kind, each])).toEqual([
      ['quota', 2],
      ['scheduling', 13],
    ]);
  });

  test('a quota that is used up refuses the next one in its own words', () => {
    const objects = [quota({ pods: '1' }), deployment('web', { replicas: 2 }, asking('100m'))];
    expect(headroom(settled(config, objects), web).limitedBy).toEqual({
      kind: 'refused',
      more: 0,
      message: expect.stringContaining('exceeded quota: compute, requested: pods=1, used: pods=1, limited: pods=1'),
    });
  });

  test('an autoscaler makes no more than its maxReplicas', () => {
    const objects = [deployment('web', { replicas: 2 }, asking('100m')), autoscaler('web', 5), autoscaler('other', 3)];
    expect(headroom(settled(config, objects), web).limitedBy).toMatchObject({ kind: 'autoscaler', more: 3, maxReplicas: 5 });
  });

  test('claims of a StatefulSet: what their quota leaves, and the volumes that there are', () => {
    const db = ref('apps/v1', 'StatefulSet', 'db');
    const claims = (storageClassName: string) => ({
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '2Gi' } } },
        },
      ],
    });
    const provisioned = settled({ ...config, defaultStorageClass: 'standard' }, [
      quota({ 'requests.storage': '9Gi' }),
      statefulSet('db', { replicas: 1, ...claims('standard') }),
    ]);
    expect(headroom(provisioned, db).limitedBy).toMatchObject({
      kind: 'quota',
      more: 3,
      resources: [{ resource: 'requests.storage', used: '2Gi', asked: '2Gi' }],
    });
    const local: KubeObject = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'local' },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    };
    const volume = (node: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `disk-${node}` },
      spec: {
        capacity: { storage: '5Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'local',
        local: { path: '/disk' },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }],
          },
        },
      },
    });
    const found = settled(config, [local, volume('a-1'), volume('a-3'), statefulSet('db', { replicas: 0, ...claims('local') })]);
    const answer = headroom(found, db);
    expect(answer.more).toBe(2);
    expect(scheduling(answer).bottlenecks).toMatchObject([{ plugin: 'VolumeBinding', nodes: 3 }]);
  });

  test('a DaemonSet has no replicas; a Job, a Pod and a workload without Pods can be asked about', () => {
    const cluster = settled(config, [
      daemon('100m'),
      job('once', {}, asking('1')),
      pod('bare', asking('1')),
      deployment('web', { replicas: 0 }, asking('1')),
      daemonSet('idle'),
    ]);
    const more = (of: ObjectRef): number => headroom(cluster, of).more;
    expect(headroom(cluster, ref('apps/v1', 'DaemonSet', 'agent')).limitedBy).toEqual({ kind: 'daemon', more: 0 });
    expect(more(web)).toBe(8);
    expect(more(ref('v1', 'Pod', 'bare'))).toBe(8);
    expect(more(ref('batch/v1', 'Job', 'once'))).toBe(8);
    expect(headroom(cluster, ref('apps/v1', 'Deployment', 'gone')).limitedBy).toMatchObject({ kind: 'refused', more: 0 });
  });

  test('what the scheduler does not look for a node for has no headroom, and why is said', () => {
    const limitOf = (spec: Partial<PodSpec>) =>
      headroom(settled(config, [deployment('web', { replicas: 1 }, { ...asking('1'), ...spec })]), web).limitedBy;
    expect(limitOf({ schedulerName: 'volcano' })).toMatchObject({
      kind: 'refused',
      more: 0,
      message: expect.stringContaining('volcano'),
    });
    expect(limitOf({ schedulingGates: [{ name: 'example.com/later' }] })).toMatchObject({ kind: 'refused', more: 0 });
    expect(limitOf({ nodeName: 'a-1' })).toMatchObject({ kind: 'refused', message: 'it names its node a-1 itself' });
  });

  test('the cluster can be asked itself', () => {
    const cluster = settled(config, [deployment('web', { replicas: 1 }, asking('1'))]);
    expect(cluster.headroom(web)).toEqual(headroom(cluster, web));
    expect(cluster.utilization().pools).toMatchObject([{ name: 'a', nodes: 3 }]);
    expect(cluster.poolSizes()).toMatchObject([{ pool: 'a', smallest: { nodes: 1 } }]);
  });

  test('no more are tried than asked for, and that is said', () => {
    const cluster = settled(config, [deployment('web', { replicas: 1 }, asking('1m', '1Mi'))]);
    expect(headroom(cluster, web, { limit: 7 })).toMatchObject({ more: 7, limitedBy: { kind: 'cap', more: 7 } });
    expect(headroom(cluster, web, { limit: 0 })).toMatchObject({ more: 0, limitedBy: { kind: 'cap' } });
  });
});

describe('the law of headroom', () => {
  test('scaled by that number every replica has a node, scaled by one more exactly one has none', () => {
    fc.assert(
      fc.property(worlds, ({ nodes, objects }) => {
        const one = ref('apps/v1', 'Deployment', 'one');
        const cluster = settled({ nodes }, objects);
        const { more, replicas, pending } = headroom(cluster, one);
        const waiting = (): number => cluster.podsOf(one).filter(({ spec }) => spec?.nodeName === undefined).length;
        expect(waiting()).toBe(pending);
        cluster.scale(one, replicas + more);
        cluster.settle();
        expect(waiting()).toBe(pending);
        cluster.scale(one, replicas + more + 1);
        cluster.settle();
        expect(waiting()).toBe(pending + 1);
      }),
      { numRuns: 60 },
    );
  });
});
