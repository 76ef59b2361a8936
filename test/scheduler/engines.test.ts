import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Affinity, NodeSpec, Pod, PodSpec, Volume } from '../../lib/api/generated/types.js';
import { type Admitted, refOf } from '../../lib/api/object.js';
import type { KubeSchedulerConfiguration } from '../../lib/scheduler/configuration/configuration.js';
import { profilesOf } from '../../lib/scheduler/configuration/index.js';
import type { Decision } from '../../lib/scheduler/decision.js';
import { createScheduler, type Scheduler } from '../../lib/scheduler/index.js';
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

const volumeOf = (claim: string): Volume => ({ name: 'data', persistentVolumeClaim: { claimName: claim } });

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
    // `own` stands for a claim of each Pod, as those of a StatefulSet.
    claim: maybe(
      fc.constantFrom('zonal', 'anywhere', 'late', 'placed', 'found', 'exclusive', 'own', 'own', 'lost', 'missing'),
      5,
    ),
    schedulerName: fc.constantFrom('default-scheduler', 'default-scheduler', 'second'),
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
        ...(claim && { volumes: [volumeOf(claim)] }),
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
      // Whether victims take their time to end.
      gracefully: fc.boolean(),
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
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('attachable' as const), index: fc.nat(6), count: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('provisioned' as const) }) },
);

const provisioner = 'csi.example.com';
const inZoneA = { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: ['a'] }] }] } };
const onSsd = { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }] } };

const claimOf = (name: string, spec: object, annotations: object = {}, namespaceName = 'default'): Admitted =>
  object(
    'v1',
    'PersistentVolumeClaim',
    name,
    { spec: { accessModes: ['ReadWriteOnce'], ...spec } },
    { namespace: namespaceName, annotations },
  );
const boundClaim = (name: string, volumeName: string, spec: object = {}, namespaceName = 'default'): Admitted =>
  claimOf(name, { volumeName, storageClassName: 'late', ...spec }, { 'pv.kubernetes.io/bind-completed': 'yes' }, namespaceName);
const volumeNamed = (name: string, spec: object, labels: object = {}): Admitted =>
  object(
    'v1',
    'PersistentVolume',
    name,
    { spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], ...spec }, status: { phase: 'Available' } },
    { labels },
  );
const classOf = (name: string, fields: object): Admitted =>
  object('storage.k8s.io/v1', 'StorageClass', name, { volumeBindingMode: 'WaitForFirstConsumer', ...fields }, {});

const storage: readonly Admitted[] = [
  classOf('late', { provisioner }),
  classOf('placed', { provisioner, allowedTopologies: [{ matchLabelExpressions: [{ key: zone, values: ['a', 'b'] }] }] }),
  classOf('found', { provisioner: 'kubernetes.io/no-provisioner' }),
  volumeNamed(
    'disk-a',
    { storageClassName: 'late', nodeAffinity: inZoneA, csi: { driver: provisioner, volumeHandle: 'a' } },
    { [zone]: 'a' },
  ),
  volumeNamed('disk', { storageClassName: 'late', csi: { driver: provisioner, volumeHandle: 'b' } }),
  volumeNamed('free-1', { storageClassName: 'found', nodeAffinity: onSsd }),
  volumeNamed('free-2', { storageClassName: 'found', capacity: { storage: '9Gi' } }),
  boundClaim('zonal', 'disk-a'),
  boundClaim('anywhere', 'disk'),
  boundClaim('lost', 'gone'),
  boundClaim('exclusive', 'disk', { accessModes: ['ReadWriteOncePod'] }),
  claimOf('late', { storageClassName: 'late' }),
  claimOf('placed', { storageClassName: 'placed' }),
  claimOf('found', { storageClassName: 'found', resources: { requests: { storage: '1Gi' } } }),
];

