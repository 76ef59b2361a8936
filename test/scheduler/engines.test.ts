import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Affinity, NodeSpec, Pod, PodSpec } from '../../lib/api/generated/types.js';
import { type Admitted, refOf } from '../../lib/api/object.js';
import type { Decision } from '../../lib/scheduler/decision.js';
import { createScheduler } from '../../lib/scheduler/index.js';
import { bound, node, object, pod, withStatus } from './objects.js';

/** Present once in `rarity` times. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>, rarity = 2): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: rarity - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const app = fc.constantFrom('web', 'api', 'db');
const namespace = fc.constantFrom('default', 'default', 'shop');
const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';
const topologyKey = fc.constantFrom(hostname, zone, 'rack', 'serial');
const effect = fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute');

const selector = fc.oneof(
  app.map((value) => ({ matchLabels: { app: value } })),
  fc.subarray(['web', 'api', 'db'], { minLength: 1 }).map((values) => ({
    matchExpressions: [{ key: 'app', operator: 'In', values }],
  })),
  fc.constantFrom({}, undefined, { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }),
);

const requirement = fc.oneof(
  fc.record({
    key: fc.constant('disk'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.constantFrom(['ssd'], ['ssd', 'hdd']),
  }),
  fc.record({ key: fc.constantFrom('disk', zone), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const nodeTerm = fc.oneof(
  { weight: 4, arbitrary: fc.record({ matchExpressions: fc.array(requirement, { minLength: 1, maxLength: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('node-1', 'node-2', 'node-9')
      .map((name) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] })),
  },
);

const podTerm = fc.record(
  {
    topologyKey,
    labelSelector: selector,
    namespaces: fc.constantFrom(['shop'], ['default', 'shop']),
    namespaceSelector: fc.constantFrom({}, { matchLabels: { team: 'red' } }),
  },
  { requiredKeys: ['topologyKey', 'labelSelector'] },
);
const podTerms = fc.record({
  required: fc.array(podTerm, { maxLength: 1 }),
  preferred: fc.array(fc.record({ weight: fc.integer({ min: 1, max: 100 }), podAffinityTerm: podTerm }), { maxLength: 2 }),
});
const sideOf = ({ required, preferred }: { required: readonly object[]; preferred: readonly object[] }) => ({
  requiredDuringSchedulingIgnoredDuringExecution: required,
  preferredDuringSchedulingIgnoredDuringExecution: preferred,
});

const affinity = fc
  .record({
    wanted: maybe(fc.array(nodeTerm, { minLength: 1, maxLength: 2 }), 6),
    liked: fc.array(fc.record({ weight: fc.integer({ min: 1, max: 100 }), preference: nodeTerm }), { maxLength: 2 }),
    near: maybe(podTerms, 4),
    far: maybe(podTerms),
  })
  .map(
    ({ wanted, liked, near, far }) =>
      ({
        nodeAffinity: {
          ...(wanted && { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: wanted } }),
          preferredDuringSchedulingIgnoredDuringExecution: liked,
        },
        ...(near && { podAffinity: sideOf(near) }),
        ...(far && { podAntiAffinity: sideOf(far) }),
      }) as Affinity,
  );

const spread = fc.record(
  {
    topologyKey,
    maxSkew: fc.integer({ min: 1, max: 2 }),
    whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
    labelSelector: selector,
    minDomains: fc.integer({ min: 1, max: 3 }),
    nodeAffinityPolicy: fc.constantFrom('Honor', 'Ignore'),
    nodeTaintsPolicy: fc.constantFrom('Honor', 'Ignore'),
  },
  { requiredKeys: ['topologyKey', 'maxSkew', 'whenUnsatisfiable', 'labelSelector'] },
);

const requests = fc.oneof(
  { weight: 4, arbitrary: fc.record({ cpu: fc.constantFrom('100m', '500m'), memory: fc.constantFrom('64Mi', '300Mi') }) },
  { weight: 1, arbitrary: fc.constantFrom({}, { cpu: '1500m' }, { memory: '3Gi' }) },
  { weight: 1, arbitrary: fc.constantFrom({ 'example.com/gpu': '1' }, { 'ephemeral-storage': '20Gi', 'example.com/gpu': '2' }) },
);

const template = fc
  .record({
    requests,
    port: maybe(fc.constantFrom(80, 443), 8),
    image: fc.constantFrom('nginx', 'redis:7'),
    nodeSelector: maybe(fc.constantFrom({ disk: 'ssd' }, { disk: 'ssd' }, { disk: 'nvme' }), 8),
    tolerations: maybe(fc.array(fc.record({ key: fc.constantFrom('a', 'b'), operator: fc.constant('Exists'), effect }))),
    affinity: maybe(affinity),
    topologySpreadConstraints: maybe(fc.array(spread, { maxLength: 3 })),
    priority: fc.constantFrom(0, 0, 0, 10, 20),
    preemptionPolicy: fc.constantFrom('PreemptLowerPriority', 'PreemptLowerPriority', 'Never'),
    claim: maybe(fc.constantFrom('data', 'missing'), 12),
    userNamespace: maybe(fc.constant(true), 12),
  })
  .map(
    ({ requests: amounts, port, image, claim, userNamespace, ...spec }) =>
      ({
        ...spec,
        containers: [
          {
            name: 'main',
            image,
            resources: { requests: amounts },
            ...(port && { ports: [{ containerPort: port, hostPort: port }] }),
          },
        ],
        ...(claim && { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] }),
        ...(userNamespace && { hostNetwork: true, hostUsers: false }),
      }) as PodSpec,
  );

const nodeFields = fc.record({
  index: fc.integer({ min: 0, max: 6 }),
  zone: maybe(fc.constantFrom('a', 'b', '')),
  rack: maybe(fc.constantFrom('r1', 'r2', 'r3')),
  disk: fc.constantFrom('ssd', 'hdd'),
  taints: maybe(fc.array(fc.record({ key: fc.constantFrom('a', 'b'), effect }), { maxLength: 2 }), 3),
  unschedulable: fc.constantFrom(false, false, false, false, false, false, true),
  cpu: fc.constantFrom('2', '4'),
  images: maybe(fc.constantFrom('docker.io/library/nginx:latest', 'nginx:latest', 'redis:7')),
  features: fc.boolean(),
});

const nodeOf = (fields: typeof nodeFields extends fc.Arbitrary<infer T> ? T : never) => {
  const { index, zone: inZone, rack, disk, taints = [], unschedulable, cpu, images, features } = fields;
  return node(
    `node-${index}`,
    {
      disk,
      ...(inZone !== undefined && { [zone]: inZone }),
      ...(rack && { rack }),
      ...(index % 3 > 0 && { serial: `${index}` }),
    },
    {
      spec: { taints, unschedulable } as NodeSpec,
      status: {
        allocatable: { cpu, memory: '8Gi', pods: '8', 'ephemeral-storage': '50Gi', 'example.com/gpu': '2' },
        ...(images && { images: [{ names: [images], sizeBytes: 700 * 1024 * 1024 }] }),
        ...(features && { declaredFeatures: ['UserNamespacesHostNetworkSupport'] }),
      },
    },
  );
};

const step = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('schedule' as const),
      template: fc.nat(5),
      app,
      namespace,
      owned: fc.boolean(),
      copies: fc.integer({ min: 1, max: 4 }),
      // The template's own spec, or one that only says the same.
      shared: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('node' as const), fields: nodeFields }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cordon' as const), index: fc.nat(6), taint: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('removeNode' as const), index: fc.nat(6) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('removePod' as const, 'terminate' as const, 'start' as const), pick: fc.nat(50) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), pick: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('service' as const), app, namespace }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('budget' as const), app, disruptionsAllowed: fc.nat(2), removed: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('namespace' as const), team: fc.constantFrom('red', 'blue') }) },
);

const scenario = fc.record({
  nodes: fc.uniqueArray(nodeFields, { minLength: 2, maxLength: 7, selector: ({ index }) => index }),
  templates: fc.array(template, { minLength: 6, maxLength: 6 }),
  steps: fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }),
});

/** Everything that a decision says, read at once. */
const whole = (decision: Decision): object => ({
  outcome: decision.outcome,
  node: decision.node,
  message: decision.message,
  preFilter: decision.preFilter,
  nominatedNodeFit: decision.nominatedNodeFit,
  filter: decision.filter && [...decision.filter],
  scorePlugins: decision.scorePlugins,
  scores: decision.scores && [...decision.scores],
  best: decision.best,
  volumes: decision.volumes,
  postFilter: decision.postFilter,
});

