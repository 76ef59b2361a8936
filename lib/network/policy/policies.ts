import type { NetworkPolicy } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import type { Labels } from '../../api/selector.js';
import { entry } from '../entry.js';
import type { Protocol } from '../protocol.js';
import { type AdminPolicy, type CompiledAdminPolicy, compileAdminPolicies } from './admin.js';
import { type CompiledPolicy, compilePolicy } from './compile.js';
import type { End, PodEnd } from './end.js';
import { allPorts, difference, intersection, noPorts, type PortSet, union } from './port-set.js';
import { allowsPeer, allowsPort, type Direction, portSetOf, type RuleOf } from './rule.js';

/** What the policies of one end say of a connection. */
export interface Judgement {
  readonly allowed: boolean;
  /** NetworkPolicies that select the Pod in this direction; none: what no AdminNetworkPolicy denies is allowed. */
  readonly selecting: readonly CompiledPolicy[];
  /** The first rule that allows the connection. */
  readonly allowing?: RuleOf | undefined;
  /** The rule of an AdminNetworkPolicy or of the BaselineAdminNetworkPolicy that denies it. */
  readonly denying?: RuleOf | undefined;
  /** The rule of an AdminNetworkPolicy that leaves the connection to the NetworkPolicies. */
  readonly passing?: RuleOf | undefined;
  /** When denied: rules that know the other end, but not the port. */
  readonly otherPorts: readonly RuleOf[];
}

/** The policies of one end that may decide on its connections with another one, in the order in which they are looked at. */
interface Deciders {
  /** Rules of AdminNetworkPolicies that are about the other end: the first one that has the port decides, or passes on. */
  readonly admin: readonly RuleOf[];
  /** NetworkPolicies that select the Pod: where there are some, what none of their rules allows is denied. */
  readonly selecting: readonly CompiledPolicy[];
  /** Rules of the BaselineAdminNetworkPolicy about the other end, for where no NetworkPolicy selects the Pod. */
  readonly baseline: readonly RuleOf[];
}

/** Judges connections by all NetworkPolicies of a cluster, and by its admin policies. */
export interface Policies {
  readonly network: readonly CompiledPolicy[];
  readonly admin: readonly CompiledAdminPolicy[];
  /** What the policies that select `subject` say; its connection is with `other`, to `port` of `destination`. */
  judge(direction: Direction, subject: PodEnd, other: End, destination: End, port: number, protocol: Protocol): Judgement;
  /** The ports that one end allows. */
  portsOn(direction: Direction, subject: End, other: End, destination: End): PortSet;
  /** All ports that both ends allow. */
  portsBetween(from: End, to: End): PortSet;
  /** Both ends: the client's egress and the server's ingress. An end that is no Pod has no policies. */
  allowed(
    from: End,
    to: End,
    port: number,
    protocol: Protocol,
  ): { readonly allowed: boolean; readonly egress: Judgement; readonly ingress: Judgement };
  decidersOf(direction: Direction, subject: End, other: End): Deciders;
  /** Whether any policy is about this end's connections in the direction. */
  isSelected(direction: Direction, subject: End): boolean;
}

const free: Judgement = { allowed: true, selecting: [], otherPorts: [] };

/** One text for equal sets of labels, so that Pods of a kind share what was found out about one of them. */
const labelKeys = (): ((labels: Labels) => string) => {
  const keys = new WeakMap<Labels, string>();
  return (labels) => entry(keys, labels, () => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));
};

const byNamespace = (policies: readonly CompiledPolicy[]): ReadonlyMap<string, readonly CompiledPolicy[]> => {
  const found = new Map<string, CompiledPolicy[]>();
  for (const compiled of policies) entry(found, compiled.namespace, () => []).push(compiled);
  return found;
};

const judgeRules = (
  selecting: readonly CompiledPolicy[],
  direction: Direction,
  other: End,
  destination: End,
  port: number,
  protocol: Protocol,
): Judgement => {
  const otherPorts: RuleOf[] = [];
  for (const compiled of selecting) {
    for (const rule of compiled[direction] ?? []) {
      if (!allowsPeer(rule, other)) continue;
      const found = { policy: compiled.policy, rule };
      if (allowsPort(rule, destination, port, protocol)) return { allowed: true, selecting, allowing: found, otherPorts: [] };
      otherPorts.push(found);
    }
  }
  return { allowed: false, selecting, otherPorts };
};

