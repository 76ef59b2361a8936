import { withAppArmorProfiles } from './app-armor.js';
import { emptyStruct } from './decode/value.js';
import { copyOf } from './extended.js';
import type {
  Container,
  CustomResourceDefinitionVersion,
  Job,
  ObjectMeta,
  PersistentVolumeClaimSpec,
  Pod,
  PodSpec,
} from './generated/types.js';
import type { KubeObject } from './object.js';
import { qosClass } from './qos.js';
import { modelVersion } from './removed.js';
import { resourceOf } from './resources.js';

/** What the server gives an object that it is about to create; time and chance come from the caller. */
export interface Birth {
  readonly uid: string;
  /** Completes a `generateName`, where there is no name yet: five characters. */
  readonly suffix: string;
  /** RFC 3339. */
  readonly now: string;
  readonly resourceVersion?: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;
type Prepare = (object: Draft, birth: Birth) => KubeObject;
/** An object that nobody else has seen yet. */
type Draft = { -readonly [Field in keyof KubeObject]: KubeObject[Field] };

const withoutStopSignal = (container: Container): Container => {
  if (container.lifecycle?.stopSignal === undefined) return container;
  const { lifecycle, ...rest } = container;
  const { stopSignal, ...handlers } = lifecycle;
  return Object.keys(handlers).length === 0 ? rest : { ...rest, lifecycle: handlers };
};

const stops = (containers: readonly Container[] | undefined): boolean => {
  if (containers === undefined) return false;
  for (let i = 0; i < containers.length; i++) if (containers[i]?.lifecycle?.stopSignal !== undefined) return true;
  return false;
};

/** Fields of features that are off by default are dropped without a word. */
const withoutDisabled = (spec: PodSpec): PodSpec => ({
  ...spec,
  containers: spec.containers.map(withoutStopSignal),
  ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withoutStopSignal) }),
});

const template = ['spec', 'template', 'spec'];
const podSpecPaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', ['spec']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template', 'spec']],
  ['Deployment', template],
  ['ReplicaSet', template],
  ['StatefulSet', template],
  ['DaemonSet', template],
  ['ReplicationController', template],
  ['Job', template],
]);

const replaceAt = (value: Json, [field, ...rest]: readonly string[], spec: PodSpec): Json =>
  field === undefined ? (spec as unknown as Json) : { ...value, [field]: replaceAt(value[field] as Json, rest, spec) };

const trim = (object: Draft, path: readonly string[]): Draft => {
  let value: Json = object;
  for (let depth = 0; depth < path.length; depth++) {
    const inner = value[path[depth] ?? ''];
    if (typeof inner !== 'object' || inner === null) return object;
    value = inner as Json;
  }
  const spec = value as unknown as PodSpec;
  if (!stops(spec.containers) && (spec.initContainers === undefined || !stops(spec.initContainers))) return object;
  return replaceAt(object, path, withoutDisabled(spec)) as KubeObject;
};

const specOf = (object: KubeObject): Json => (object.spec ?? {}) as Json;

const pod: Prepare = (object, { now }) => {
  const gates = specOf(object).schedulingGates as readonly unknown[] | undefined;
  const quality = qosClass((object as Pod).spec ?? { containers: [] });
  const status = gates?.length
    ? { phase: 'Pending', conditions: [gated(now)], qosClass: quality }
    : { phase: 'Pending', qosClass: quality };
  const spec = withAppArmorProfiles(object as Pod);
  if (spec !== object.spec) object.spec = spec;
  object.status = status;
  return object;
};

const gated = (now: string): object => ({
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null,
  lastTransitionTime: now,
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
});

const legacyUid = 'controller-uid';
const jobUid = 'batch.kubernetes.io/controller-uid';