/** Two schedulers that are told the same and must decide the same. */
class Pair {
  readonly #fast = createScheduler({ engine: 'fast' });
  readonly #reference = createScheduler({ engine: 'reference' });
  readonly nodes = new Map<string, Admitted>();
  readonly placed: Admitted<Pod>[] = [];
  readonly waiting: Admitted<Pod>[] = [];
  readonly #rejections: { readonly decision: Decision; readonly before: object }[] = [];

  tell(one: Admitted): void {
    this.#fast.upsert(one);
    this.#reference.upsert(one);
  }

  forget(one: Admitted): void {
    this.#fast.remove(refOf(one));
    this.#reference.remove(refOf(one));
  }

  removePod(one: Admitted<Pod>): void {
    this.forget(one);
    const at = this.placed.indexOf(one);
    if (at >= 0) this.placed.splice(at, 1);
  }

  replace(one: Admitted<Pod>, by: Admitted<Pod>): void {
    this.placed[this.placed.indexOf(one)] = by;
    this.tell(by);
  }

  schedule(one: Admitted<Pod>): void {
    this.tell(one);
    const decision = this.#fast.schedule(one);
    const said = whole(decision);
    expect(said).toEqual(whole(this.#reference.schedule(one)));
    if (decision.outcome === 'scheduled' && decision.node !== undefined) {
      const placed = bound(one, decision.node);
      this.placed.push(placed);
      this.tell(placed);
      return;
    }
    this.#rejections.push({ decision, before: said });
    if (decision.outcome === 'preempting' && one.status?.nominatedNodeName === undefined) this.#preempt(one, decision);
    else this.waiting.push(one);
  }

  #preempt(one: Admitted<Pod>, { postFilter }: Decision): void {
    for (const victim of postFilter?.victims ?? []) {
      const found = this.placed.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === victim);
      if (found) this.removePod(found);
    }
    const nominated = withStatus(one, { nominatedNodeName: postFilter?.nominated });
    this.tell(nominated);
    this.schedule(nominated);
  }