/** What users write into a KubeSchedulerConfiguration. */
const configuration: fc.Arbitrary<KubeSchedulerConfiguration> = fc
  .record({
    scoring: fc.constantFrom(
      { type: 'MostAllocated' as const },
      {
        type: 'LeastAllocated' as const,
        resources: [
          { name: 'cpu', weight: 3 },
          { name: 'example.com/gpu', weight: 5 },
        ],
      },
      {
        type: 'RequestedToCapacityRatio' as const,
        resources: [{ name: 'memory' }, { name: 'ephemeral-storage' }],
        requestedToCapacityRatio: {
          shape: [
            { utilization: 0, score: 2 },
            { utilization: 40, score: 10 },
            { utilization: 100, score: 0 },
          ],
        },
      },
    ),
    ignored: fc.constantFrom([], ['example.com/gpu']),
    balanced: fc.constantFrom(undefined, [{ name: 'cpu' }, { name: 'memory' }, { name: 'example.com/gpu' }]),
    hardPodAffinityWeight: fc.constantFrom(0, 1, 50),
    ignorePreferredTermsOfExistingPods: fc.boolean(),
    defaults: fc.constantFrom(
      undefined,
      [],
      [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule' }],
      [
        { maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'ScheduleAnyway' },
        { maxSkew: 2, topologyKey: hostname, whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor' },
      ],
    ),
    added: maybe(fc.constant(true)),
    plugins: fc.constantFrom(
      {},
      { multiPoint: { disabled: [{ name: 'InterPodAffinity' }, { name: 'ImageLocality' }] } },
      { score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit', weight: 4 }, { name: 'TaintToleration' }] } },
      {
        score: {
          enabled: [
            { name: 'PodTopologySpread', weight: 9 },
            { name: 'InterPodAffinity', weight: 7 },
          ],
        },
      },
      {
        filter: { disabled: [{ name: 'TaintToleration' }, { name: 'PodTopologySpread' }] },
        postFilter: { disabled: [{ name: '*' }] },
      },
      { filter: { enabled: [{ name: 'InterPodAffinity' }, { name: 'NodeResourcesFit' }] } },
      {
        preFilter: { disabled: [{ name: 'VolumeZone' }] },
        filter: { disabled: [{ name: 'VolumeZone' }, { name: 'NodePorts' }] },
      },
    ),
  })
  .map(({ scoring, ignored, balanced, hardPodAffinityWeight, ignorePreferredTermsOfExistingPods, defaults, added, plugins }) => ({
    profiles: [
      { schedulerName: 'default-scheduler' },
      {
        schedulerName: 'second',
        plugins,
        pluginConfig: [
          { name: 'NodeResourcesFit', args: { scoringStrategy: scoring, ignoredResources: ignored } },
          { name: 'NodeResourcesBalancedAllocation', args: { resources: balanced } },
          { name: 'InterPodAffinity', args: { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods } },
          { name: 'PodTopologySpread', args: defaults && { defaultConstraints: defaults, defaultingType: 'List' } },
          {
            name: 'NodeAffinity',
            args: added && {
              addedAffinity: {
                ...(added && { requiredDuringSchedulingIgnoredDuringExecution: onSsd.required }),
                preferredDuringSchedulingIgnoredDuringExecution: [
                  { weight: 3, preference: { matchExpressions: [{ key: zone, operator: 'Exists' }] } },
                ],
              },
            },
          },
        ],
      },
    ],
  }));

const scenario = fc.record({
  configuration,
  nodes: fc.uniqueArray(nodeFields, { minLength: 2, maxLength: 7, selector: ({ index }) => index }),
  templates: fc.array(template, { minLength: 6, maxLength: 6 }),
  steps: fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }),
});

/** Templates among which there is little but room to decide about, and too little of that. */
const crowdedTemplate = fc
  .record({
    cpu: fc.constantFrom('500m', '1', '1500m', '2'),
    priority: fc.constantFrom(0, 10, 20),
    preemptionPolicy: fc.constantFrom('PreemptLowerPriority', 'PreemptLowerPriority', 'Never'),
    port: maybe(fc.constant(80), 5),
    far: maybe(podTerms, 6),
    claim: maybe(fc.constantFrom('zonal', 'own', 'exclusive'), 5),
    topologySpreadConstraints: maybe(fc.array(spread, { maxLength: 1 }), 6),
  })
  .map(
    ({ cpu, port, far, claim, ...spec }): PodSpec => ({
      ...(spec as Partial<PodSpec>),
      containers: [
        {
          name: 'main',
          image: 'nginx',
          resources: { requests: { cpu, memory: '64Mi' } },
          ...(port && { ports: [{ containerPort: port, hostPort: port }] }),
        },
      ],
      ...(far && { affinity: { podAntiAffinity: sideOf(far) } as Affinity }),
      ...(claim && { volumes: [volumeOf(claim)] }),
    }),
  );

const crowded = scenario.chain((general) =>
  fc.array(crowdedTemplate, { minLength: 6, maxLength: 6 }).map((templates) => ({ ...general, templates })),
);

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

const ending = (one: Admitted<Pod>): Admitted<Pod> => {
  const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }];
  return withStatus({ ...one, metadata: { ...one.metadata, deletionTimestamp: '2026-06-01T00:00:00Z' } }, { conditions });
};

/** Two schedulers that are told the same and must decide the same. */
class Pair {
  readonly #fast: Scheduler;
  readonly #reference: Scheduler;
  readonly #claims = new Map<string, Admitted>();
  readonly nodes = new Map<string, Admitted>();
  readonly placed: Admitted<Pod>[] = [];
  readonly waiting: Admitted<Pod>[] = [];
  readonly #rejections: { readonly decision: Decision; readonly before: object }[] = [];

  constructor(configuration: KubeSchedulerConfiguration) {
    const verdict = profilesOf(configuration);
    if (!verdict.ok) throw new Error(verdict.message);
    this.#fast = createScheduler({ engine: 'fast', profiles: verdict.value });
    this.#reference = createScheduler({ engine: 'reference', profiles: verdict.value });
  }

