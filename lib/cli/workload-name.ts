import { nearest } from '../api/decode/suggest.js';
import { type ObjectRef, refKey, refOf, refText } from '../api/object.js';
import { resources } from '../api/resources.js';
import type { Kind } from '../apiserver/kinds.js';
import type { Cluster } from '../cluster/cluster.js';
import { InputError } from './command.js';

/** Kinds that are Pods or make them, with the short names of kubectl. */
const kinds: ReadonlyMap<Kind, readonly string[]> = new Map<Kind, readonly string[]>([
  ['Deployment', ['deploy']],
  ['StatefulSet', ['sts']],
  ['DaemonSet', ['ds']],
  ['CronJob', ['cj']],
  ['Job', []],
  ['ReplicaSet', ['rs']],
  ['ReplicationController', ['rc']],
  ['Pod', ['po']],
]);

const kindOf = (word: string): Kind | undefined => {
  const lower = word.toLowerCase();
  for (const [kind, short] of kinds) {
    const plural = resources.find((resource) => resource.kind === kind)?.plural;
    if (lower === kind.toLowerCase() || lower === plural || short.includes(lower)) return kind;
  }
  return undefined;
};

interface Wanted {
  readonly kind?: Kind | undefined;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `name`, `namespace/name`, `kind/name`, `kind/namespace/name`; two words can mean either. */
const readingsOf = (text: string): readonly Wanted[] => {
  const [first = '', second, third, ...rest] = text.split('/');
  if (second === undefined) return [{ name: first }];
  if (third === undefined) {
    const kind = kindOf(first);
    return [...(kind === undefined ? [] : [{ kind, name: second }]), { namespace: first, name: second }];
  }
  const kind = kindOf(first);
  if (kind === undefined || rest.length > 0)
    throw new InputError(
      `"${text}" names no Pod or workload: it is written name, namespace/name, kind/name or kind/namespace/name, and the kinds are ${[...kinds.keys()].join(', ')}`,
    );
  return [{ kind, namespace: second, name: third }];
};

const isWanted = ({ kind, namespace, name }: ObjectRef, wanted: Wanted): boolean =>
  name === wanted.name &&
  (wanted.kind === undefined || kind === wanted.kind) &&
  (wanted.namespace === undefined || namespace === wanted.namespace);

const listed = (cluster: Cluster): readonly ObjectRef[] => [...kinds.keys()].flatMap((kind) => cluster.list(kind).map(refOf));

/** How many names an error lists. */
const mostNames = 8;

const shortText = ({ kind, namespace, name }: ObjectRef): string => `${kind.toLowerCase()}/${namespace}/${name}`;

/** The nearest names, of workloads that somebody wrote; or what there is. */
const hint = (clusters: readonly Cluster[], { kind, name }: Wanted): string => {
  const all = clusters.flatMap((cluster) =>
    listed(cluster).filter((ref) => {
      const object = cluster.get(ref);
      return object !== undefined && !cluster.isBuiltIn(ref) && refKey(refOf(cluster.controllerOf(object))) === refKey(ref);
    }),
  );
  const names = (refs: readonly ObjectRef[]): readonly string[] => [...new Set(refs.map(shortText))];
  const meant = nearest(
    name,
    all.map((ref) => ref.name),
    3,
  );
  const near = names(all.filter((ref) => ref.name === meant));
  const ofKind = near.filter((text) => kind === undefined || text.startsWith(`${kind.toLowerCase()}/`));
  if (near.length > 0) return `; did you mean ${(ofKind.length > 0 ? ofKind : near).slice(0, 3).join(' or ')}?`;
  const known = names(all);
  if (known.length === 0) return '; there is none at all';
  return `; there are ${known.slice(0, mostNames).join(', ')}${known.length > mostNames ? ` and ${known.length - mostNames} more` : ''}`;
};

/**
 * The Pod or workload that a person names, in each of the clusters that have it (undefined in the others).
 *
 * @throws InputError for a name that nothing has, or that several things have.
 */
export const workloadNamed = (clusters: readonly Cluster[], text: string): readonly (ObjectRef | undefined)[] => {
  const readings = readingsOf(text);
  const found = clusters.map((cluster) => {
    for (const wanted of readings) {
      const matching = listed(cluster).filter((ref) => isWanted(ref, wanted));
      if (matching.length > 1)
        throw new InputError(`"${text}" is the name of several: ${matching.map(shortText).slice(0, 5).join(', ')}`);
      if (matching[0] !== undefined) return matching[0];
    }
    return undefined;
  });
  if (found.some((ref) => ref !== undefined)) return found;
  const [wanted = { name: text }] = readings.toReversed();
  throw new InputError(`there is no Pod or workload ${text}${hint(clusters, wanted)}`);
};

/** Pods without a node, by their workloads. */
export const waitingWorkloads = (cluster: Cluster): readonly ObjectRef[] => {
  const waiting = cluster
    .list('Pod')
    .filter(({ spec, metadata }) => spec?.nodeName === undefined && metadata.deletionTimestamp === undefined)
    .map((pod) => refOf(cluster.controllerOf(pod)));
  return [...new Map(waiting.map((ref) => [refText(ref), ref])).values()];
};
