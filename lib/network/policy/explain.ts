import type { Admitted } from '../../api/object.js';
import type { End } from './end.js';
import type { Policies } from './policies.js';
import { isEmpty, type PortSet, type ProtocolPorts, partsBetween, portsOf } from './port-set.js';
import { allowsPeer, type CompiledRule, type Direction, portSetOf, type RuleOf } from './rule.js';

/** What one policy has to do with the fate of some ports. */
export type Reason =
  | (RuleOf & { readonly says: 'allows' | 'denies' | 'passes' })
  /** A NetworkPolicy selects the Pod, and none of its rules allows the connection. */
  | {
      readonly says: 'lacks';
      readonly policy: Admitted;
      /** The rule that comes next to allowing it: it knows the other end. */
      readonly rule?: CompiledRule | undefined;
      readonly why: 'no rules' | 'no peer' | 'other ports' | 'no port of that name';
    };

/** One end's word on some ports. Without reasons: no policy has anything to do with them, which allows them. */
export interface Word {
  readonly allowed: boolean;
  readonly reasons: readonly Reason[];
}

/** Ports of a connection that share one fate for the same reasons. */
export interface Explained {
  readonly ports: PortSet;
  readonly allowed: boolean;
  readonly egress: Word;
  readonly ingress: Word;
}

/** A rule with the ports that it has at the destination. */
interface Ported extends RuleOf {
  readonly ports: PortSet;
}

const has = ({ ports }: Ported, { protocol, first }: ProtocolPorts): boolean =>
  ports[protocol].some((range) => range.first <= first && first <= range.last);

/** All that one end's policies say, ready to be asked for each part of the ports. */
interface Side {
  readonly ported: readonly Ported[];
  word(part: ProtocolPorts): Word;
}

const says = { Allow: 'allows', Deny: 'denies', Pass: 'passes' } as const;

const reasonOf = ({ policy, rule }: RuleOf): Reason => ({ says: says[rule.action], policy, rule });

const sideOf = (policies: Policies, direction: Direction, subject: End, other: End, destination: End): Side => {
  const deciders = policies.decidersOf(direction, subject, other);
  const ported = ({ policy, rule }: RuleOf): Ported => ({ policy, rule, ports: portSetOf(rule, destination) });
  const admin = deciders.admin.map(ported);
  const baseline = deciders.baseline.map(ported);
  const selecting = deciders.selecting.map((compiled) => {
    const rules = compiled[direction] ?? [];
    const near = rules.filter((rule) => allowsPeer(rule, other)).map((rule) => ported({ policy: compiled.policy, rule }));
    return { policy: compiled.policy, rules, near };
  });
  const lack = ({ policy, rules, near: [first] }: (typeof selecting)[number]): Reason => {
    if (first === undefined) return { says: 'lacks', policy, why: rules.length === 0 ? 'no rules' : 'no peer' };
    return { says: 'lacks', policy, rule: first.rule, why: isEmpty(first.ports) ? 'no port of that name' : 'other ports' };
  };
  return {
    ported: [...admin, ...baseline, ...selecting.flatMap(({ near }) => near)],
    word: (part) => {
      const first = admin.find((each) => has(each, part));
      if (first !== undefined && first.rule.action !== 'Pass') {
        return { allowed: first.rule.action === 'Allow', reasons: [reasonOf(first)] };
      }
      const passing = first === undefined ? [] : [reasonOf(first)];
      if (selecting.length > 0) {
        const allowing = selecting.flatMap(({ near }) => near.find((each) => has(each, part)) ?? []);
        const allowed = allowing.length > 0;
        return { allowed, reasons: [...passing, ...(allowed ? allowing.map(reasonOf) : selecting.map(lack))] };
      }
      const last = baseline.find((each) => has(each, part));
      return { allowed: last?.rule.action !== 'Deny', reasons: last === undefined ? passing : [...passing, reasonOf(last)] };
    },
  };
};

const reasonKey = ({ says: word, policy, rule, ...rest }: Reason): string =>
  [word, policy.kind, policy.metadata.namespace, policy.metadata.name, rule?.number, 'why' in rest ? rest.why : ''].join(' ');

/** Every port of a connection with the reasons why it is allowed or denied, on both ends; equal ones together. */
export const explain = (policies: Policies, from: End, to: End): readonly Explained[] => {
  const egress = sideOf(policies, 'egress', from, to, to);
  const ingress = sideOf(policies, 'ingress', to, from, to);
  const groups = new Map<string, { readonly parts: ProtocolPorts[]; readonly out: Word; readonly into: Word }>();
  for (const part of partsBetween([...egress.ported, ...ingress.ported].map(({ ports }) => ports))) {
    const [out, into] = [egress.word(part), ingress.word(part)];
    const key = [out, into].map(({ reasons }) => reasons.map(reasonKey).join('\n')).join('\n\n');
    const group = groups.get(key) ?? { parts: [], out, into };
    groups.set(key, group);
    group.parts.push(part);
  }
  return [...groups.values()].map(({ parts, out, into }) => ({
    ports: portsOf(parts),
    allowed: out.allowed && into.allowed,
    egress: out,
    ingress: into,
  }));
};
