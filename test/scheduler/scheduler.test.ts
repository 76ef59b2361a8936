import { describe, expect, test } from 'vitest';
import { compareQueue, createScheduler } from '../../lib/scheduler/index.js';
import { bound, node, object, placeAll, pod, schedulerWith, verdictOf, withStatus } from './objects.js';

describe('S4: nodeSelector', () => {
  const nodes = [node('k8s-w1', { disktype: 'ssd' }), node('k8s-w2', { disktype: 'hdd' }), node('k8s-w3', { disktype: 'hdd' })];
  const selecting = (disktype: string) => pod('node-selector', { spec: { nodeSelector: { disktype } } });

  test('disktype ssd runs on w1', () => {
    expect(schedulerWith(...nodes).schedule(selecting('ssd'))).toMatchObject({ outcome: 'scheduled', node: 'k8s-w1' });
  });

  test('disktype hdd runs on w2 or w3', () => {
    const decision = schedulerWith(...nodes).schedule(selecting('hdd'));
    expect(decision.best).toEqual(['k8s-w2', 'k8s-w3']);
    expect(decision.node).toBe('k8s-w2');
  });

  test('without a node of that disktype it fits nowhere, and the message says so', () => {
    expect(schedulerWith(...nodes).schedule(selecting('nvme'))).toMatchObject({
      outcome: 'unschedulable',
      message:
        "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, " +
        'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    });
  });
});

describe('S13: what the scheduler considers', () => {
  test('resources: a node that is full does not count, and the emptier node scores higher', () => {
    const scheduler = schedulerWith(
      node('w1'),
      node('w2'),
      node('w3', {}, { status: { allocatable: { cpu: '1', memory: '1Gi', pods: '9' } } }),
    );
    scheduler.upsert(bound(pod('busy', { requests: { cpu: '2', memory: '8Gi' } }), 'w1'));
    const decision = scheduler.schedule(pod('new', { requests: { cpu: '2', memory: '2Gi' } }));
    expect(decision.node).toBe('w2');
    expect(verdictOf(decision, 'w3')).toBe('NodeResourcesFit: Insufficient cpu, Insufficient memory');
  });

  test('hardware and policy constraints: taints keep Pods off that do not tolerate them', () => {
    const taints = [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }];
    const scheduler = schedulerWith(node('w1', {}, { spec: { taints } }), node('w2', {}, { spec: { unschedulable: true } }));
    const plain = scheduler.schedule(pod('plain'));
    expect(verdictOf(plain, 'w1')).toBe('TaintToleration: node(s) had untolerated taint(s)');
    expect(verdictOf(plain, 'w2')).toBe('NodeUnschedulable: node(s) were unschedulable');
    expect(scheduler.schedule(pod('gpu', { spec: { tolerations: [{ key: 'gpu', operator: 'Exists' }] } })).node).toBe('w1');
  });

  test('affinity and anti-affinity: near the cache, never beside another of the same', () => {
    const near = { labelSelector: { matchLabels: { app: 'cache' } }, topologyKey: 'zone' };
    const apart = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' };
    const spec = {
      affinity: {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near] },
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] },
      },
    };
    const scheduler = schedulerWith(node('w1', { zone: 'a' }), node('w2', { zone: 'b' }), node('w3', { zone: 'b' }));
    scheduler.upsert(bound(pod('cache', { labels: { app: 'cache' } }), 'w2'));
    const webs = ['web-1', 'web-2', 'web-3'].map((name) => pod(name, { labels: { app: 'web' }, spec }));
    expect(placeAll(scheduler, webs)).toEqual(['w3', 'w2', undefined]);
  });

  test('data locality: a Pod goes where its volume is', () => {
    const required = {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['w2'] }] }],
    };
    const scheduler = schedulerWith(
      node('w1'),
      node('w2'),
      object('v1', 'PersistentVolume', 'disk', { spec: { capacity: { storage: '1Gi' }, nodeAffinity: { required } } }, {}),
      object(
        'v1',
        'PersistentVolumeClaim',
        'data',
        { spec: { volumeName: 'disk' }, status: { phase: 'Bound' } },
        { namespace: 'default', annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
      ),
    );
    const decision = scheduler.schedule(
      pod('db', { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } }),
    );
    expect(decision.node).toBe('w2');
    expect(verdictOf(decision, 'w1')).toBe("VolumeBinding: node(s) didn't match PersistentVolume's node affinity");
  });

  test('data locality: a Pod prefers the node that has its image', () => {
    const images = [{ names: ['nginx:latest'], sizeBytes: 900 * 1024 * 1024 }];
    expect(schedulerWith(node('w1'), node('w2', {}, { status: { images } })).schedule(pod('web')).node).toBe('w2');
  });
});

