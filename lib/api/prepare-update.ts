import { sameValue } from './equal.js';
import type { CustomResourceDefinition, PersistentVolumeClaim, Service, ServicePort, ServiceSpec } from './generated/types.js';
import type { KubeObject } from './object.js';

type Json = Readonly<Record<string, unknown>>;
type Prepare = (next: KubeObject, current: KubeObject) => KubeObject;

const specOf = (object: KubeObject): Json => (object.spec ?? {}) as Json;

const names = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Kinds whose status an ordinary update does not touch. */
const statusApart = names(
  `Pod Deployment ReplicaSet StatefulSet DaemonSet ReplicationController Job CronJob Ingress PodDisruptionBudget Service
  HorizontalPodAutoscaler ResourceQuota PersistentVolume PersistentVolumeClaim Namespace Node CustomResourceDefinition`,
);

/** Kinds that count the changes of their spec. */
const counting = names(
  `Pod Deployment ReplicaSet StatefulSet DaemonSet ReplicationController Job CronJob Ingress IngressClass NetworkPolicy
  PodDisruptionBudget CustomResourceDefinition`,
);

const isChanged = (next: KubeObject, current: KubeObject): boolean => {
  if (counting.has(next.kind)) return !sameValue(next.spec, current.spec);
  if (next.kind !== 'EndpointSlice') return false;
  const { metadata, ...content } = next;
  const { metadata: old, ...before } = current;
  return !sameValue(content, before) || !sameValue(metadata.labels, old.labels);
};

const needsAddress = (spec: ServiceSpec): boolean => spec.type !== 'ExternalName';
const needsNodePorts = (spec: ServiceSpec): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer';

const keptNodePort = (port: ServicePort, before: readonly ServicePort[]): ServicePort => {
  const same = before.find((old) => old.protocol === port.protocol && old.port === port.port);
  return (port.nodePort ?? 0) !== 0 || same?.nodePort === undefined ? port : { ...port, nodePort: same.nodePort };
};

/** What was given to a Service stays with it when the update does not say otherwise. */
const keepAllocated = (spec: ServiceSpec, old: ServiceSpec): ServiceSpec => {
  let kept = spec;
  const bothAddressed = needsAddress(spec) && needsAddress(old);
  if (bothAddressed && (spec.clusterIP ?? '') === '' && old.clusterIP !== undefined) {
    const { clusterIP, clusterIPs } = old;
    kept = { ...kept, clusterIP, ...(spec.clusterIPs === undefined && clusterIPs !== undefined ? { clusterIPs } : {}) };
  }
  if (bothAddressed && kept.ipFamilies === undefined && old.ipFamilies !== undefined)
    kept = { ...kept, ipFamilies: old.ipFamilies };
  if (bothAddressed && kept.ipFamilyPolicy === undefined && old.ipFamilyPolicy !== undefined) {
    kept = { ...kept, ipFamilyPolicy: old.ipFamilyPolicy };
  }
  if (needsNodePorts(spec) && needsNodePorts(old) && kept.ports !== undefined) {
    kept = { ...kept, ports: kept.ports.map((port) => keptNodePort(port, old.ports ?? [])) };
  }
  return kept;
};

const isExternal = (spec: ServiceSpec): boolean =>
  needsNodePorts(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);

/** Fields that mean nothing in the new type go, if the update left them as they were. */
const dropForType = (spec: ServiceSpec, old: ServiceSpec): ServiceSpec => {
  const dropped: { -readonly [K in keyof ServiceSpec]: ServiceSpec[K] } = { ...spec };
  const drop = (field: keyof ServiceSpec): void => {
    if (sameValue(spec[field], old[field])) delete dropped[field];
  };
  if (needsAddress(old) && !needsAddress(spec)) {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const) drop(field);
  }
  if (needsNodePorts(old) && !needsNodePorts(spec)) {
    const before = old.ports ?? [];
    dropped.ports = (spec.ports ?? []).map((port) => {
      const { nodePort, ...rest } = port;
      return before.some((one) => one.nodePort === nodePort) ? rest : port;
    });
  }
  if (isExternal(old) && !isExternal(spec)) drop('externalTrafficPolicy');
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    for (const field of ['healthCheckNodePort', 'allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const) drop(field);
  }
  return dropped;
};

const service: Prepare = (next, current) => {
  const { spec } = next as Service;
  const { spec: old } = current as Service;
  return spec === undefined || old === undefined ? next : { ...next, spec: dropForType(keepAllocated(spec, old), old) };
};

const generationAnnotation = 'deprecated.daemonset.template.generation';

/** A new template of a DaemonSet is the next of its generations. */
const daemonSet: Prepare = (next, current) => {
  const old = Number(current.metadata.annotations?.[generationAnnotation] ?? 0);
  const generation = sameValue(specOf(next).template, specOf(current).template) ? old : old + 1;
  const annotations = { ...next.metadata.annotations, [generationAnnotation]: String(generation) };
  return { ...next, metadata: { ...next.metadata, annotations } };
};

const namespace: Prepare = (next, current) => ({ ...next, spec: specOf(current) });

const secret: Prepare = (next, current) => (next.type === undefined || next.type === '' ? { ...next, type: current.type } : next);

/** Sources of a claim stay as they were: the two fields that name one are filled in alike. */
const persistentVolumeClaim: Prepare = (next, current) => {
  const { spec } = next as PersistentVolumeClaim;
  const { spec: old } = current as PersistentVolumeClaim;
  if (spec?.dataSource === undefined || spec.dataSourceRef !== undefined || old?.dataSourceRef === undefined) return next;
  return { ...next, spec: { ...spec, dataSourceRef: old.dataSourceRef } };
};

/** A version that becomes the storage version joins those in which objects are stored. */
const customResourceDefinition: Prepare = (next) => {
  const { spec, status } = next as Partial<CustomResourceDefinition>;
  const storage = spec?.versions.find((version) => version.storage)?.name;
  const stored = status?.storedVersions ?? [];
  if (storage === undefined || stored.includes(storage)) return next;
  return { ...next, status: { ...status, storedVersions: [...stored, storage] } };
};

const prepares = new Map<string, Prepare>([
  ['Service', service],
  ['DaemonSet', daemonSet],
  ['Namespace', namespace],
  ['Secret', secret],
  ['PersistentVolumeClaim', persistentVolumeClaim],
  ['CustomResourceDefinition', customResourceDefinition],
]);

/**
 * What the server makes of an update before it validates it: the status stays the stored one, the generation counts on when
 * the spec changed, what was allocated stays. `next` has passed `decode` and `applyDefaults`; `current` is what is stored.
 */
export const prepareForUpdate = (next: KubeObject, current: KubeObject): KubeObject => {
  const { status, ...rest } = next;
  const { uid, creationTimestamp, generation, namespace: space } = current.metadata;
  const prepared = (prepares.get(next.kind) ?? ((object: KubeObject): KubeObject => object))(
    {
      ...(statusApart.has(next.kind) ? { ...rest, ...(current.status === undefined ? {} : { status: current.status }) } : next),
    } as KubeObject,
    current,
  );
  const counted = generation === undefined ? undefined : generation + (isChanged(prepared, current) ? 1 : 0);
  return {
    ...prepared,
    metadata: {
      ...(space === undefined ? {} : { namespace: space }),
      ...prepared.metadata,
      ...(uid === undefined ? {} : { uid }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      ...(counted === undefined ? {} : { generation: counted }),
    },
  };
};
