import { labelSelectorText } from '../api/label-selector.js';
import { refOf, refText } from '../api/object.js';
import type { Party } from './party.js';
import type { Hop } from './path.js';
import { type CompiledPolicy, type Direction, portsText } from './policy/compile.js';
import type { Judgement } from './policy/policies.js';
import type { Protocol } from './protocol.js';
import type { Wiring } from './wiring.js';

const selectorText = ({ policy }: CompiledPolicy): string => {
  const text = labelSelectorText(policy.spec?.podSelector ?? {});
  return text === '<none>' ? 'every Pod of the namespace' : text;
};

const deniedText = (direction: Direction, { selecting, otherPorts }: Judgement, other: Party, what: string): string => {
  const preposition = direction === 'egress' ? 'to' : 'from';
  const names = selecting.map((compiled) => `${refText(refOf(compiled.policy))} selects ${selectorText(compiled)}`);
  const rules = selecting.reduce((count, compiled) => count + (compiled[direction]?.length ?? 0), 0);
  const none = rules === 0 ? `allows no ${direction}` : `no ${direction} rule allows ${what} ${preposition} ${other.text}`;
  const near = otherPorts.map(
    ({ policy, rule }) => `rule ${rule.number} of ${refText(refOf(policy))} allows ${preposition} it ${portsText(rule)} only`,
  );
  return `${names.join(', ')}; ${[none, ...near].join('; ')}`;
};

const allowedText = (
  direction: Direction,
  { selecting, allowing }: Judgement,
  subject: Party,
  other: Party,
  what: string,
): string => {
  if (selecting.length === 0) return `no policy restricts the ${direction} of ${subject.text}`;
  const preposition = direction === 'egress' ? 'to' : 'from';
  if (allowing === undefined) return `${what} ${preposition} ${other.text} is allowed`;
  return `${refText(refOf(allowing.policy))} ${direction} rule ${allowing.rule.number} allows ${what} ${preposition} ${other.text}`;
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
  const deciding = allowed?.allowing?.policy ?? first.selecting[0]?.policy;
  const object = deciding && refOf(deciding);
  if (subject.pod?.spec?.hostNetwork === true && first.selecting.length > 0) {
    const text = `${subject.text} uses the network of its node; policies that select it are assumed not to bind it`;
    return { at, outcome: 'assumed', text, object };
  }
  if (allowed === undefined) return { at, outcome: 'blocked', text: deniedText(direction, first, other, what), object };
  const text = allowedText(direction, allowed, subject, other, what);
  if (denied === undefined) return { at, outcome: 'passed', text, object };
  return { at, outcome: 'assumed', text: `${text}, if it sees it so: ${other.doubt ?? 'that is assumed'}`, object };
};