/** The ports that rules allow, and what they leave open; the first rule that has a port decides on it. */
const sift = (rules: readonly RuleOf[], destination: End): { readonly allowed: PortSet; readonly open: PortSet } => {
  let allowed = noPorts;
  let passed = noPorts;
  let rest = allPorts;
  for (const { rule } of rules) {
    const ports = portSetOf(rule, destination);
    const decided = intersection(rest, ports);
    if (rule.action === 'Allow') allowed = union([allowed, decided]);
    if (rule.action === 'Pass') passed = union([passed, decided]);
    rest = difference(rest, ports);
  }
  return { allowed, open: passed === noPorts ? rest : union([rest, passed]) };
};

export const createPolicies = (
  networkPolicies: readonly Admitted<NetworkPolicy>[],
  adminPolicies: readonly Admitted<AdminPolicy>[] = [],
): Policies => {
  const network = networkPolicies.map(compilePolicy);
  const admin = compileAdminPolicies(adminPolicies);
  const index = byNamespace(network);
  const keyOf = labelKeys();
  const known = new Map<string, Map<string, readonly CompiledPolicy[]>>();
  const selectingOf = (direction: Direction, pod: PodEnd | undefined): readonly CompiledPolicy[] => {
    if (pod === undefined) return [];
    const candidates = index.get(pod.namespace);
    if (candidates === undefined) return [];
    const cache = entry(known, `${direction} ${pod.namespace}`, () => new Map<string, readonly CompiledPolicy[]>());
    return entry(cache, keyOf(pod.labels), () =>
      candidates.filter((compiled) => compiled[direction] !== undefined && compiled.selects(pod.labels)),
    );
  };
  const adminRules = (tier: CompiledAdminPolicy['tier'], direction: Direction, subject: End, other: End): readonly RuleOf[] =>
    admin.flatMap((compiled) => {
      const rules = compiled.tier === tier ? compiled[direction] : undefined;
      if (rules === undefined || !compiled.selects(subject)) return [];
      return rules.filter((rule) => allowsPeer(rule, other)).map((rule) => ({ policy: compiled.policy, rule }));
    });
  const decidersOf: Policies['decidersOf'] = (direction, subject, other) => {
    const selecting = selectingOf(direction, subject.pod);
    if (admin.length === 0) return { admin: [], selecting, baseline: [] };
    return {
      admin: adminRules('admin', direction, subject, other),
      selecting,
      baseline: selecting.length > 0 ? [] : adminRules('baseline', direction, subject, other),
    };
  };
  const judge: Policies['judge'] = (direction, pod, other, destination, port, protocol) => {
    const deciders = decidersOf(direction, { pod }, other);
    const { selecting } = deciders;
    const has = ({ rule }: RuleOf): boolean => allowsPort(rule, destination, port, protocol);
    const first = deciders.admin.find(has);
    if (first?.rule.action === 'Allow') return { allowed: true, selecting, allowing: first, otherPorts: [] };
    if (first?.rule.action === 'Deny') return { allowed: false, selecting, denying: first, otherPorts: [] };
    if (selecting.length > 0) return { ...judgeRules(selecting, direction, other, destination, port, protocol), passing: first };
    const last = deciders.baseline.find(has);
    if (last === undefined) return first === undefined ? free : { ...free, passing: first };
    if (last.rule.action === 'Allow') return { ...free, allowing: last, passing: first };
    return { allowed: false, selecting, denying: last, passing: first, otherPorts: [] };
  };
  const portsOn: Policies['portsOn'] = (direction, subject, other, destination) => {
    const { selecting, ...deciders } = decidersOf(direction, subject, other);
    const { allowed, open } = sift(deciders.admin, destination);
    const rest = (): PortSet => {
      if (selecting.length === 0) {
        const baseline = sift(deciders.baseline, destination);
        return deciders.baseline.length === 0 ? allPorts : union([baseline.allowed, baseline.open]);
      }
      const rules = selecting.flatMap((compiled) => compiled[direction] ?? []).filter((rule) => allowsPeer(rule, other));
      return rules.length === 0 ? noPorts : union(rules.map((rule) => portSetOf(rule, destination)));
    };
    if (deciders.admin.length === 0) return rest();
    return union([allowed, intersection(open, rest())]);
  };
  return {
    network,
    admin,
    judge,
    portsOn,
    decidersOf,
    isSelected: (direction, subject) =>
      selectingOf(direction, subject.pod).length > 0 ||
      admin.some((compiled) => compiled[direction] !== undefined && compiled.selects(subject)),
    portsBetween: (from, to) => intersection(portsOn('egress', from, to, to), portsOn('ingress', to, from, to)),
    allowed: (from, to, port, protocol) => {
      const egress = from.pod === undefined ? free : judge('egress', from.pod, to, to, port, protocol);
      const ingress = to.pod === undefined ? free : judge('ingress', to.pod, from, to, port, protocol);
      return { allowed: egress.allowed && ingress.allowed, egress, ingress };
    },
  };
};
