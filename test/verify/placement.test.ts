import { describe, expect, test } from 'vitest';
import type { KubeObject, ObjectRef } from '../../lib/api/object.js';
import type { NodePool } from '../../lib/cluster/config.js';
import type { Intent } from '../../lib/verify/intent.js';
import { deployment, judge } from './manifests.js';

const ref = (name: string, kind = 'Deployment'): ObjectRef => ({ apiVersion: 'apps/v1', kind, namespace: 'default', name });
const provenance = { source: { file: 'main.ts', line: 47, column: 1 } };

/** The intent as its author writes it. */
type Written = Intent extends infer Each ? (Each extends Intent ? Omit<Each, 'provenance'> : never) : never;

const told = (objects: readonly KubeObject[], intent: Written, nodes: readonly NodePool[]) =>
  judge(objects, { intents: [{ ...intent, provenance } as Intent], cluster: { nodes } });

const findings = (objects: readonly KubeObject[], intent: Written, nodes: readonly NodePool[]) =>
  told(objects, intent, nodes).findings.filter(({ code }) => code.startsWith('intent/') || code === 'assumption/intent');

const pod = (rest: object = {}, requests: object = {}) => ({
  containers: [{ name: 'main', image: 'nginx:1.27', ports: [{ name: 'http', containerPort: 80 }], resources: { requests } }],
  ...rest,
});

/** A Deployment with fields of its spec and of its Pods. */
const web = (name: string, replicas: number, spec: object = {}, requests: object = {}): KubeObject => {
  const object = deployment(name, {}, { replicas });
  const { template, ...rest } = object.spec as { readonly template: object };
  return { ...object, spec: { ...rest, template: { ...template, spec: pod(spec, requests) } } };
};

/** The scheduler prefers zone a. */
const inZoneA = {
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        preference: { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['a'] }] },
      },
    ],
  },
};

const zones: readonly NodePool[] = [{ name: 'n', count: 3, zones: ['a', 'b', 'c'] }];
const one: readonly NodePool[] = [{ name: 'n', count: 1 }];

describe('fits', () => {
  const intent = (more: number): Written => ({ kind: 'fits', workload: ref('api'), more });

  test('kept: every replica has a node, and so many more would find one', () => {
    // 4 CPU: four replicas of one CPU.
    expect(findings([web('api', 2, {}, { cpu: '1' })], intent(0), one)).toEqual([]);
    expect(findings([web('api', 2, {}, { cpu: '1' })], intent(2), one)).toEqual([]);
  });

  test('one more than there is room for: what runs out, with the numbers; one more node is tried', () => {
    expect(findings([web('api', 2, {}, { cpu: '1' })], intent(3), one)).toMatchObject([
      {
        code: 'intent/fits',
        severity: 'error',
        object: ref('api'),
        source: { file: 'main.ts', line: 47 },
        intent: 'fits({ more: 3 })',
        message: expect.stringContaining(
          'Deployment default/api must have room for 3 more replicas, but 2 would fit: 0/1 nodes are available: 1 Insufficient cpu.',
        ),
        evidence: [
          {
            kind: 'object',
            text: 'finds no room on 1 node of n: Insufficient cpu, asks 1, free 0 (n-1), held by Deployment default/api 4',
          },
          { kind: 'object', text: 'is made', source: { file: 'test.yaml', line: 1 } },
        ],
        fix: { text: 'one more node in pool n', verified: true },
      },
    ]);
  });

  test('replicas that have no node', () => {
    const run = told([web('api', 5, {}, { cpu: '1' })], intent(0), one);
    expect(run.findings.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'schedule/unschedulable' },
      {
        code: 'intent/fits',
        message: expect.stringContaining('must fit, but 1 of its 5 Pods has no node: 0/1 nodes are available'),
        fix: { verified: true },
      },
    ]);
  });

  test('a quota that allows no more', () => {
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { pods: '3' } } };
    expect(findings([quota, web('api', 2)], intent(2), one)).toMatchObject([
      {
        message:
          'Deployment default/api must have room for 2 more replicas, but 1 would fit: ResourceQuota default/few allows no more',
        evidence: [{ object: { kind: 'ResourceQuota' }, text: 'allows 3 of pods; 2 are used, one replica asks 1' }, {}],
      },
    ]);
  });

  test('replicas of a StatefulSet that wait for the one before them are placed for trial', () => {
    const main = {
      name: 'main',
      image: 'api:1',
      resources: { requests: { cpu: '1' } },
      readinessProbe: { tcpSocket: { port: 80 } },
    };
    const object = web('api', 6, { containers: [main] });
    const set = { ...object, kind: 'StatefulSet', spec: { ...(object.spec as object), serviceName: 'api' } };
    const stuck = { 'apps/StatefulSet/default/api': { main: { startsIn: 100_000 } } };
    const run = judge([set], {
      intents: [{ kind: 'fits', workload: ref('api', 'StatefulSet'), more: 0, provenance }],
      cluster: { nodes: one },
      behaviours: new Map(Object.entries(stuck)),
    });
    expect(run.findings.find(({ code }) => code === 'intent/fits')?.message).toMatch(/must fit, but only 4 of its 6 Pods would/);
  });
});