describe('Pods that are not in the queue', () => {
  const scheduler = schedulerWith(node('w1'));

  test.each([
    [
      'gated',
      { spec: { schedulingGates: [{ name: 'quota' }, { name: 'audit' }] } },
      'waiting for scheduling gates: [quota audit]',
    ],
    ['ignored', { spec: { schedulerName: 'mine', schedulingGates: [{ name: 'quota' }] } }, 'schedulerName mine'],
    ['deleting', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, 'skip schedule deleting pod: default/p'],
    ['preassigned', { spec: { nodeName: 'elsewhere' } }, undefined],
    ['completed', { status: { phase: 'Succeeded' } }, undefined],
  ])('%s', (outcome, fields, message) => {
    expect(scheduler.schedule(pod('p', fields))).toMatchObject({ outcome, ...(message && { message }) });
  });

  test('the queue is ordered by priority, then by arrival', () => {
    const pods = [
      ['a', 0],
      ['b', 10],
      ['c', 0],
      ['d', 10],
    ].map(([name, priority]) => pod(String(name), { spec: { priority: Number(priority) } }));
    expect(pods.sort(compareQueue).map(({ metadata }) => metadata.name)).toEqual(['b', 'd', 'a', 'c']);
  });
});

describe('What it is told', () => {
  test('without nodes there is no node to speak of', () => {
    expect(createScheduler().schedule(pod('p'))).toEqual({
      outcome: 'unschedulable',
      message: 'no nodes available to schedule pods',
    });
  });

  test('Pods bound to a node count, whenever the node comes, and until they end', () => {
    const small = node('w1', {}, { status: { allocatable: { cpu: '1', memory: '1Gi', pods: '1' } } });
    const first = bound(pod('first'), 'w1');
    const scheduler = schedulerWith(first);
    scheduler.upsert(small);
    expect(verdictOf(scheduler.schedule(pod('next')), 'w1')).toBe('NodeResourcesFit: Too many pods');
    scheduler.upsert(withStatus(first, { phase: 'Running', startTime: '2026-01-01T00:00:00Z' }));
    expect(verdictOf(scheduler.schedule(pod('next')), 'w1')).toBe('NodeResourcesFit: Too many pods');
    scheduler.upsert(withStatus(first, { phase: 'Succeeded' }));
    expect(scheduler.schedule(pod('next')).node).toBe('w1');
  });

  test('a node that is replaced keeps its Pods, one that is removed takes none', () => {
    const scheduler = schedulerWith(node('w1'), node('w2'), bound(pod('busy', { requests: { cpu: '4' } }), 'w1'));
    scheduler.upsert(node('w1', { rack: 'r1' }));
    expect(verdictOf(scheduler.schedule(pod('next', { requests: { cpu: '1' } })), 'w1')).toBe(
      'NodeResourcesFit: Insufficient cpu',
    );
    scheduler.remove({ apiVersion: 'v1', kind: 'Node', name: 'w2' });
    expect(scheduler.schedule(pod('next', { requests: { cpu: '1' } })).outcome).toBe('unschedulable');
  });

  test('labels named like members of objects are only labels', () => {
    const scheduler = schedulerWith(node('w1'), node('w2', { constructor: 'yes' }));
    expect(scheduler.schedule(pod('p', { spec: { nodeSelector: { constructor: 'yes' } } })).node).toBe('w2');
    const exists = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'toString', operator: 'Exists' }] }] };
    const wanting = pod('p', {
      spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: exists } } },
    });
    expect(scheduler.schedule(wanting).outcome).toBe('unschedulable');
  });
});