/** A Job selects its Pods by its own uid, unless it brings its selector. */
const job: Prepare = (object, { uid }) => {
  const { spec } = object as Job;
  if (spec === undefined || spec.manualSelector === true) return object;
  const name = object.metadata.name ?? '';
  const own = { 'job-name': name, 'batch.kubernetes.io/job-name': name, [legacyUid]: uid, [jobUid]: uid };
  const { template } = spec;
  const labels = { ...own, ...template.metadata?.labels };
  return {
    ...object,
    spec: {
      ...spec,
      template: { ...template, metadata: { ...template.metadata, labels } },
      selector: { ...spec.selector, matchLabels: { [jobUid]: uid, ...spec.selector?.matchLabels } },
    },
  };
};

const finalizer = 'kubernetes';

const namespace: Prepare = (object) => {
  const { finalizers = [] } = specOf(object) as { readonly finalizers?: readonly string[] };
  const spec = finalizers.includes(finalizer) ? specOf(object) : { ...specOf(object), finalizers: [...finalizers, finalizer] };
  return { ...object, spec, status: { phase: 'Active' } };
};

const isCloneable = (source: PersistentVolumeClaimSpec['dataSource']): boolean =>
  (source?.kind === 'PersistentVolumeClaim' && (source.apiGroup ?? '') === '') ||
  (source?.kind === 'VolumeSnapshot' && source.apiGroup === 'snapshot.storage.k8s.io');

/** A source that claims cannot be made from is dropped; the two fields that name one say the same. */
const persistentVolumeClaim: Prepare = (object) => {
  const { dataSource: written, ...rest } = specOf(object) as PersistentVolumeClaimSpec;
  const dataSource = isCloneable(written) ? written : undefined;
  const ref = rest.dataSourceRef;
  const fromRef = ref !== undefined && (ref.namespace ?? '') === '' && isCloneable(ref) ? ref : undefined;
  const source = dataSource ?? fromRef;
  const spec = {
    ...rest,
    ...(source === undefined ? {} : { dataSource: source }),
    ...(ref === undefined && dataSource !== undefined ? { dataSourceRef: dataSource } : {}),
  };
  return { ...object, spec, status: {} };
};

const generationAnnotation = 'deprecated.daemonset.template.generation';

const daemonSet: Prepare = (object) => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [generationAnnotation]: '1' } },
});

/** `maxUnavailable` of a StatefulSet needs a feature that is off by default. */
const statefulSet: Prepare = (object) => {
  const strategy = specOf(object).updateStrategy as { readonly rollingUpdate?: Json } | undefined;
  if (strategy?.rollingUpdate?.maxUnavailable === undefined) return object;
  const { maxUnavailable, ...rollingUpdate } = strategy.rollingUpdate;
  return { ...object, spec: { ...specOf(object), updateStrategy: { ...strategy, rollingUpdate } } };
};

const node: Prepare = (object) => {
  const { configSource, ...spec } = specOf(object);
  return configSource === undefined ? object : { ...object, spec };
};

/** No names are accepted yet; what will be stored first is stored in the storage version. */
const customResourceDefinition: Prepare = (object) => {
  const { versions = [] } = specOf(object) as { readonly versions?: readonly CustomResourceDefinitionVersion[] };
  const storedVersions = versions
    .filter(({ storage }) => storage)
    .slice(0, 1)
    .map(({ name }) => name);
  return { ...object, status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions } };
};

/** A LimitRange without a name is named by chance. */
const limitRange: Prepare = (object, { uid }) =>
  object.metadata.name === undefined ? { ...object, metadata: { ...object.metadata, name: uid } } : object;

/** Kinds that count the changes of their spec. */
const counting: ReadonlySet<string> = new Set(
  `Pod Deployment ReplicaSet StatefulSet DaemonSet ReplicationController Job CronJob Ingress IngressClass NetworkPolicy
  PodDisruptionBudget PriorityClass EndpointSlice CustomResourceDefinition ValidatingAdmissionPolicy
  ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding`.split(/\s+/),
);

/** Kinds whose status nobody but its own controller writes; that of a Pod begins with more than nothing. */
const statusOwned: ReadonlySet<string> = new Set(
  `Pod Deployment ReplicaSet StatefulSet DaemonSet ReplicationController Job CronJob Ingress PodDisruptionBudget Service
  HorizontalPodAutoscaler ResourceQuota`.split(/\s+/),
);

