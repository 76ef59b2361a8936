import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node, Pod, PodSpec } from '../../../lib/api/generated/types.js';
import { type Admitted, refKey, refOf } from '../../../lib/api/object.js';
import { evictions } from '../../../lib/scheduler/explain/eviction.js';
import type { Edit } from '../../../lib/scheduler/explain/explanation.js';
import { answersOf } from '../../../lib/scheduler/explain/obstacles.js';
import { Sandbox } from '../../../lib/scheduler/explain/sandbox.js';
import { differences, scoreTable } from '../../../lib/scheduler/explain/score-table.js';
import { smallestChanges, type TriedChange } from '../../../lib/scheduler/explain/search.js';
import { Trial } from '../../../lib/scheduler/explain/trial.js';
import { fitErrorText } from '../../../lib/scheduler/fit-error.js';
import { createScheduler } from '../../../lib/scheduler/index.js';
import { PodInfo } from '../../../lib/scheduler/pod-info.js';
import { defaultProfile } from '../../../lib/scheduler/profile.js';
import { bound, node, pod } from '../objects.js';

const zone = 'topology.kubernetes.io/zone';

const changesOf = (objects: readonly Admitted[], waiting: readonly Admitted<Pod>[]): readonly TriedChange[] => {
  const sandbox = new Sandbox(objects, [defaultProfile]);
  const template = { waiting, running: [] };
  return smallestChanges(
    new Trial(sandbox, template),
    (one) => answersOf(new PodInfo(one), sandbox.cache, defaultProfile, waiting.length),
    evictions(sandbox, template, ({ metadata: { name } }) => name),
  );
};

const texts = (changes: readonly TriedChange[]): readonly string[] => changes.map(({ text }) => text);

describe('the smallest change', () => {
  test('a request just as much lower as is needed', () => {
    const cluster = [node('w1'), bound(pod('a', { requests: { cpu: '2500m' } }), 'w1')];
    expect(texts(changesOf(cluster, [pod('new', { requests: { cpu: '2' } })]))).toEqual([
      'resources.requests.cpu <= 1500m for container main',
      'make room on node w1: without a',
    ]);
  });

  test('several Pods: as much lower as all of them need', () => {
    const waiting = ['x', 'y', 'z'].map((name) => pod(name, { requests: { memory: '20Gi' } }));
    expect(texts(changesOf([node('w1')], waiting))).toEqual(['resources.requests.memory <= 5461Mi for container main']);
  });

  test('of several containers the one that asks for most, and no more than it must', () => {
    const containers = [
      { name: 'app', resources: { requests: { cpu: '3500m' } } },
      { name: 'proxy', resources: { requests: { cpu: '1' } } },
    ];
    expect(texts(changesOf([node('w1')], [pod('new', { spec: { containers } })]))).toEqual([
      'resources.requests.cpu <= 3 for container app',
    ]);
  });

  test('devices are asked for whole, as limit and request', () => {
    const gpu = 'nvidia.com/gpu';
    const allocatable = { cpu: '4', memory: '8Gi', pods: '9', [gpu]: '2' };
    const containers = [{ name: 'c', resources: { limits: { [gpu]: '4' }, requests: { [gpu]: '4' } } }];
    const [change] = changesOf([node('w1', {}, { status: { allocatable } })], [pod('new', { spec: { containers } })]);
    const [edit] = change?.edits ?? [];
    expect(change?.text).toBe('resources.requests.nvidia.com/gpu <= 2 for container c');
    expect(edit?.kind === 'template' && edit.to({ containers }).containers[0]?.resources).toEqual({
      limits: { [gpu]: '2' },
      requests: { [gpu]: '2' },
    });
  });

  test('what nothing alone solves, two changes together do', () => {
    const taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }];
    expect(texts(changesOf([node('w1', {}, { spec: { taints } })], [pod('new', { requests: { cpu: '6' } })]))).toEqual([
      'tolerate dedicated=db:NoSchedule, and resources.requests.cpu <= 4 for container main',
      'remove the taint dedicated=db:NoSchedule from node w1, and resources.requests.cpu <= 4 for container main',
    ]);
  });

  test('the value of a label that was meant comes before any other', () => {
    const cluster = [node('w1', { disk: 'hdd' }), node('w2', { disk: 'hdd' }), node('w3', { disk: 'nvme' })];
    expect(texts(changesOf(cluster, [pod('new', { spec: { nodeSelector: { disk: 'nvem' } } })]))[0]).toBe(
      'set nodeSelector disk to "nvme" (1 node has it)',
    );
  });

  test('tainted nodes that count as empty domains', () => {
    const labels = { app: 'web' };
    const constraint = {
      topologyKey: zone,
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: labels },
    };
    const taints = [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }];
    const cluster = [
      node('cp', { [zone]: 'c' }, { spec: { taints } }),
      node('w1', { [zone]: 'a' }),
      bound(pod('one', { labels }), 'w1'),
    ];
    expect(texts(changesOf(cluster, [pod('new', { labels, spec: { topologySpreadConstraints: [constraint] } })]))).toEqual([
      `set nodeTaintsPolicy: Honor for ${zone}, so that tainted nodes do not count as domains`,
      `allow a maxSkew of 2 over ${zone}`,
      `spread over ${zone} only as a preference (ScheduleAnyway)`,
      'tolerate node-role.kubernetes.io/control-plane:NoSchedule',
      'make room on node w1: without one',
    ]);
  });

  test('a Pod that fits nowhere whatever one does', () => {
    const spec = { hostNetwork: true, hostUsers: false };
    expect(changesOf([node('w1')], [pod('new', { spec })])).toEqual([]);
  });

  test('what helps some Pods, and then what helps the next', () => {
    const affinity = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
        ],
      },
    };
    const waiting = ['x', 'y'].map((name) => pod(name, { labels: { app: 'web' }, requests: { cpu: '5' }, spec: { affinity } }));
    expect(texts(changesOf([node('w1')], waiting))).toEqual([
      'resources.requests.cpu <= 4 for container main',
      'resources.requests.cpu <= 2 for container main, and make the required anti-affinity to app=web by kubernetes.io/hostname a preferred one',
    ]);
  });

  test('where nothing helps all, what helps most', () => {
    const port = { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] };
    const waiting = ['x', 'y'].map((name) => pod(name, { spec: port }));
    const changes = changesOf([node('w1'), bound(pod('old', { spec: port }), 'w1')], waiting);
    expect(changes.map(({ text, fits, of }) => [text, fits, of])).toEqual([
      ['use hostPort 81 instead of 80 (container c)', 1, 2],
      ['use no hostPort 80 (container c): a Service of type NodePort reaches it too', 2, 2],
    ]);
  });
});