describe('runsOn', () => {
  const nodes: readonly NodePool[] = [
    { name: 'a', count: 1 },
    { name: 'ssd', count: 1, labels: { disktype: 'ssd' }, taints: ['dedicated=db:NoSchedule'] },
  ];

  test('kept by a node selector', () => {
    const held = web('api', 1, { nodeSelector: { disktype: 'ssd' }, tolerations: [{ operator: 'Exists' }] });
    expect(findings([held], { kind: 'runsOn', workload: ref('api'), pool: 'ssd' }, nodes)).toEqual([]);
    expect(findings([held], { kind: 'runsOn', workload: ref('api'), labels: { disktype: 'ssd' } }, nodes)).toEqual([]);
  });

  test('a pool: the label that only its nodes have, and the taint that they have', () => {
    expect(findings([web('api', 1)], { kind: 'runsOn', workload: ref('api'), pool: 'ssd' }, nodes)).toMatchObject([
      {
        code: 'intent/runs-on',
        intent: 'runsOn("ssd")',
        message: expect.stringMatching(/is meant to run on nodes of pool ssd, but api-\S+ runs on a-1$/),
        fix: { text: 'add nodeSelector disktype=ssd and tolerate dedicated=db:NoSchedule', verified: true },
      },
    ]);
  });

  test('a pool that there is not', () => {
    expect(findings([web('api', 1)], { kind: 'runsOn', workload: ref('api'), pool: 'gpu' }, nodes)[0]?.message).toContain(
      'pool gpu, which the cluster does not have (pools: a, ssd)',
    );
  });
});

