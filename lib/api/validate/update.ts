import { amountOf } from '../amount.js';
import { sameValue } from '../equal.js';
import type {
  Job,
  JobSpec,
  PersistentVolume,
  PersistentVolumeClaim,
  PodTemplateSpec,
  ResourceQuota,
  StatefulSet,
} from '../generated/types.js';
import { groupOf, type KubeObject } from '../object.js';
import { compareQuantities } from '../quantity.js';
import { isBuiltInGroup } from '../resources.js';
import type { Faults } from './faults.js';
import { metadataPath } from './metadata.js';
import { Path } from './path.js';
import { podUpdate } from './update-pod.js';
import { serviceUpdate } from './update-service.js';

type Rule = (next: never, current: never, faults: Faults) => void;
type Json = Readonly<Record<string, unknown>>;

const spec = Path.of('spec');
const immutable = 'field is immutable';

const valueAt = (object: unknown, fields: readonly string[]): unknown => {
  let value = object;
  for (const field of fields) value = typeof value === 'object' && value !== null ? (value as Json)[field] : undefined;
  return value;
};

/** Fields that keep the value they were made with; a field is named by its path. */
const fixed =
  (...paths: readonly string[]): Rule =>
  (next: KubeObject, current: KubeObject, faults: Faults): void => {
    for (const path of paths) {
      const fields = path.split('.');
      const value = valueAt(next, fields);
      if (!sameValue(value, valueAt(current, fields))) faults.invalid(Path.of(path), value, immutable);
    }
  };

const contents: Rule = (next: KubeObject, current: KubeObject, faults: Faults): void => {
  if (current.immutable !== true) return;
  const detail = 'field is immutable when `immutable` is set';
  if (next.immutable !== true) faults.forbidden(Path.of('immutable'), detail);
  for (const field of ['data', 'binaryData']) {
    if (!sameValue(next[field], current[field])) faults.forbidden(Path.of(field), detail);
  }
};

const changeable: ReadonlySet<string> = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]);

const statefulSet: Rule = (next: StatefulSet, current: StatefulSet, faults: Faults): void => {
  const fixedOf = (object: StatefulSet): Json =>
    Object.fromEntries(Object.entries(object.spec ?? {}).filter(([field]) => !changeable.has(field)));
  if (sameValue(fixedOf(next), fixedOf(current))) return;
  faults.forbidden(
    spec,
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  );
};

/** A Job that has not started may still be told where its Pods go. */
const placementOnly = (template: PodTemplateSpec, old: PodTemplateSpec): PodTemplateSpec => ({
  ...old,
  metadata: template.metadata,
  spec:
    old.spec === undefined
      ? undefined
      : {
          ...old.spec,
          affinity: { ...old.spec.affinity, nodeAffinity: template.spec?.affinity?.nodeAffinity },
          nodeSelector: template.spec?.nodeSelector,
          tolerations: template.spec?.tolerations,
          schedulingGates: template.spec?.schedulingGates,
        },
});

const completionsFault = (next: JobSpec, old: JobSpec): string | undefined => {
  if (next.completions === old.completions) return undefined;
  if (next.completionMode !== 'Indexed') return immutable;
  if (next.completions === undefined || next.completions === next.parallelism) return undefined;
  return 'can only be modified in tandem with spec.parallelism';
};

const job: Rule = (next: Job, current: Job, faults: Faults): void => {
  const [now, old] = [next.spec, current.spec];
  if (now === undefined || old === undefined) return;
  const fault = completionsFault(now, old);
  if (fault !== undefined) faults.invalid(spec.child('completions'), now.completions, fault);
  const waiting = old.suspend === true && current.status?.startTime === undefined;
  const template = waiting ? placementOnly(now.template, old.template) : old.template;
  if (!sameValue(now.template, template)) faults.invalid(spec.child('template'), now.template, immutable);
  for (const field of [
    'selector',
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
    'managedBy',
    'successPolicy',
  ] as const) {
    if (!sameValue(now[field], old[field])) faults.invalid(spec.child(field), now[field], immutable);
  }
};

const persistentVolumeClaim: Rule = (next: PersistentVolumeClaim, current: PersistentVolumeClaim, faults: Faults): void => {
  const [now, old] = [next.spec ?? {}, current.spec ?? {}];
  const bound = next.status?.phase === 'Bound';
  const size = now.resources?.requests?.storage;
  const before = old.resources?.requests?.storage;
  const resized = {
    ...now.resources,
    requests: { ...now.resources?.requests, ...(before === undefined ? {} : { storage: before }) },
  };
  const same = {
    ...now,
    // A volume and a class may be given once.
    ...((old.volumeName ?? '') === '' ? { volumeName: old.volumeName } : {}),
    ...(old.storageClassName === undefined ? { storageClassName: undefined } : {}),
    ...(bound ? { resources: resized, volumeAttributesClassName: old.volumeAttributesClassName } : {}),
  };
  if (!sameValue(same, old)) {
    faults.forbidden(
      spec,
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    );
  }
  if (size !== undefined && before !== undefined && compareQuantities(amountOf(size), amountOf(before)) < 0) {
    const capacity = current.status?.capacity?.storage ?? 0;
    if (compareQuantities(amountOf(size), amountOf(capacity)) <= 0) {
      faults.forbidden(spec.child('resources').child('requests').child('storage'), 'field can not be less than status.capacity');
    }
  }
  if (now.volumeMode !== old.volumeMode) faults.invalid(Path.of('volumeMode'), now.volumeMode, immutable);
};

