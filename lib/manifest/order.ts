import { groupOf, type ObjectRef, refKey, refOf } from '../api/object.js';
import { isBuiltInGroup } from '../api/resources.js';
import type { Manifest } from './manifest.js';

/** Kinds in the order in which they need each other; kinds of one line are equals. */
const stages: readonly (readonly string[])[] = [
  ['Namespace'],
  ['CustomResourceDefinition'],
  ['StorageClass', 'VolumeAttributesClass', 'PriorityClass', 'IngressClass', 'RuntimeClass', 'DeviceClass', 'CSIDriver'],
  ['ResourceQuota', 'LimitRange'],
  ['ServiceAccount'],
  ['ClusterRole', 'Role'],
  ['ClusterRoleBinding', 'RoleBinding'],
  ['ConfigMap', 'Secret'],
  ['PersistentVolume', 'PersistentVolumeClaim', 'ResourceClaim', 'ResourceClaimTemplate'],
  // What they read stands before them, what they judge comes after them.
  ['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy'],
  ['ValidatingAdmissionPolicyBinding', 'MutatingAdmissionPolicyBinding'],
  // Before the Pods that they hold for: a Pod must not run unprotected, not even for a moment.
  ['NetworkPolicy', 'PodDisruptionBudget'],
  ['PodTemplate', 'Pod', 'ReplicationController', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  ['HorizontalPodAutoscaler'],
  ['Service', 'Endpoints', 'EndpointSlice'],
  ['Ingress'],
];

const ranks = new Map(stages.flatMap((kinds, rank) => kinds.map((kind) => [kind, rank] as const)));
const otherBuiltIn = stages.length;
/** Custom resources: their controller is a workload. */
const custom = otherBuiltIn + 1;
/** What the API server asks before it takes anything else: it answers only once its workload and Service are there. */
const gates = new Map(
  ['APIService', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].map((kind) => [kind, custom + 1]),
);

const rankOf = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): number => {
  if (!isBuiltInGroup(groupOf(apiVersion)) && kind !== 'CustomResourceDefinition') return custom;
  return ranks.get(kind) ?? gates.get(kind) ?? otherBuiltIn;
};

/** By rank, otherwise as they came. */
const ranked = (manifests: readonly Manifest[]): readonly Manifest[] => {
  const buckets = new Map<number, Manifest[]>();
  /** Objects are many, their types are few: by kind and API version. */
  const known = new Map<string, Map<string, Manifest[]>>();
  for (const manifest of manifests) {
    const { apiVersion, kind } = manifest.object;
    const ofKind = known.get(kind) ?? new Map<string, Manifest[]>();
    let bucket = ofKind.get(apiVersion);
    if (bucket === undefined) {
      const rank = rankOf(manifest.object);
      bucket = buckets.get(rank) ?? [];
      buckets.set(rank, bucket);
      known.set(kind, ofKind.set(apiVersion, bucket));
    }
    bucket.push(manifest);
  }
  return [...buckets].sort(([left], [right]) => left - right).flatMap(([, bucket]) => bucket);
};

const isDependent = (manifests: readonly Manifest[]): boolean => {
  for (const { dependsOn } of manifests) if (dependsOn !== undefined && dependsOn.length > 0) return true;
  return false;
};

export interface Ordered {
  readonly manifests: readonly Manifest[];
  /** Explicit dependencies that form a circle: each object depends on the next, the last one on the first. */
  readonly cycle?: readonly ObjectRef[];
}

/** What a manifest needs beyond its rank: its explicit dependencies, which may have pulled it ahead of its own Namespace. */
const needs = ({ object, dependsOn = [] }: Manifest): readonly string[] => {
  const { namespace } = object.metadata;
  const own = namespace === undefined ? [] : [refKey({ apiVersion: 'v1', kind: 'Namespace', name: namespace })];
  return [...own, ...dependsOn.map(refKey)];
};

interface Visit {
  readonly manifest: Manifest;
  readonly needs: Iterator<string>;
}

/**
 * The manifests in the order to apply them: by kind (namespaces, CRDs, classes, quotas, RBAC, configuration, storage, workloads, Services,
 * Ingress), but what an object explicitly depends on always before it; otherwise as they came. If dependencies form a
 * circle, it is broken at one place and told.
 */
export const order = (manifests: readonly Manifest[]): Ordered => {
  const byRank = ranked(manifests);
  if (!isDependent(manifests)) return { manifests: byRank };

  const byKey = new Map(manifests.map((manifest) => [refKey(refOf(manifest.object)), manifest]));
  const done = new Set<Manifest>();
  const open = new Set<Manifest>();
  const ordered: Manifest[] = [];
  let cycle: readonly ObjectRef[] | undefined;
  // A stack of our own: a chain of dependencies may be as long as the input.
  const stack: Visit[] = [];
  const enter = (manifest: Manifest): void => {
    open.add(manifest);
    stack.push({ manifest, needs: needs(manifest)[Symbol.iterator]() });
  };
  for (const first of byRank) {
    if (!done.has(first)) enter(first);
    for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
      const next = visit.needs.next();
      if (next.done === true) {
        stack.pop();
        open.delete(visit.manifest);
        done.add(visit.manifest);
        ordered.push(visit.manifest);
        continue;
      }
      const needed = byKey.get(next.value);
      if (needed === undefined || done.has(needed)) continue;
      if (!open.has(needed)) enter(needed);
      else
        cycle ??= stack
          .slice(stack.findIndex(({ manifest }) => manifest === needed))
          .map(({ manifest }) => refOf(manifest.object));
    }
  }
  return cycle === undefined ? { manifests: ordered } : { manifests: ordered, cycle };
};
