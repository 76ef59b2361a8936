import { nearest } from '../../api/decode/suggest.js';
import type { Pod, Service } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../api/object.js';
import { workloadKinds } from '../../apiserver/kinds.js';
import type { Cluster } from '../../cluster/cluster.js';
import { workloadOf } from '../../network/map/classes.js';

/** What somebody typed names nothing, or several things. The message says what there is. */
export class UnknownName extends Error {}

/** An object of the cluster that connects, or is connected to. */
export type Named =
  | { readonly ref: ObjectRef; readonly pods: readonly Admitted<Pod>[]; readonly service?: undefined }
  | { readonly ref: ObjectRef; readonly service: Admitted<Service>; readonly pods?: undefined };

const aliases: ReadonlyMap<string, string> = new Map([
  ...['pod', 'pods', 'po'].map((alias) => [alias, 'Pod'] as const),
  ...['service', 'services', 'svc'].map((alias) => [alias, 'Service'] as const),
  ...['deployment', 'deployments', 'deploy'].map((alias) => [alias, 'Deployment'] as const),
  ...['statefulset', 'statefulsets', 'sts'].map((alias) => [alias, 'StatefulSet'] as const),
  ...['daemonset', 'daemonsets', 'ds'].map((alias) => [alias, 'DaemonSet'] as const),
  ...['replicaset', 'replicasets', 'rs'].map((alias) => [alias, 'ReplicaSet'] as const),
  ...['replicationcontroller', 'replicationcontrollers', 'rc'].map((alias) => [alias, 'ReplicationController'] as const),
  ...['job', 'jobs'].map((alias) => [alias, 'Job'] as const),
  ...['cronjob', 'cronjobs', 'cj'].map((alias) => [alias, 'CronJob'] as const),
]);

/** The kind that people mean by a word such as `deploy`. */
export const kindNamed = (word: string): string | undefined => aliases.get(word.toLowerCase());

interface Asked {
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `web`, `shop/web`, `deploy/web`, `deploy/shop/web`, `Deployment shop/web`. */
const readings = (text: string): readonly Asked[] => {
  const [first = '', second, third, ...rest] = text.trim().split(/[\s/]+/);
  if (rest.length > 0) return [];
  if (second === undefined) return [{ name: first }];
  const kind = kindNamed(first);
  if (third !== undefined) return kind === undefined ? [] : [{ kind, namespace: second, name: third }];
  return [{ namespace: first, name: second }, ...(kind === undefined ? [] : [{ kind, name: second }])];
};

/** Pods whose workload may be called so: their owner is, or is a ReplicaSet of it. */
const podsUnder = (cluster: Cluster, { name, namespace }: { readonly name: string; readonly namespace?: string | undefined }) =>
  cluster
    .list('Pod', { namespace })
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some((owner) => owner.name === name || owner.name.startsWith(`${name}-`)),
    );

/** Workloads that Pods speak of and that are not there: a snapshot may hold Pods alone. */
const unseen = (cluster: Cluster, pods: readonly Admitted<Pod>[]): readonly ObjectRef[] => {
  const found = new Map<string, ObjectRef>();
  for (const pod of pods) {
    const ref = workloadOf(pod);
    if (ref.kind !== 'Pod' && !found.has(refKey(ref)) && cluster.get(ref) === undefined) found.set(refKey(ref), ref);
  }
  return [...found.values()];
};

type Nameable = (typeof workloadKinds)[number] | 'Service';

/** What an author may have meant: all that nobody else made, and Pods. */
const meantBy = (cluster: Cluster, kinds: readonly Nameable[]): readonly ObjectRef[] => [
  ...kinds.flatMap((kind) =>
    (cluster.list(kind) as readonly Admitted[])
      .filter(
        ({ metadata }) => kind === 'Pod' || metadata.ownerReferences?.some(({ controller }) => controller === true) !== true,
      )
      .map(refOf)
      .filter((ref) => !cluster.isBuiltIn(ref)),
  ),
  ...unseen(cluster, cluster.list('Pod')),
];

const fits = (ref: ObjectRef, { kind, namespace, name }: Asked): boolean =>
  ref.name === name && (kind === undefined || ref.kind === kind) && (namespace === undefined || ref.namespace === namespace);