const plainFields = ['apiVersion', 'kind', 'metadata', 'spec'];

const isPlain = (object: KubeObject): boolean => {
  let count = 0;
  for (const field in object) if (field !== plainFields[count++]) return false;
  return count === plainFields.length;
};

/** Nearly all objects have the same fields: a literal has room for just these, a copy that grows has not. */
const placedWith = (object: KubeObject, metadata: ObjectMeta, status: Json): Draft => {
  if (isPlain(object)) return { apiVersion: object.apiVersion, kind: object.kind, metadata, spec: object.spec, status };
  const placed: Draft = copyOf(object);
  placed.metadata = metadata;
  placed.status = status;
  return placed;
};

const prepares = new Map<string, Prepare>([
  ['Pod', pod],
  ['Job', job],
  ['Namespace', namespace],
  ['PersistentVolumeClaim', persistentVolumeClaim],
  ['DaemonSet', daemonSet],
  ['StatefulSet', statefulSet],
  ['Node', node],
  ['LimitRange', limitRange],
  ['CustomResourceDefinition', customResourceDefinition],
]);

/** What is done to all objects of a kind. */
interface Preparation {
  readonly namespaced: boolean;
  readonly counts: boolean;
  readonly status: Json | undefined;
  readonly podSpec: readonly string[] | undefined;
  readonly prepare: Prepare | undefined;
}

/** Kind -> apiVersion -> preparation. */
const preparations = new Map<string, Map<string, Preparation>>();

/** Undefined for what is not built in. */
const newPreparation = (apiVersion: string, kind: string): Preparation | undefined => {
  const resource = resourceOf(apiVersion, kind) ?? resourceOf(modelVersion(apiVersion, kind), kind);
  if (resource === undefined) return undefined;
  const made: Preparation = {
    namespaced: resource.namespaced,
    counts: counting.has(kind),
    status: statusOwned.has(kind) ? emptyStruct(`${resource.type}Status`) : undefined,
    podSpec: podSpecPaths.get(kind),
    prepare: prepares.get(kind),
  };
  preparations.set(kind, (preparations.get(kind) ?? new Map<string, Preparation>()).set(apiVersion, made));
  return made;
};

const mostGeneratedBase = 58;

/** The name that the server makes of a `generateName`. */
export const generatedName = (prefix: string, suffix: string): string => `${prefix.slice(0, mostGeneratedBase)}${suffix}`;

/**
 * What the server makes of an object that it is about to create, after defaults and before validation: the namespace and a
 * generated name are there, the generation counts from 1, the status is the server's own, a Job has its labels and
 * selector.
 */
export const prepareForCreate = (object: KubeObject, birth: Birth): KubeObject => {
  const { apiVersion, kind } = object;
  const preparation = preparations.get(kind)?.get(apiVersion) ?? newPreparation(apiVersion, kind);
  const { name, generateName } = object.metadata;
  // Fields are set one by one and not spread: this is done for every object that there ever is.
  const metadata: { -readonly [Field in keyof ObjectMeta]: ObjectMeta[Field] } = copyOf(object.metadata);
  if (!name && generateName !== undefined) metadata.name = generatedName(generateName, birth.suffix);
  metadata.uid = birth.uid;
  metadata.creationTimestamp = birth.now;
  if (birth.resourceVersion !== undefined) metadata.resourceVersion = birth.resourceVersion;
  if (preparation === undefined) return { ...object, metadata };
  const { namespaced, counts, status, podSpec, prepare } = preparation;
  if (!namespaced) delete metadata.namespace;
  else metadata.namespace ??= 'default';
  if (counts) metadata.generation = 1;
  const placed = status === undefined ? { ...object, metadata } : placedWith(object, metadata, status);
  const trimmed = podSpec === undefined ? placed : trim(placed, podSpec);
  return prepare === undefined ? trimmed : prepare(trimmed, birth);
};