  /** Why a Pod fitted nowhere is still to be read when much has changed. */
  checkRejections(): void {
    for (const { decision, before } of this.#rejections) expect(whole(decision)).toEqual(before);
  }
}

const run = ({ nodes, templates, steps }: typeof scenario extends fc.Arbitrary<infer T> ? T : never): void => {
  const pair = new Pair();
  const tellNode = (one: Admitted): void => {
    pair.nodes.set(one.metadata.name, one);
    pair.tell(one);
  };
  for (const fields of nodes) tellNode(nodeOf(fields));
  for (const one of ['web', 'api', 'db']) {
    const owner = object('apps/v1', 'ReplicaSet', one, { spec: { selector: { matchLabels: { app: one } }, template: {} } });
    pair.tell(owner);
  }
  pair.tell(object('v1', 'PersistentVolumeClaim', 'data', { spec: { volumeName: 'disk' } }));
  let count = 0;
  const labels = { web: { app: 'web' }, api: { app: 'api', tier: 'back' }, db: { app: 'db' } };
  for (const each of steps) {
    if (each.do === 'schedule') {
      const spec = templates[each.template] ?? {};
      for (let copy = 0; copy < each.copies; copy++) {
        count++;
        const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: each.app, uid: each.app, controller: true };
        const one = pod(`pod-${count}`, {
          namespace: each.namespace,
          labels: labels[each.app],
          metadata: each.owned ? { ownerReferences: [controller] } : {},
          spec: each.shared ? spec : (JSON.parse(JSON.stringify(spec)) as PodSpec),
        });
        pair.schedule(one);
      }
    } else if (each.do === 'node') tellNode(nodeOf(each.fields));
    else if (each.do === 'cordon') {
      const known = pair.nodes.get(`node-${each.index}`);
      const spec = { unschedulable: !each.taint, taints: each.taint ? [{ key: 'a', effect: 'NoSchedule' }] : [] };
      if (known) tellNode({ ...known, spec } as Admitted);
    } else if (each.do === 'removeNode') {
      const known = pair.nodes.get(`node-${each.index}`);
      if (known) pair.forget(known);
      pair.nodes.delete(`node-${each.index}`);
    } else if (each.do === 'service') {
      pair.tell(object('v1', 'Service', each.app, { spec: { selector: { app: each.app } } }, { namespace: each.namespace }));
    } else if (each.do === 'budget') {
      const { disruptionsAllowed } = each;
      const fields = { spec: { selector: { matchLabels: { app: each.app } } }, status: { disruptionsAllowed } };
      const budget = object('policy/v1', 'PodDisruptionBudget', each.app, fields);
      if (each.removed) pair.forget(budget);
      else pair.tell(budget);
    } else if (each.do === 'namespace') {
      pair.tell(object('v1', 'Namespace', 'shop', {}, { labels: { team: each.team } }));
    } else if (each.do === 'retry') {
      const one = pair.waiting.splice(each.pick % Math.max(pair.waiting.length, 1), 1)[0];
      if (one) pair.schedule(one);
    } else {
      const one = pair.placed[each.pick % Math.max(pair.placed.length, 1)];
      if (one === undefined) continue;
      if (each.do === 'removePod') pair.removePod(one);
      else if (each.do === 'start') pair.replace(one, withStatus(one, { startTime: '2026-06-01T00:00:00Z' }));
      else pair.replace(one, { ...one, metadata: { ...one.metadata, deletionTimestamp: '2026-06-01T00:00:00Z' } });
    }
  }
  pair.checkRejections();
};

describe('The fast engine decides as the reference does', () => {
  test('every decision, refusal, score and message, while Pods and nodes come, change and go', () => {
    fc.assert(fc.property(scenario, run), { numRuns: 200, seed: 4 });
  }, 120_000);
});
