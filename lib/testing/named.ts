import { Construct, type IConstruct } from 'constructs';
import { nearest } from '../api/decode/suggest.js';
import { type KubeObject, type ObjectRef, refKey, refOf, refText } from '../api/object.js';
import { resourceOf } from '../api/resources.js';
import { workloadKinds } from '../apiserver/kinds.js';
import type { Cluster } from '../cluster/cluster.js';
import { objectRef } from '../constructs/object-ref.js';

/** An object of a dry run: its construct (of any library), the object itself, its identity, or a text: `namespace/name`, `Kind namespace/name`. */
export type NamedObject = string | IConstruct | KubeObject | ObjectRef;

/** Workloads by their roots: a ReplicaSet of a Deployment is none of its own. */
const workloadsOf = (cluster: Cluster): readonly ObjectRef[] => {
  const found = new Map<string, ObjectRef>();
  for (const kind of workloadKinds) {
    for (const object of cluster.list(kind)) {
      const ref = refOf(cluster.controllerOf(object));
      found.set(refKey(ref), ref);
    }
  }
  return [...found.values()];
};

const identityOf = (named: Exclude<NamedObject, string>): ObjectRef => {
  if (Construct.isConstruct(named)) return objectRef(named);
  if (!('metadata' in named)) return named as ObjectRef;
  const ref = refOf(named as KubeObject);
  return { ...ref, namespace: ref.namespace ?? 'default' };
};

/** `Deployment web/api` as kind and `web/api`; without a namespace it is in default. */
const parsed = (name: string): { readonly kind: string | undefined; readonly key: string } => {
  const [kind, path] = name.includes(' ') ? name.split(' ') : [undefined, name];
  return { kind, key: path?.includes('/') ? path : `default/${path}` };
};

const keyOf = ({ namespace, name }: ObjectRef): string => `${namespace}/${name}`;

const missing = (cluster: Cluster, what: string, name: string, all: readonly ObjectRef[]): Error => {
  const own = all.filter((ref) => !cluster.isBuiltIn(ref));
  const meant = nearest(parsed(name).key, [...new Set(own.map(keyOf))]);
  const known = own.map(refText).sort().join(', ') || 'none';
  return new Error(`there is no ${what} ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}; there are ${known}`);
};

/** The object of that name in the first group that has one; a Pod of a workload, which there may be many of, last. */
const pick = (cluster: Cluster, what: string, name: string, groups: readonly (readonly ObjectRef[])[]): ObjectRef => {
  const { kind, key } = parsed(name);
  const named = (all: readonly ObjectRef[]): ObjectRef | undefined => {
    const found = all.filter((ref) => keyOf(ref) === key && (kind === undefined || ref.kind === kind));
    if (found.length > 1) throw new Error(`${name} names ${found.map(refText).join(' and ')}; write one of these`);
    return found[0];
  };
  for (const group of groups) {
    const ref = named(group);
    if (ref !== undefined) return ref;
  }
  const pod = named(cluster.list('Pod').map(refOf));
  if (pod !== undefined) return pod;
  throw missing(cluster, what, name, groups.flat());
};

const existing = (cluster: Cluster, what: string, named: Exclude<NamedObject, string>): ObjectRef => {
  const ref = identityOf(named);
  if (cluster.get(ref) !== undefined) return ref;
  throw missing(cluster, what, `${ref.kind} ${keyOf(ref)}`, workloadsOf(cluster));
};

/**
 * Who connects: a workload, or one Pod.
 *
 * @throws Error that lists the workloads there are.
 */
export const workloadNamed = (cluster: Cluster, named: NamedObject): ObjectRef => {
  if (typeof named !== 'string') {
    const ref = existing(cluster, 'workload', named);
    if (resourceOf(ref.apiVersion, ref.kind) === undefined || workloadKinds.some((kind) => kind === ref.kind)) return ref;
    throw new Error(`${refText(ref)} is no workload`);
  }
  return pick(cluster, 'workload', named, [workloadsOf(cluster)]);
};

/**
 * What is connected to: a Service before a workload of the same name, or one Pod.
 *
 * @throws Error that lists what there is.
 */
export const serverNamed = (cluster: Cluster, named: NamedObject): ObjectRef => {
  if (typeof named !== 'string') return existing(cluster, 'Service or workload', named);
  return pick(cluster, 'Service or workload', named, [cluster.list('Service').map(refOf), workloadsOf(cluster)]);
};