  tell(one: Admitted): void {
    if (one.kind === 'PersistentVolumeClaim') this.#claims.set(`${one.metadata.namespace}/${one.metadata.name}`, one);
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

  schedule(one: Admitted<Pod>, gracefully = false): void {
    this.tell(one);
    const decision = this.#fast.schedule(one);
    const said = whole(decision);
    expect(said).toEqual(whole(this.#reference.schedule(one)));
    if (decision.outcome === 'scheduled' && decision.node !== undefined) {
      const placed = bound(one, decision.node);
      this.placed.push(placed);
      this.tell(placed);
      this.#reserve(decision);
      return;
    }
    this.#rejections.push({ decision, before: said });
    if (decision.outcome === 'preempting' && one.status?.nominatedNodeName === undefined)
      this.#preempt(one, decision, gracefully);
    else this.waiting.push(one);
  }

  #reserve({ volumes, node: nodeName }: Decision): void {
    for (const { claim, volume } of volumes?.bind ?? []) {
      const [inNamespace = '', name = ''] = claim.split('/');
      this.tell(volumeNamed(volume, { storageClassName: 'found', claimRef: { namespace: inNamespace, name } }));
      this.tell(boundClaim(name, volume, { storageClassName: 'found' }, inNamespace));
    }
    for (const claim of volumes?.provision ?? []) {
      const known = this.#claims.get(claim);
      const annotations = { 'volume.kubernetes.io/selected-node': nodeName ?? '' };
      if (known) this.tell({ ...known, metadata: { ...known.metadata, annotations } });
    }
  }

  /** Claims whose node is chosen get a volume, in zone a where that node is. */
  provision(): void {
    for (const [key, { metadata }] of [...this.#claims]) {
      const chosen = metadata.annotations?.['volume.kubernetes.io/selected-node'];
      if (chosen === undefined) continue;
      const inZone = this.nodes.get(chosen)?.metadata.labels?.[zone] === 'a';
      const csi = { driver: provisioner, volumeHandle: key };
      const volume = `made-${metadata.namespace}-${metadata.name}`;
      const claimRef = { namespace: metadata.namespace, name: metadata.name };
      this.tell(volumeNamed(volume, { storageClassName: 'late', csi, claimRef, ...(inZone && { nodeAffinity: inZoneA }) }));
      this.tell(boundClaim(metadata.name, volume, {}, metadata.namespace));
    }
  }

  #preempt(one: Admitted<Pod>, { postFilter }: Decision, gracefully: boolean): void {
    for (const victim of postFilter?.victims ?? []) {
      const found = this.placed.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === victim);
      if (found && gracefully) this.replace(found, ending(found));
      else if (found) this.removePod(found);
    }
    const nominated = withStatus(one, { nominatedNodeName: postFilter?.nominated });
    this.tell(nominated);
    if (gracefully) this.waiting.push(nominated);
    else this.schedule(nominated);
  }

  /** Why a Pod fitted nowhere is still to be read when much has changed. */
  checkRejections(): void {
    for (const { decision, before } of this.#rejections) expect(whole(decision)).toEqual(before);
  }
}

const withOwnClaim = (spec: PodSpec, name: string): PodSpec =>
  spec.volumes?.[0]?.persistentVolumeClaim?.claimName === 'own' ? { ...spec, volumes: [volumeOf(name)] } : spec;

const run = ({
  configuration: configured,
  nodes,
  templates,
  steps,
}: typeof scenario extends fc.Arbitrary<infer T> ? T : never): void => {
  const pair = new Pair(configured);
  const tellNode = (one: Admitted): void => {
    pair.nodes.set(one.metadata.name, one);
    pair.tell(one);
  };
  for (const fields of nodes) tellNode(nodeOf(fields));
  for (const one of ['web', 'api', 'db']) {
    const owner = object('apps/v1', 'ReplicaSet', one, { spec: { selector: { matchLabels: { app: one } }, template: {} } });
    pair.tell(owner);
  }
  for (const one of storage) pair.tell(one);
  let count = 0;
  const labels = { web: { app: 'web' }, api: { app: 'api', tier: 'back' }, db: { app: 'db' } };
  for (const each of steps) {
    if (each.do === 'schedule') {
      const spec = templates[each.template] ?? { containers: [] };
      for (let copy = 0; copy < each.copies; copy++) {
        count++;
        const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: each.app, uid: each.app, controller: true };
        const one = pod(`pod-${count}`, {
          namespace: each.namespace,
          labels: labels[each.app],
          metadata: each.owned ? { ownerReferences: [controller] } : {},
          spec: withOwnClaim(each.shared ? spec : (JSON.parse(JSON.stringify(spec)) as PodSpec), `claim-${count}`),
        });
        pair.tell(claimOf(`claim-${count}`, { storageClassName: 'late' }, {}, each.namespace));
        pair.schedule(one, each.gracefully);
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
    } else if (each.do === 'attachable') {
      const drivers = [{ name: provisioner, nodeID: 'x', allocatable: { count: each.count } }];
      pair.tell(object('storage.k8s.io/v1', 'CSINode', `node-${each.index}`, { spec: { drivers } }, {}));
    } else if (each.do === 'provisioned') {
      pair.provision();
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
  }, 240_000);

  test('who is evicted for whom, and who waits where, while room is scarce', () => {
    fc.assert(fc.property(crowded, run), { numRuns: 150, seed: 5 });
  }, 240_000);
});