const app = fc.constantFrom('web', 'db');
const nodes = fc
  .array(
    fc.record({
      zone: fc.constantFrom('a', 'b'),
      disk: fc.constantFrom('ssd', 'hdd'),
      cpu: fc.integer({ min: 1, max: 4 }),
      taint: fc.constantFrom(undefined, undefined, 'x', 'y'),
      cordoned: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all.map(({ zone: inZone, disk, cpu, taint, cordoned }, index) =>
      node(
        `node-${index}`,
        { [zone]: inZone, disk },
        {
          spec: { ...(taint && { taints: [{ key: taint, effect: 'NoSchedule' }] }), ...(cordoned && { unschedulable: true }) },
          status: { allocatable: { cpu: String(cpu), memory: '4Gi', pods: '4' } },
        },
      ),
    ),
  );

const term = fc
  .record({ topologyKey: fc.constantFrom(zone, 'kubernetes.io/hostname'), labels: fc.record({ app }) })
  .map(({ topologyKey, labels }) => ({ topologyKey, labelSelector: { matchLabels: labels } }));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const spec = fc
  .record({
    cpu: fc.constantFrom('100m', '1', '2', '5'),
    nodeSelector: maybe(fc.record({ disk: fc.constantFrom('ssd', 'nvme') })),
    near: maybe(term),
    far: maybe(term),
    spread: maybe(term),
    hostPort: maybe(fc.constant(80)),
  })
  .map(
    ({ cpu, nodeSelector, near, far, spread, hostPort }) =>
      ({
        containers: [
          {
            name: 'main',
            resources: { requests: { cpu } },
            ...(hostPort && { ports: [{ containerPort: 80, hostPort }] }),
          },
        ],
        ...(nodeSelector && { nodeSelector }),
        affinity: {
          ...(near && { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near] } }),
          ...(far && { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [far] } }),
        },
        ...(spread && { topologySpreadConstraints: [{ ...spread, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] }),
      }) as PodSpec,
  );

const world = fc
  .record({
    nodes,
    placed: fc.array(fc.record({ at: fc.nat(3), labels: fc.record({ app }), spec }), { maxLength: 6 }),
    labels: fc.record({ app }),
    spec,
    waiting: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ nodes: all, placed, labels, spec: wanted, waiting }) => ({
    objects: [
      ...all,
      ...placed.map(({ at, ...fields }, index) => bound(pod(`placed-${index}`, fields), `node-${at % all.length}`)),
    ] as readonly Admitted[],
    waiting: Array.from({ length: waiting }, (_, index) => pod(`new-${index}`, { labels, spec: wanted })),
  }));