/** Who is called so; those that are not there themselves are looked for last. */
const calledSo = (cluster: Cluster, kinds: readonly Nameable[], asked: Asked): readonly ObjectRef[] => {
  const seen = kinds
    .filter((kind) => asked.kind === undefined || kind === asked.kind)
    .flatMap((kind) =>
      (cluster.list(kind, { namespace: asked.namespace }) as readonly Admitted[]).filter(
        ({ metadata }) => metadata.name === asked.name,
      ),
    )
    .map(refOf);
  return seen.length > 0 || !kinds.includes('Pod')
    ? seen
    : unseen(cluster, podsUnder(cluster, asked)).filter((ref) => fits(ref, asked));
};

const podsOf = (cluster: Cluster, ref: ObjectRef): readonly Admitted<Pod>[] =>
  cluster.get(ref) === undefined
    ? podsUnder(cluster, ref).filter((pod) => refKey(workloadOf(pod)) === refKey(ref))
    : cluster.podsOf(ref);

const namedOf = (cluster: Cluster, ref: ObjectRef): Named => {
  const object = cluster.get(ref);
  return ref.kind === 'Service' && object !== undefined
    ? { ref, service: object as Admitted as Admitted<Service> }
    : { ref, pods: podsOf(cluster, ref) };
};

/** Several of one name: a Deployment before its ReplicaSets, a Service before the workload of its name where one connects to it. */
const preferred = (found: readonly ObjectRef[]): readonly ObjectRef[] => {
  const namespaces = new Set(found.map(({ namespace }) => namespace));
  return namespaces.size === 1 ? found.slice(0, 1) : found.filter(({ kind }) => kind === found[0]?.kind);
};

/** What is written like one of them: `shop/wbe` is near `shop/web`. */
const nearTo = (text: string, all: readonly ObjectRef[]): string => {
  const names = new Map<string, string>();
  for (const ref of all) {
    const full = `${ref.namespace}/${ref.name}`;
    names.set(full, full);
    if (!names.has(ref.name)) names.set(ref.name, full);
  }
  const asked = text.replace(/^[a-z]+\/(?=[^/]+\/)/i, '');
  const last = asked.split('/').at(-1) ?? asked;
  const near = nearest(asked, names.keys()) ?? (names.has(last) ? last : nearest(last, names.keys()));
  const found = near === undefined ? undefined : names.get(near);
  if (found !== undefined) return `; did you mean ${found}?`;
  const some = [...new Set(all.filter(({ kind }) => kind !== 'Pod').map(({ namespace, name }) => `${namespace}/${name}`))].sort();
  return some.length === 0
    ? ''
    : `; there are ${some.slice(0, 12).join(', ')}${some.length > 12 ? `, and ${some.length - 12} more` : ''}`;
};

/**
 * The object that a text names. A name without a namespace is of `home`, or else the only one of that name in the cluster.
 *
 * @throws UnknownName
 */
export const named = (
  cluster: Cluster,
  text: string,
  options: { readonly home?: string | undefined; readonly services: boolean },
): Named => {
  const kinds = options.services ? (['Service', ...workloadKinds] as const) : workloadKinds;
  for (const asked of readings(text)) {
    const found = calledSo(cluster, kinds, asked);
    const home = asked.namespace === undefined ? found.filter(({ namespace }) => namespace === options.home) : [];
    const [only, another] = preferred(home.length > 0 ? home : found);
    if (only !== undefined && another === undefined) return namedOf(cluster, only);
    if (only !== undefined)
      throw new UnknownName(`${text} names ${preferred(found).map(refText).join(' and ')}: write one of them with its namespace`);
  }
  const service = options.services ? undefined : readings(text).flatMap((asked) => calledSo(cluster, ['Service'], asked))[0];
  if (service !== undefined) throw new UnknownName(`${refText(service)} connects to nobody: who connects is a Pod or a workload`);
  const refused = cluster.refusals.find(({ ref }) => readings(text).some((asked) => fits(ref, asked)));
  if (refused !== undefined) throw new UnknownName(`the API server refused ${refText(refused.ref)}: plimsoll check says why`);
  const what = options.services ? 'no workload, Pod or Service' : 'no workload or Pod';
  throw new UnknownName(`there is ${what} ${text}${nearTo(text, meantBy(cluster, kinds))}`);
};
