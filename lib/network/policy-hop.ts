import { labelSelectorText } from '../api/label-selector.js';
import { refOf, refText } from '../api/object.js';
import type { Party } from './party.js';
import type { Denied, Hop } from './path.js';
import type { CompiledPolicy } from './policy/compile.js';
import type { Judgement } from './policy/policies.js';
import { type Direction, portsText, type RuleOf } from './policy/rule.js';
import type { Protocol } from './protocol.js';
import type { Wiring } from './wiring.js';

const selectorText = ({ policy }: CompiledPolicy): string => {
  const text = labelSelectorText(policy.spec?.podSelector ?? {});
  return text === '<none>' ? 'every Pod of the namespace' : text;
};

const ruleText = ({ policy, rule }: RuleOf, direction: Direction): string =>
  `${refText(refOf(policy))} ${direction} rule ${rule.number}${rule.name === undefined ? '' : ` (${rule.name})`}`;

const passedText = (direction: Direction, { passing }: Judgement): string =>
  passing === undefined ? '' : `${ruleText(passing, direction)} leaves it to the NetworkPolicies; `;

const deniedText = (direction: Direction, judgement: Judgement, other: Party, what: string): string => {
  const { selecting, otherPorts, denying } = judgement;
  const preposition = direction === 'egress' ? 'to' : 'from';
  const passed = passedText(direction, judgement);
  if (denying !== undefined) return `${passed}${ruleText(denying, direction)} denies ${what} ${preposition} ${other.text}`;
  const names = selecting.map((compiled) => `${refText(refOf(compiled.policy))} selects ${selectorText(compiled)}`);
  const rules = selecting.reduce((count, compiled) => count + (compiled[direction]?.length ?? 0), 0);
  const none = rules === 0 ? `allows no ${direction}` : `no ${direction} rule allows ${what} ${preposition} ${other.text}`;
  const near = otherPorts.map(
    ({ policy, rule }) => `rule ${rule.number} of ${refText(refOf(policy))} allows ${preposition} it ${portsText(rule)} only`,
  );
  return `${passed}${names.join(', ')}; ${[none, ...near].join('; ')}`;
};

const allowedText = (direction: Direction, judgement: Judgement, subject: Party, other: Party, what: string): string => {
  const { allowing } = judgement;
  const passed = passedText(direction, judgement);
  if (allowing === undefined) return `${passed}no policy restricts the ${direction} of ${subject.text}`;
  const preposition = direction === 'egress' ? 'to' : 'from';
  return `${passed}${ruleText(allowing, direction)} allows ${what} ${preposition} ${other.text}`;
};

/** What one more rule of a NetworkPolicy would have to allow; an admin policy denies whatever they say. */
const deniedBy = (
  direction: Direction,
  { selecting, otherPorts, denying }: Judgement,
  port: number,
  protocol: Protocol,
): Denied | undefined => {
  if (denying !== undefined) return undefined;
  const [near] = otherPorts;
  return {
    direction,
    port,
    protocol,
    policies: selecting.map(({ policy }) => refOf(policy)),
    ...(near && { near: { policy: refOf(near.policy), rule: near.rule.number } }),
  };
};

/** What the policies of `subject` say of a connection with `other`; `port` is the server's. */
export const policyHop = (
  { policies }: Wiring,
  direction: Direction,
  subject: Party,
  other: Party,
  port: number,
  protocol: Protocol,
): Hop | undefined => {
  const at = direction === 'egress' ? 'egress' : 'policy-ingress';
  const pod = subject.ends.find((end) => end.pod !== undefined)?.pod;
  if (pod === undefined) return undefined;
  const what = `${protocol} ${port}`;
  const judgements = other.ends.map((end) =>
    policies.judge(direction, pod, end, direction === 'egress' ? end : { pod }, port, protocol),
  );
  const [first] = judgements;
  if (first === undefined) return undefined;
  const denied = judgements.find((judgement) => !judgement.allowed);
  const allowed = judgements.find((judgement) => judgement.allowed);
  const deciding = (allowed?.allowing ?? first.denying)?.policy ?? first.selecting[0]?.policy;
  const object = deciding && refOf(deciding);
  if (subject.pod?.spec?.hostNetwork === true && (first.selecting.length > 0 || denied !== undefined)) {
    const text = `${subject.text} uses the network of its node; policies that select it are assumed not to bind it`;
    return { at, outcome: 'assumed', text, object };
  }
  if (allowed === undefined) {
    const text = deniedText(direction, first, other, what);
    return { at, outcome: 'blocked', text, object, denied: deniedBy(direction, first, port, protocol) };
  }
  const text = allowedText(direction, allowed, subject, other, what);
  if (denied === undefined) return { at, outcome: 'passed', text, object };
  return { at, outcome: 'assumed', text: `${text}, if it sees it so: ${other.doubt ?? 'that is assumed'}`, object };
};
