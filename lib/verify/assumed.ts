import type { PersistentVolumeClaim, StatefulSet } from '../api/generated/types.js';
import { type KubeObject, type ObjectRef, refKey } from '../api/object.js';
import type { ClusterConfig } from '../cluster/config.js';
import type { Reference } from './references.js';

/** Name of the StorageClass that stands for a cluster's default where nothing is known about storage. */
const assumedStorageClass = 'assumed-default';

/** An object that is taken for granted so that the dry run can go on, and who needs it. */
export interface Assumed {
  readonly object: KubeObject;
  readonly ref: ObjectRef;
  readonly neededBy: readonly Reference[];
}

/** A stand-in with just enough in it for its users to start. */
const standIn = (ref: ObjectRef, references: readonly Reference[]): KubeObject | undefined => {
  const { apiVersion, kind, name, namespace } = ref;
  const object = { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
  const keys = references.flatMap(({ key }) => (key === undefined ? [] : [String(key)]));
  switch (kind) {
    case 'ConfigMap':
      return { ...object, data: Object.fromEntries(keys.map((key) => [key, 'assumed'])) };
    case 'Secret':
      return { ...object, stringData: Object.fromEntries(keys.map((key) => [key, 'assumed'])) };
    case 'ServiceAccount':
      return object;
    case 'PersistentVolumeClaim':
      return {
        ...object,
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: assumedStorageClass,
          resources: { requests: { storage: '1Gi' } },
        },
      };
    case 'PriorityClass':
      return { ...object, value: 0 };
    case 'RuntimeClass':
      return { ...object, handler: name };
    case 'StorageClass':
      return { ...object, provisioner: 'assumed.plimsoll.dev' };
    default:
      return undefined;
  }
};

const namespaceRef = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Namespace', name });

const isUnclassed = ({ spec }: PersistentVolumeClaim): boolean =>
  spec?.storageClassName === undefined && spec?.volumeName === undefined;

/** Kinds whose objects may claim storage. */
export const claimingKinds: ReadonlySet<string> = new Set(['PersistentVolumeClaim', 'StatefulSet']);

/** Whether an object claims storage of the cluster's default class. */
export const claimsDefault = (object: KubeObject): boolean => {
  if (object.kind === 'PersistentVolumeClaim') return isUnclassed(object as PersistentVolumeClaim);
  return object.kind === 'StatefulSet' && ((object as StatefulSet).spec?.volumeClaimTemplates ?? []).some(isUnclassed);
};

/** What the manifests that can be read need from elsewhere. */
export interface Needs {
  readonly namespaces: ReadonlySet<string>;
  readonly references: readonly Reference[];
  /** Whether one of them claims storage of the cluster's default class. */
  readonly defaultClass: boolean;
}

/**
 * What the manifests need from outside themselves and the declared cluster.
 *
 * In an open world every missing object is assumed. In a closed one only namespaces and a default StorageClass are, and those only as long as no
 * snapshot of a real cluster says which there are: a cluster written by hand rarely lists them, and they are nearly always there.
 */
export const assume = (
  { namespaces, references, defaultClass }: Needs,
  config: ClusterConfig,
  exists: (ref: ObjectRef) => boolean,
  isStorageKnown: () => boolean,
): readonly Assumed[] => {
  const assumed: Assumed[] = [];
  if (config.snapshot === undefined) {
    for (const name of namespaces) {
      const ref = namespaceRef(name);
      if (!exists(ref)) assumed.push({ ref, object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, neededBy: [] });
    }
  }
  if (config.world !== 'closed') {
    const missing = new Map<string, Reference[]>();
    for (const reference of references) {
      if (reference.optional || exists(reference.to)) continue;
      const key = refKey(reference.to);
      missing.set(key, [...(missing.get(key) ?? []), reference]);
    }
    for (const neededBy of missing.values()) {
      const ref = neededBy[0]?.to;
      const object = ref === undefined ? undefined : standIn(ref, neededBy);
      if (ref !== undefined && object !== undefined) assumed.push({ ref, object, neededBy });
    }
  }
  const needsStandIn = assumed.some(({ ref }) => ref.kind === 'PersistentVolumeClaim');
  if ((defaultClass || needsStandIn) && !isStorageKnown()) {
    const ref: ObjectRef = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name: assumedStorageClass };
    const object = {
      apiVersion: ref.apiVersion,
      kind: ref.kind,
      metadata: { name: ref.name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'assumed.plimsoll.dev',
    };
    assumed.push({ ref, object, neededBy: [] });
  }
  return assumed;
};
