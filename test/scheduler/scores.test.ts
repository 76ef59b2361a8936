import { describe, expect, test } from 'vitest';
import type { Decision } from '../../lib/scheduler/decision.js';
import { bound, node, object, placeAll, pod, schedulerWith, verdictOf, withStatus } from './objects.js';

/** The score that a plugin gave the node, weighted; undefined if the plugin had nothing to say. */
const scoreOf = ({ scorePlugins = [], scores }: Decision, plugin: string, name: string): number | undefined =>
  scores?.get(name)?.[scorePlugins.indexOf(plugin) + 1];

describe('NodeResourcesFit and NodeResourcesBalancedAllocation', () => {
  test('a container without requests counts as 100m and 200Mi', () => {
    const decision = schedulerWith(
      node('w1', {}, { status: { allocatable: { cpu: '1', memory: '2000Mi', pods: '9' } } }),
    ).schedule(pod('p'));
    expect(scoreOf(decision, 'NodeResourcesFit', 'w1')).toBe(90);
    expect(decision.scorePlugins).not.toContain('NodeResourcesBalancedAllocation');
  });

  test('balance is measured by what the Pod changes', () => {
    const status = { allocatable: { cpu: '4', memory: '4Gi', pods: '9' } };
    const scheduler = schedulerWith(node('w1', {}, { status }), node('w2', {}, { status }));
    scheduler.upsert(bound(pod('cpu-heavy', { requests: { cpu: '2' } }), 'w2'));
    const decision = scheduler.schedule(pod('memory-heavy', { requests: { memory: '2Gi' } }));
    expect(scoreOf(decision, 'NodeResourcesBalancedAllocation', 'w1')).toBe(62);
    expect(scoreOf(decision, 'NodeResourcesBalancedAllocation', 'w2')).toBe(87);
  });

  test('sidecars add up with containers, ordinary init containers only while they run', () => {
    const container = (name: string, cpu: string) => ({ name, image: 'x', resources: { requests: { cpu } } });
    const spec = {
      containers: [container('main', '1')],
      initContainers: [{ ...container('sidecar', '500m'), restartPolicy: 'Always' }, container('init', '2')],
      overhead: { cpu: '100m' },
    };
    const room = (cpu: string) => schedulerWith(node('w1', {}, { status: { allocatable: { cpu, memory: '1Gi', pods: '9' } } }));
    expect(room('2600m').schedule(pod('p', { spec })).outcome).toBe('scheduled');
    expect(room('2599m').schedule(pod('p', { spec })).outcome).toBe('unschedulable');
  });

  test('fractions of bytes add up before they are rounded', () => {
    const containers = ['a', 'b'].map((name) => ({ name, image: 'x', resources: { requests: { memory: '0.1Gi' } } }));
    const room = (memory: string) => schedulerWith(node('w1', {}, { status: { allocatable: { cpu: '1', memory, pods: '9' } } }));
    expect(room('214748365').schedule(pod('p', { spec: { containers } })).outcome).toBe('scheduled');
    expect(room('214748364').schedule(pod('p', { spec: { containers } })).outcome).toBe('unschedulable');
  });

  test('a Pod that is being resized holds the most of what it has and what it wants', () => {
    const running = bound(pod('resized', { requests: { cpu: '1' } }), 'w1');
    const containerStatuses = [
      { name: 'main', image: 'nginx', imageID: '', ready: true, restartCount: 0, resources: { requests: { cpu: '3' } } },
    ];
    const scheduler = schedulerWith(node('w1'), withStatus(running, { containerStatuses }));
    expect(scheduler.schedule(pod('p', { requests: { cpu: '2' } })).outcome).toBe('unschedulable');
    expect(scheduler.schedule(pod('p', { requests: { cpu: '1' } })).outcome).toBe('scheduled');
  });
});

describe('PodTopologySpread', () => {
  const zones = [
    node('a1', { 'topology.kubernetes.io/zone': 'a' }),
    node('a2', { 'topology.kubernetes.io/zone': 'a' }),
    node('b1', { 'topology.kubernetes.io/zone': 'b' }),
  ];
  const webs = ['web-1', 'web-2', 'web-3', 'web-4'];

  test('hard: no zone gets more than maxSkew ahead of another', () => {
    const constraint = {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'web' } },
    };
    const pods = webs.map((name) => pod(name, { labels: { app: 'web' }, spec: { topologySpreadConstraints: [constraint] } }));
    const placed = placeAll(schedulerWith(...zones), pods);
    expect(placed.filter((name) => name === 'b1')).toHaveLength(2);
  });

  test('minDomains counts missing domains as empty', () => {
    const constraint = {
      maxSkew: 1,
      minDomains: 3,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'web' } },
    };
    const pods = webs.map((name) => pod(name, { labels: { app: 'web' }, spec: { topologySpreadConstraints: [constraint] } }));
    expect(placeAll(schedulerWith(...zones), pods).filter((name) => name !== undefined)).toHaveLength(2);
  });

  test('Pods of a Service spread over hosts and zones unasked', () => {
    const service = object('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
    const scheduler = schedulerWith(...zones, service);
    const placed = placeAll(
      scheduler,
      ['web-1', 'web-2', 'web-3'].map((name) => pod(name, { labels: { app: 'web' } })),
    );
    expect(new Set(placed).size).toBe(3);
    expect(scheduler.schedule(pod('other', { labels: { app: 'other' } })).scorePlugins).not.toContain('PodTopologySpread');
  });
});

describe('InterPodAffinity', () => {
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } };

  test('an existing Pod that must be near this one draws it near', () => {
    const spec = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
    const scheduler = schedulerWith(node('w1'), node('w2'), bound(pod('friend', { spec }), 'w2'));
    const decision = scheduler.schedule(pod('web', { labels: { app: 'web' } }));
    expect(scoreOf(decision, 'InterPodAffinity', 'w1')).toBe(0);
    expect(scoreOf(decision, 'InterPodAffinity', 'w2')).toBe(200);
  });

  test('anti-affinity of an existing Pod keeps this one off', () => {
    const spec = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
    const scheduler = schedulerWith(node('w1'), node('w2'), bound(pod('loner', { spec }), 'w1'));
    expect(scheduler.schedule(pod('web', { labels: { app: 'web' } })).node).toBe('w2');
    expect(verdictOf(scheduler.schedule(pod('web', { labels: { app: 'web' }, namespace: 'other' })), 'w1')).toBe('ok');
  });

  test('namespaceSelector means namespaces by their labels', () => {
    const spec = {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ ...term, namespaceSelector: { matchLabels: { team: 'a' } } }],
        },
      },
    };
    const namespace = (name: string, team: string) => object('v1', 'Namespace', name, {}, { labels: { team } });
    const scheduler = schedulerWith(node('w1'), node('w2'), namespace('prod', 'a'), namespace('test', 'b'));
    scheduler.upsert(bound(pod('web', { labels: { app: 'web' }, namespace: 'test' }), 'w1'));
    expect(scheduler.schedule(pod('p', { spec })).outcome).toBe('unschedulable');
    scheduler.upsert(bound(pod('web', { labels: { app: 'web' }, namespace: 'prod' }), 'w2'));
    expect(scheduler.schedule(pod('p', { spec })).node).toBe('w2');
  });

  test('the first of a group that wants to be together may start anywhere', () => {
    const spec = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
    const pods = ['web-1', 'web-2'].map((name) => pod(name, { labels: { app: 'web' }, spec }));
    expect(placeAll(schedulerWith(node('w1'), node('w2')), pods)).toEqual(['w1', 'w1']);
  });
});