describe('spreadsOver', () => {
  const intent: Written = { kind: 'spreadsOver', workload: ref('api'), topologyKey: 'topology.kubernetes.io/zone', atLeast: 3 };
  const constraint = (whenUnsatisfiable: string, maxSkew = 1) => ({
    topologySpreadConstraints: [
      {
        maxSkew,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable,
        labelSelector: { matchLabels: { app: 'api' } },
      },
    ],
  });

  test('kept by a constraint', () => expect(findings([web('api', 3, constraint('DoNotSchedule'))], intent, zones)).toEqual([]));

  test('kept by required anti-affinity with itself, or by being on every node', () => {
    const term = { topologyKey: 'topology.kubernetes.io/zone', labelSelector: { matchLabels: { app: 'api' } } };
    const apart = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
    expect(findings([web('api', 3, apart)], intent, zones)).toEqual([]);
    const { replicas: _replicas, ...spec } = web('api', 1).spec as { readonly replicas: number };
    const daemons = { ...web('api', 1), kind: 'DaemonSet', spec };
    expect(findings([daemons], { ...intent, workload: ref('api', 'DaemonSet') } as Written, zones)).toEqual([]);
  });

  test('kept here by nothing but the scores of the scheduler: an assumption', () => {
    expect(findings([web('api', 3, constraint('ScheduleAnyway'))], intent, zones)).toMatchObject([
      {
        code: 'assumption/intent',
        severity: 'assumption',
        message:
          'Deployment default/api runs in 3 domains of topology.kubernetes.io/zone here, but nothing requires it: a topology spread constraint with whenUnsatisfiable DoNotSchedule does',
      },
    ]);
    // With a maxSkew of 3 all three may be in one zone.
    expect(findings([web('api', 3, constraint('DoNotSchedule', 3))], intent, zones)).toMatchObject([{ severity: 'assumption' }]);
  });

  test('too few replicas: as many as zones are wanted', () => {
    expect(findings([web('api', 2)], intent, zones)).toMatchObject([
      {
        code: 'intent/spreads-over',
        message:
          'Deployment default/api is meant to run in at least 3 domains of topology.kubernetes.io/zone, but its 2 Pods run in 2 of the 3 that the nodes have',
        fix: { text: 'set spec.replicas to 3', verified: true },
      },
    ]);
  });

  test('the scheduler prefers one zone: a constraint is tried', () => {
    expect(findings([web('api', 3, { affinity: inZoneA })], intent, zones)).toMatchObject([
      {
        evidence: [{ text: 'and 2 more are in a' }, { text: 'is made' }],
        fix: {
          text: 'add a topology spread constraint over topology.kubernetes.io/zone with maxSkew 1 and whenUnsatisfiable DoNotSchedule',
          verified: true,
        },
      },
    ]);
    const soft = web('api', 3, { affinity: inZoneA, ...constraint('ScheduleAnyway', 2) });
    expect(findings([soft], { ...intent, atLeast: 2 } as Written, zones)[0]?.fix).toEqual({
      text: 'set spec.template.spec.topologySpreadConstraints[0].whenUnsatisfiable to DoNotSchedule',
      verified: true,
    });
  });

  test('a cluster with too few zones', () => {
    expect(findings([web('api', 3)], intent, [{ name: 'n', count: 3, zones: ['a', 'b'] }])).toMatchObject([
      {
        code: 'intent/spreads-over',
        fix: { text: 'declare nodes in 3 domains of topology.kubernetes.io/zone', verified: false },
      },
    ]);
  });

  test('a workload without Pods proves nothing', () => {
    expect(findings([web('api', 0)], intent, zones)).toMatchObject([
      { severity: 'assumption', message: expect.stringContaining('Deployment default/api has no Pods, so spreadsOver(') },
    ]);
  });
});

describe('neverSharesNodeWith', () => {
  const intent: Written = { kind: 'neverSharesNodeWith', workload: ref('api'), other: ref('db') };
  const itself: Written = { ...intent, other: ref('api') };
  const repels = (app: string) => ({
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
        ],
      },
    },
  });

  test('kept by required anti-affinity of either side', () => {
    expect(findings([web('api', 1, repels('db')), web('db', 1)], intent, zones)).toEqual([]);
    expect(findings([web('api', 1), web('db', 1, repels('api'))], intent, zones)).toEqual([]);
    expect(findings([web('api', 2, repels('api'))], itself, zones)).toEqual([]);
  });

  test('kept by nodes that only one of them may use', () => {
    const nodes = [
      { name: 'a', count: 2 },
      { name: 'ssd', count: 1, labels: { disktype: 'ssd' }, taints: ['db:NoSchedule'] },
    ];
    const held = { nodeSelector: { disktype: 'ssd' }, tolerations: [{ key: 'db', operator: 'Exists' }] };
    expect(findings([web('api', 2), web('db', 1, held)], intent, nodes)).toEqual([]);
  });

  test('kept by chance: an assumption', () => {
    const message =
      'Deployment default/api shares no node with Deployment default/db here, but no required anti-affinity keeps them apart: add it over kubernetes.io/hostname';
    expect(findings([web('api', 1), web('db', 1)], intent, zones)).toMatchObject([{ code: 'assumption/intent', message }]);
  });

  test('which Pods share which node; anti-affinity is tried', () => {
    const found = findings([web('api', 2), web('db', 3)], intent, zones);
    expect(found).toMatchObject([
      {
        code: 'intent/shares-node',
        message: expect.stringMatching(
          /^Pods of Deployment default\/api must never share a node with Deployment default\/db, but api-\S+ and db-\S+ are both on n-\d; 2 of its Pods share a node so$/,
        ),
        evidence: [{ object: { kind: 'Pod' }, text: expect.stringMatching(/^shares node n-\d with Pod default\/db-/) }, {}, {}],
      },
    ]);
    expect(findings([web('api', 1), web('db', 1)], intent, one)[0]?.fix).toBeUndefined();
    expect(findings([web('api', 2)], itself, [{ name: 'n', count: 1 }])[0]?.message).toMatch(/share a node with each other, but/);
    const drawn = { affinity: inZoneA };
    expect(findings([web('api', 1, drawn), web('db', 1, drawn)], intent, zones)[0]?.fix).toEqual({
      text: 'add required anti-affinity over kubernetes.io/hostname with Deployment default/db to Deployment default/api',
      verified: true,
    });
  });
});

