import type { NetworkPolicy } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import type { Labels } from '../../api/selector.js';
import { entry } from '../entry.js';
import type { Protocol } from '../protocol.js';
import {
  allowsPeer,
  allowsPort,
  type CompiledPolicy,
  type CompiledRule,
  compilePolicy,
  type Direction,
  portSetOf,
} from './compile.js';
import type { End, PodEnd } from './end.js';
import { allPorts, intersection, type PortSet, union } from './port-set.js';

/** A rule, with the policy that it is of. */
interface RuleOf {
  readonly policy: Admitted<NetworkPolicy>;
  readonly rule: CompiledRule;
}

/** What the policies of one end say of a connection. */
export interface Judgement {
  readonly allowed: boolean;
  /** Policies that select the Pod in this direction; none: everything is allowed. */
  readonly selecting: readonly CompiledPolicy[];
  /** The first rule that allows the connection. */
  readonly allowing?: RuleOf | undefined;
  /** When denied: rules that know the other end, but not the port. */
  readonly otherPorts: readonly RuleOf[];
}

/** Judges connections by all NetworkPolicies of a cluster. */
export interface Policies {
  /** What the policies that select `subject` say; its connection is with `other`, to `port` of `destination`. */
  judge(direction: Direction, subject: PodEnd, other: End, destination: End, port: number, protocol: Protocol): Judgement;
  /** All ports that both ends allow. */
  portsBetween(from: End, to: End): PortSet;
  /** Both ends: the client's egress and the server's ingress. An end that is no Pod has no policies. */
  allowed(
    from: End,
    to: End,
    port: number,
    protocol: Protocol,
  ): { readonly allowed: boolean; readonly egress: Judgement; readonly ingress: Judgement };
}

const free: Judgement = { allowed: true, selecting: [], otherPorts: [] };

/** One text for equal sets of labels, so that Pods of a kind share what was found out about one of them. */
const labelKeys = (): ((labels: Labels) => string) => {
  const keys = new WeakMap<Labels, string>();
  return (labels) => entry(keys, labels, () => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));
};

const byNamespace = (policies: readonly Admitted<NetworkPolicy>[]): ReadonlyMap<string, readonly CompiledPolicy[]> => {
  const found = new Map<string, CompiledPolicy[]>();
  for (const policy of policies) {
    const compiled = compilePolicy(policy);
    entry(found, compiled.namespace, () => []).push(compiled);
  }
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

export const createPolicies = (policies: readonly Admitted<NetworkPolicy>[]): Policies => {
  const index = byNamespace(policies);
  const keyOf = labelKeys();
  const known = new Map<string, Map<string, readonly CompiledPolicy[]>>();
  const selectingOf = (direction: Direction, { namespace, labels }: PodEnd): readonly CompiledPolicy[] => {
    const candidates = index.get(namespace);
    if (candidates === undefined) return [];
    const cache = entry(known, `${direction} ${namespace}`, () => new Map<string, readonly CompiledPolicy[]>());
    return entry(cache, keyOf(labels), () =>
      candidates.filter((compiled) => compiled[direction] !== undefined && compiled.selects(labels)),
    );
  };
  const judge: Policies['judge'] = (direction, subject, other, destination, port, protocol) => {
    const selecting = selectingOf(direction, subject);
    return selecting.length === 0 ? free : judgeRules(selecting, direction, other, destination, port, protocol);
  };
  const portsOn = (direction: Direction, subject: PodEnd | undefined, other: End, destination: End): PortSet => {
    const selecting = subject === undefined ? [] : selectingOf(direction, subject);
    if (selecting.length === 0) return allPorts;
    const rules = selecting.flatMap((compiled) => compiled[direction] ?? []).filter((rule) => allowsPeer(rule, other));
    return union(rules.map((rule) => portSetOf(rule, destination)));
  };
  return {
    judge,
    portsBetween: (from, to) => intersection(portsOn('egress', from.pod, to, to), portsOn('ingress', to.pod, from, to)),
    allowed: (from, to, port, protocol) => {
      const egress = from.pod === undefined ? free : judge('egress', from.pod, to, to, port, protocol);
      const ingress = to.pod === undefined ? free : judge('ingress', to.pod, from, to, port, protocol);
      return { allowed: egress.allowed && ingress.allowed, egress, ingress };
    },
  };
};