/** The edits done to objects, plainly, without a sandbox. */
const edited = (objects: readonly Admitted[], edits: readonly Edit[]): readonly Admitted[] =>
  edits.reduce((all, edit) => {
    if (edit.kind === 'node') {
      return all.map((one) => (one.kind === 'Node' && one.metadata.name === edit.node ? edit.to(one as Admitted<Node>) : one));
    }
    const gone = edit.kind === 'evict' ? new Set(edit.pods.map(refKey)) : new Set<string>();
    return all.filter((one) => !gone.has(refKey(refOf(one))));
  }, objects);

describe('for every cluster', () => {
  test('the obstacles are those that kube-scheduler counts', () => {
    fc.assert(
      fc.property(world, ({ objects, waiting: [subject] }) => {
        if (subject === undefined) return;
        const scheduler = createScheduler({ engine: 'reference' });
        for (const object of objects) scheduler.upsert(object);
        const decision = scheduler.schedule(subject);
        fc.pre(decision.outcome === 'unschedulable');
        const { obstacles, question } = answersOf(
          new PodInfo(subject),
          new Sandbox(objects, [defaultProfile]).cache,
          defaultProfile,
          1,
        );
        const counts = new Map(
          obstacles.map(({ reason, nodes: told }) => [reason, told.length] as const).filter(([, n]) => n > 0),
        );
        expect(decision.message).toContain(fitErrorText(question.cache.nodes.length, counts));
      }),
      { numRuns: 40 },
    );
  });

  test('every change that is told makes as many Pods fit as it says, in a scheduler that was never told of anything else', () => {
    fc.assert(
      fc.property(world, ({ objects, waiting }) => {
        for (const { edits, fits } of changesOf(objects, waiting)) {
          const scheduler = createScheduler({ engine: 'reference' });
          for (const object of edited(objects, edits)) scheduler.upsert(object);
          const to = (old: PodSpec): PodSpec => edits.reduce((all, edit) => (edit.kind === 'template' ? edit.to(all) : all), old);
          let placed = 0;
          for (const one of waiting) {
            const changed = { ...one, spec: to(one.spec ?? { containers: [] }) };
            const { outcome, node: chosen } = scheduler.schedule(changed);
            if (outcome !== 'scheduled' || chosen === undefined) continue;
            scheduler.upsert(bound(changed, chosen));
            placed++;
          }
          expect(placed).toBe(fits);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('asking changes nothing', () => {
    fc.assert(
      fc.property(world, ({ objects, waiting }) => {
        const sandbox = new Sandbox(objects, [defaultProfile]);
        const placesOf = () =>
          sandbox.cache.nodes.map(({ name, pods, requested }) => [name, [...pods.keys()], requested.milliCPU]);
        const said = () => waiting.map((one) => sandbox.decide(one).message);
        const before = [placesOf(), said()];
        const template = { waiting, running: [] };
        const answersFor = (one: Admitted<Pod>) => answersOf(new PodInfo(one), sandbox.cache, defaultProfile, 1);
        smallestChanges(new Trial(sandbox, template), answersFor, evictions(sandbox, template, String));
        expect([placesOf(), said()]).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  test("the score table adds up to the scheduler's points", () => {
    fc.assert(
      fc.property(world, ({ objects, waiting: [subject] }) => {
        if (subject === undefined) return;
        const sandbox = new Sandbox(objects, [defaultProfile]);
        const { outcome, scores, node: chosen } = sandbox.decide(subject);
        fc.pre(outcome === 'scheduled' && scores !== undefined);
        const feasible = sandbox.cache.nodes.filter(({ name }) => scores?.has(name));
        const table = scoreTable(new PodInfo(subject), feasible, sandbox.cache, defaultProfile);
        expect(new Map(table.map(({ node: name, total }) => [name, total]))).toEqual(
          new Map([...(scores ?? [])].map(([name, [total]]) => [name, total])),
        );
        expect(table[0]?.node).toBe(chosen);
        const [first, second] = table;
        if (first === undefined || second === undefined) return;
        const sum = differences(first, second).reduce((all, { points }) => all + points, 0);
        expect(sum).toBe(first.total - second.total);
      }),
      { numRuns: 40 },
    );
  });
});
