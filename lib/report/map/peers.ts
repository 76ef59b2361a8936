/**
 * Workloads by their names, `*` being everyone on the map and `shop/*` everyone of the namespace shop, and who is left out of that.
 */
export interface Peers {
  readonly from: readonly string[];
  readonly except?: readonly string[];
}

interface Named {
  readonly name: string;
  readonly namespace: string;
}

/** One namespace: those who are meant, and those who are not. */
interface Part {
  readonly present: readonly string[];
  readonly missing: readonly string[];
  readonly wildcard: string;
}

/** Those of one namespace, in the shorter of two ways. */
const ofPart = ({ present, missing, wildcard }: Part): Peers => {
  if (missing.length === 0 && present.length > 1) return { from: [wildcard] };
  return missing.length + 2 < present.length ? { from: [wildcard], except: missing } : { from: present };
};

const namesOf = ({ from, except = [] }: Peers): number => from.length + except.length;

/** Says shortly who is meant; whether `self` is makes no difference to a wildcard. */
export type PeersFinder = (meant: readonly string[], self: string) => Peers;

/**
 * Names workloads of these. Without `everyone` they are not all that there are, and `*` is never said.
 */
export const peersAmong = (all: readonly Named[], options: { readonly everyone: boolean } = { everyone: true }): PeersFinder => {
  const order = new Map(all.map(({ name }, index) => [name, index]));
  const namespaceOf = new Map(all.map(({ name, namespace }) => [name, namespace]));
  const namespaces = new Map<string, string[]>();
  for (const { name, namespace } of all) {
    const names = namespaces.get(namespace);
    if (names === undefined) namespaces.set(namespace, [name]);
    else names.push(name);
  }
  return (meant, self) => {
    const present = new Map<string, string[]>();
    for (const name of meant.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))) {
      const namespace = namespaceOf.get(name) ?? '';
      const names = present.get(namespace);
      if (names === undefined) present.set(namespace, [name]);
      else names.push(name);
    }
    const parts = [...present].map(([namespace, names]): Part => {
      const own = namespaces.get(namespace) ?? [];
      const missing = own.length === names.length ? [] : own.filter((name) => name !== self && !names.includes(name));
      return { wildcard: `${namespace}/*`, present: names, missing };
    });
    const single = parts.map(ofPart);
    const listed: Peers = { from: single.flatMap(({ from }) => from), except: single.flatMap(({ except = [] }) => except) };
    const plain = listed.except?.length === 0 ? { from: listed.from } : listed;
    // Each namespace of which nobody is meant would have to be left out of everyone.
    if (!options.everyone || all.length < 3 || meant.length === 0 || namespaces.size - present.size > namesOf(listed))
      return plain;
    const except = [...namespaces].flatMap(([namespace, names]): readonly string[] => {
      const part = parts.find(({ wildcard }) => wildcard === `${namespace}/*`);
      if (part !== undefined) return part.missing;
      const others = names.filter((name) => name !== self);
      return others.length > 1 ? [`${namespace}/*`] : others;
    });
    if (except.length === 0) return { from: ['*'] };
    return except.length + 2 < namesOf(listed) ? { from: ['*'], except } : plain;
  };
};
