import { matcherOf } from '../../api/label-selector.js';
import { entry } from '../entry.js';
import { type Described, describedKey } from '../policy/described.js';
import type { Policies } from '../policy/policies.js';
import { noPorts, type PortSet } from '../policy/port-set.js';
import { type CompiledRule, type Direction, type PeerMatcher, portSetOf } from '../policy/rule.js';
import type { PodClass } from './classes.js';
import type { PortPool } from './port-pool.js';

/** The ports that the policies of a class allow with other classes. */
export interface Row {
  /** With every class that is not listed. */
  readonly everyone: PortSet;
  /** By the other class's id. */
  readonly own: ReadonlyMap<number, PortSet>;
}

/** What the policies of each class allow; undefined where no policy restricts the direction. */
export type Rows = (of: PodClass) => Row | undefined;

const uniqueOf = (lists: readonly (readonly PodClass[])[]): readonly PodClass[] => {
  const [only] = lists;
  return only !== undefined && lists.length === 1 ? only : [...new Set(lists.flat())];
};

const isNamed = ({ name }: { readonly name?: string | undefined }): boolean => name !== undefined;

/** Those that selectors may take; on the network of a node they take nobody. */
const byNamespace = (classes: readonly PodClass[]): readonly (readonly PodClass[])[] => {
  const found = new Map<string, PodClass[]>();
  for (const each of classes) if (each.end.pod !== undefined) entry(found, each.namespace, () => []).push(each);
  return [...found.values()];
};

/** Makes rows rule by rule: the classes that a rule's peers take are found once for all rules with that peer. */
export const createRows = (
  policies: Policies,
  classes: readonly PodClass[],
  pool: PortPool,
): Readonly<Record<Direction, Rows>> => {
  const nothing = pool.keep(noPorts);
  const matched = new Map<string, readonly PodClass[]>();
  const blocks = new WeakMap<PeerMatcher, readonly PodClass[]>();
  const namespaces = byNamespace(classes);
  const described = ({ namespaces: outer, pods: inner }: Described): readonly PodClass[] => {
    const [inNamespace, selected] = [matcherOf(outer), matcherOf(inner)];
    return namespaces
      .filter(([first]) => inNamespace(first?.end.pod?.namespaceLabels))
      .flatMap((inside) => inside.filter(({ end }) => selected(end.pod?.labels)));
  };
  const taken = (peer: PeerMatcher): readonly PodClass[] => {
    const key = peer.described && describedKey(peer.described);
    if (peer.described === undefined || key === undefined) {
      return entry(blocks, peer, () => classes.filter(({ end }) => peer.matches(end)));
    }
    const { described: selectors } = peer;
    return entry(matched, key, () => described(selectors));
  };
  const plainPorts = new WeakMap<CompiledRule, PortSet>();
  const portsAt = (rule: CompiledRule, destination: PodClass): PortSet =>
    rule.ports?.some(isNamed)
      ? pool.keep(portSetOf(rule, destination.end))
      : entry(plainPorts, rule, () => pool.keep(portSetOf(rule, destination.end)));
  const byRules = (direction: Direction, of: PodClass, rules: readonly CompiledRule[]): Row => {
    const own = new Map<number, PortSet>();
    let everyone = nothing;
    for (const rule of rules) {
      const others = rule.peers === undefined ? classes : uniqueOf(rule.peers.map(taken));
      const isPlain = direction === 'ingress' || !rule.ports?.some(isNamed);
      if (others.length === classes.length && isPlain) {
        everyone = pool.union(everyone, portsAt(rule, of));
        continue;
      }
      for (const other of others) {
        const ports = portsAt(rule, direction === 'ingress' ? of : other);
        const before = own.get(other.id);
        own.set(other.id, before === undefined ? ports : pool.union(before, ports));
      }
    }
    for (const [id, ports] of own) own.set(id, pool.union(ports, everyone));
    return { everyone, own };
  };
  /** Rules that deny or pass depend on their order: each pair is judged for itself. */
  const byPairs = (direction: Direction, of: PodClass): Row => {
    const own = new Map<number, PortSet>();
    for (const other of classes) {
      const ports = policies.portsOn(direction, of.end, other.end, direction === 'ingress' ? of.end : other.end);
      own.set(other.id, pool.keep(ports));
    }
    return { everyone: nothing, own };
  };
  const rowsOf = (direction: Direction): Rows => {
    const known = new Map<number, Row | undefined>();
    return (of) => {
      if (known.has(of.id)) return known.get(of.id);
      const make = (): Row | undefined => {
        if (!policies.isSelected(direction, of.end)) return undefined;
        if (policies.admin.some((compiled) => compiled[direction] !== undefined && compiled.selects(of.end))) {
          return byPairs(direction, of);
        }
        const { selecting } = policies.decidersOf(direction, of.end, of.end);
        return byRules(
          direction,
          of,
          selecting.flatMap((compiled) => compiled[direction] ?? []),
        );
      };
      const row = make();
      known.set(of.id, row);
      return row;
    };
  };
  return { ingress: rowsOf('ingress'), egress: rowsOf('egress') };
};