describe('isNotPreempted', () => {
  const intent: Written = { kind: 'isNotPreempted', workload: ref('low') };
  const important = (name: string, value: number, preemptionPolicy = 'PreemptLowerPriority'): KubeObject => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    preemptionPolicy,
  });
  // What runs already; then something more important comes.
  const running = (objects: readonly KubeObject[], coming: readonly KubeObject[], nodes: readonly NodePool[]) =>
    judge([...objects, ...coming], {
      intents: [{ ...intent, provenance } as Intent],
      cluster: { nodes },
      against: objects.map((object) => ({ object, provenance: {} })),
    }).findings.filter(({ code }) => code.startsWith('intent/') || code === 'assumption/intent');

  test('evicted in the run: by whom, with both priorities; ways out are tried', () => {
    const low = web('low', 2, {}, { cpu: '2' });
    const high = [important('high', 1000), web('high', 1, { priorityClassName: 'high' }, { cpu: '2' })];
    expect(running([low], high, one)).toMatchObject([
      {
        code: 'intent/preempted',
        message: expect.stringMatching(
          /^Deployment default\/low must not be preempted, but low-\S+ is evicted for Deployment default\/high \(priority 1000, its own is 0\)$/,
        ),
        evidence: [{ text: expect.stringMatching(/^is evicted from n-1 for Pod default\/high-\S+ \(priority 1000\)$/) }, {}],
        fix: { text: 'one more node in pool n', verified: true },
      },
    ]);
  });

  test('kept: nobody of higher priority may come to its nodes', () => {
    expect(running([web('low', 1)], [web('other', 1)], one)).toEqual([]);
    const polite = [important('polite', 1000, 'Never'), web('polite', 1, { priorityClassName: 'polite' })];
    expect(running([web('low', 1)], polite, one)).toEqual([]);
    const nodes = [
      { name: 'a', count: 1 },
      { name: 'ssd', count: 1, labels: { disktype: 'ssd' } },
    ];
    const elsewhere = [important('high', 1000), web('high', 1, { priorityClassName: 'high', nodeSelector: { disktype: 'ssd' } })];
    const held = web('low', 1, { nodeSelector: { 'kubernetes.io/hostname': 'a-1' } });
    expect(running([held], elsewhere, nodes)).toEqual([]);
  });

  test('there was room, but there need not be: an assumption', () => {
    const high = [important('high', 1000), web('high', 1, { priorityClassName: 'high' })];
    expect(running([web('low', 1)], high, one)).toMatchObject([
      {
        code: 'assumption/intent',
        message:
          'Deployment default/low is not preempted here, but its priority is 0: when room gets short, Deployment default/high (priority 1000) may evict its Pods',
      },
    ]);
  });
});

test('two intents of one kind are two findings, each with its fix', () => {
  const intents = (['topology.kubernetes.io/zone', 'example.com/rack'] as const).map(
    (topologyKey): Intent => ({ kind: 'spreadsOver', workload: ref('api'), topologyKey, atLeast: 2, provenance }),
  );
  const { findings: all } = judge([web('api', 1)], { intents, cluster: { nodes: zones } });
  expect(all.filter(({ code }) => code === 'intent/spreads-over').map(({ intent, fix }) => [intent, fix?.verified])).toEqual([
    ['spreadsOver("topology.kubernetes.io/zone", { atLeast: 2 })', true],
    ['spreadsOver("example.com/rack", { atLeast: 2 })', false],
  ]);
});