const notSource: ReadonlySet<string> = new Set(
  'accessModes capacity claimRef mountOptions nodeAffinity persistentVolumeReclaimPolicy storageClassName volumeAttributesClassName volumeMode'.split(
    ' ',
  ),
);

const sourceOf = (volume: PersistentVolume): Json =>
  Object.fromEntries(Object.entries(volume.spec ?? {}).filter(([field]) => !notSource.has(field)));

const persistentVolume: Rule = (next: PersistentVolume, current: PersistentVolume, faults: Faults): void => {
  if (!sameValue(sourceOf(next), sourceOf(current))) {
    faults.forbidden(spec.child('persistentvolumesource'), 'spec.persistentvolumesource is immutable after creation');
  }
  const [now, old] = [next.spec ?? {}, current.spec ?? {}];
  if (now.volumeMode !== old.volumeMode) faults.invalid(Path.of('volumeMode'), now.volumeMode, immutable);
  if (old.nodeAffinity !== undefined && !sameValue(now.nodeAffinity, old.nodeAffinity)) {
    faults.invalid(Path.of('nodeAffinity'), now.nodeAffinity, `${immutable}, except for updating from beta label to GA`);
  }
};

const resourceQuota: Rule = (next: ResourceQuota, current: ResourceQuota, faults: Faults): void => {
  const sorted = (quota: ResourceQuota): readonly string[] => [...new Set(quota.spec?.scopes ?? [])].sort();
  if (!sameValue(sorted(next), sorted(current))) faults.invalid(spec.child('scopes'), next.spec?.scopes, immutable);
};

const node: Rule = (next: KubeObject, current: KubeObject, faults: Faults): void => {
  for (const [field, name] of [
    ['podCIDRs', 'podCIDR'],
    ['providerID', 'providerID'],
  ] as const) {
    const before = valueAt(current, ['spec', field]);
    if (before === undefined || sameValue(before, valueAt(next, ['spec', field]))) continue;
    faults.forbidden(spec.child(field), `node updates may not change ${name} except from "" to valid`);
  }
};

const roleRef: Rule = (next: KubeObject, current: KubeObject, faults: Faults): void => {
  if (!sameValue(next.roleRef, current.roleRef)) faults.invalid(Path.of('roleRef'), next.roleRef, 'cannot change roleRef');
};

const priorityClass: Rule = (next: KubeObject, current: KubeObject, faults: Faults): void => {
  if (next.value !== current.value) faults.forbidden(Path.of('value'), 'may not be changed in an update.');
  fixed('preemptionPolicy')(next as never, current as never, faults);
};

const storageClass: Rule = (next: KubeObject, current: KubeObject, faults: Faults): void => {
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy']) {
    if (!sameValue(next[field], current[field])) faults.forbidden(Path.of(field), `updates to ${field} are forbidden.`);
  }
  fixed('volumeBindingMode')(next as never, current as never, faults);
};

const secret: Rule = (next: KubeObject, current: KubeObject, faults: Faults): void => {
  fixed('type')(next as never, current as never, faults);
  contents(next as never, current as never, faults);
};

const rules = new Map<string, Rule>([
  ['Pod', podUpdate],
  ['Service', serviceUpdate],
  ['ConfigMap', contents],
  ['Secret', secret],
  ['PersistentVolumeClaim', persistentVolumeClaim],
  ['PersistentVolume', persistentVolume],
  ['ResourceQuota', resourceQuota],
  ['Node', node],
  ['Deployment', fixed('spec.selector')],
  ['ReplicaSet', fixed('spec.selector')],
  ['DaemonSet', fixed('spec.selector')],
  ['StatefulSet', statefulSet],
  ['Job', job],
  ['IngressClass', fixed('spec.controller')],
  ['EndpointSlice', fixed('addressType')],
  ['RoleBinding', roleRef],
  ['ClusterRoleBinding', roleRef],
  ['PriorityClass', priorityClass],
  ['StorageClass', storageClass],
]);

/** Metadata that an update must leave as it is. */
export const validateMetadataTransition = (next: KubeObject, current: KubeObject, faults: Faults): void => {
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp'] as const) {
    const value = next.metadata[field];
    // What an update leaves out of these stays.
    if (value !== undefined && value !== current.metadata[field]) faults.invalid(metadataPath.child(field), value, immutable);
  }
};

/** What an update must leave as it is. */
export const validateTransition = (next: KubeObject, current: KubeObject, faults: Faults): void => {
  validateMetadataTransition(next, current, faults);
  if (isBuiltInGroup(groupOf(next.apiVersion))) rules.get(next.kind)?.(next as never, current as never, faults);
};
