import { isEntireCluster } from '../../lib/network/policy/described.js';
import { type Explained, explain, type Reason, type Word } from '../../lib/network/policy/explain.js';
import type { Policies } from '../../lib/network/policy/policies.js';
import { intersection, isEmpty, type PortSet, partsBetween, portsOf, union } from '../../lib/network/policy/port-set.js';
import type { CompiledRule, Direction } from '../../lib/network/policy/rule.js';
import {
  anyPod,
  type Backend,
  type Directory,
  type Focus,
  focusPorts,
  ingressController,
  isInFocus,
  type Line,
} from './netpol-peers.js';

/** Why some ports of a connection are allowed or denied, as np-guard prints it. */
interface Explanation {
  readonly conns: string;
  readonly because: string;
  readonly detail: readonly string[];
}

export interface PairExplanation {
  readonly src: string;
  readonly dst: string;
  readonly section: string;
  readonly allowed: readonly Explanation[];
  readonly denied: readonly Explanation[];
}

const systemDefault = 'the system default (Allow all)';
const specific = 'Specific connections and their reasons';
const titles: Readonly<Record<Direction, string>> = { egress: 'Egress', ingress: 'Ingress' };
const layers = ['AdminNetworkPolicy', 'Ingress', 'NetworkPolicy', 'BaselineAdminNetworkPolicy'];

/** `TCP:[80,443], UDP`. */
const portsText = (set: PortSet): string =>
  (['TCP', 'UDP', 'SCTP'] as const)
    .flatMap((protocol) => {
      const ranges = set[protocol].map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
      if (ranges.length === 0) return [];
      return [ranges[0] === '1-65535' ? protocol : `${protocol}:[${ranges.join(',')}]`];
    })
    .join(', ');

interface Note {
  readonly kind: string;
  readonly text: string;
}

const unmatched = 'but the protocols and ports do not match';
const unnamed = 'but named ports of the rule have no match in the configuration of the destination peer';

const noteOf = (reason: Reason, direction: Direction, subject: string, other: string): Note => {
  const { kind, metadata } = reason.policy;
  const name = kind === 'NetworkPolicy' ? `${metadata.namespace ?? 'default'}/${metadata.name}` : metadata.name;
  const [title, policy] = [titles[direction], `${kind} '${name}'`];
  if (reason.says !== 'lacks') {
    const rule = kind === 'NetworkPolicy' ? `#${reason.rule.number}` : (reason.rule.name ?? '');
    return { kind, text: `${policy} ${reason.says} connections by ${title} rule ${rule}` };
  }
  if (reason.rule === undefined) {
    const none = reason.why === 'no rules' ? ' (no rules defined)' : '';
    return { kind, text: `${policy} selects ${subject}, but ${other} is not allowed by any ${title} rule${none}` };
  }
  const why = reason.why === 'other ports' ? unmatched : unnamed;
  return { kind, text: `${policy} selects ${subject}, and ${title} rule #${reason.rule.number} selects ${other}, ${why}` };
};

const noteLines = (notes: readonly Note[]): readonly string[] =>
  layers.flatMap((kind) => {
    const texts = notes.filter((note) => note.kind === kind).map(({ text }) => text);
    if (texts.length < 2) return texts.map((text) => `\t${text}`);
    return [`\t${kind} list:`, ...[...new Set(texts)].sort().map((text) => `\t\t- ${text}`)];
  });

/** What the baseline allows, np-guard counts as the default. */
const notesOf = ({ reasons }: Word, direction: Direction, subject: string, other: string): readonly Note[] =>
  reasons
    .filter(({ says, policy }) => says !== 'allows' || policy.kind !== 'BaselineAdminNetworkPolicy')
    .map((reason) => noteOf(reason, direction, subject, other));

/** `notes` are those of Ingresses, which stand in for the default. */
const sideLines = (title: string, allowed: boolean, notes: readonly Note[], isDefault: boolean): readonly string[] => {
  const head = `${title} (${allowed ? 'Allowed' : 'Denied'})`;
  if (notes.length === 0) return [`${head} due to ${systemDefault}`];
  return [head, ...noteLines(notes), ...(isDefault ? [`\t${systemDefault}`] : [])];
};

const endsInDefault = ({ allowed, reasons }: Word): boolean =>
  allowed && reasons.every(({ says, policy }) => says === 'passes' || policy.kind === 'BaselineAdminNetworkPolicy');

const isDefault = (word: Word): boolean => endsInDefault(word) && word.reasons.every(({ says }) => says !== 'passes');

/** The text of ports, apart from the ports. */
const detailOf = (
  { egress, ingress, allowed }: Explained,
  src: string,
  dst: string,
  notes: readonly Note[],
): Omit<Explanation, 'conns'> => {
  if (isDefault(egress) && isDefault(ingress) && notes.length === 0) return { because: systemDefault, detail: [] };
  const into = [...notes, ...notesOf(ingress, 'ingress', dst, src)];
  return {
    because: 'the following policies and rules',
    detail: [
      ...sideLines('Egress', egress.allowed, notesOf(egress, 'egress', src, dst), endsInDefault(egress)),
      ...sideLines('Ingress', notes.length === 0 ? ingress.allowed : allowed, into, notes.length === 0 && endsInDefault(ingress)),
    ],
  };
};

/** Explanations that read alike are one. */
const merged = (
  parts: readonly { readonly ports: PortSet; readonly text: Omit<Explanation, 'conns'> }[],
): readonly Explanation[] => {
  const byText = new Map<string, typeof parts>();
  for (const part of parts) {
    const key = JSON.stringify(part.text);
    byText.set(key, [...(byText.get(key) ?? []), part]);
  }
  return [...byText.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ conns: portsText(union(group.map(({ ports }) => ports))), ...first.text }];
  });
};

const pairOf = (
  src: string,
  dst: string,
  parts: readonly { readonly explained: Explained; readonly notes: readonly Note[] }[],
): PairExplanation => {
  const explanations = (wanted: boolean) =>
    merged(
      parts
        .filter(({ explained }) => explained.allowed === wanted)
        .map(({ explained, notes }) => ({ ports: explained.ports, text: detailOf(explained, src, dst, notes) })),
    );
  return { src, dst, section: specific, allowed: explanations(true), denied: explanations(false) };
};

/** What Ingresses say of each part of the ports of a workload, over what its policies say. */
const throughIngress = (explained: readonly Explained[], backends: readonly Backend[]) =>
  partsBetween(backends.map(({ ports }) => ports)).flatMap((part) => {
    const ports = portsOf([part]);
    const leading = backends.filter((backend) => !isEmpty(intersection(backend.ports, ports)));
    const text = ({ ingress, service }: Backend): string =>
      leading.length > 0
        ? `Ingress '${ingress}' allows ingress connections through service ${service}`
        : `Ingress '${ingress}' allows ingress to service ${service}, ${unmatched}`;
    const notes = (leading.length > 0 ? leading : backends).map((backend) => ({ kind: 'Ingress', text: text(backend) }));
    return explained.map((each) => ({
      explained: { ...each, ports: intersection(each.ports, ports), allowed: each.allowed && leading.length > 0 },
      notes: notes.filter((note, index) => notes.findIndex((other) => other.text === note.text) === index),
    }));
  });

export interface ExplainOptions extends Focus {
  readonly explainOnly?: string;
  readonly exposure?: boolean;
}

/** With exposure, np-guard names the rule for everyone where one leaves no port out, though a rule before it allows the Pod too. */
const wideWord = ({ network }: Policies, direction: Direction, word: Word): Word => ({
  ...word,
  reasons: word.reasons.map((reason) => {
    const rules = network.find(({ policy }) => policy === reason.policy)?.[direction] ?? [];
    const isWide = ({ peers }: CompiledRule): boolean =>
      peers === undefined || peers.some(({ described }) => described !== undefined && isEntireCluster(described));
    const widest = rules.find((rule) => isWide(rule) && rule.ports === undefined);
    return reason.says !== 'allows' || widest === undefined || isWide(reason.rule) ? reason : { ...reason, rule: widest };
  }),
});

/** Every pair of a directory with its reasons. */
export const explanationsOf = (directory: Directory, options: ExplainOptions): readonly PairExplanation[] => {
  const { policies, pairs, backends, workloads } = directory;
  const focus = focusPorts(options);
  const found: PairExplanation[] = [];
  const inFocus = (part: { readonly explained: Explained; readonly notes: readonly Note[] }) => {
    const ports = intersection(part.explained.ports, focus);
    return isEmpty(ports) ? [] : [{ ...part, explained: { ...part.explained, ports } }];
  };
  for (const { src, dst, from, to } of pairs) {
    if (!isInFocus(src, dst, options)) continue;
    const wide = options.exposure === true && from.pod !== undefined && to.pod !== undefined;
    const explained = explain(policies, from, to).map((each) =>
      wide
        ? { ...each, egress: wideWord(policies, 'egress', each.egress), ingress: wideWord(policies, 'ingress', each.ingress) }
        : each,
    );
    const parts = explained.map((each) => ({ explained: each, notes: [] })).flatMap(inFocus);
    const some = parts.some(({ explained: each }) => each.allowed);
    if ((options.explainOnly === 'allow' && !some) || (options.explainOnly === 'deny' && some)) continue;
    found.push(pairOf(src, dst, parts));
  }
  for (const dst of new Set(backends.map(({ workload }) => workload))) {
    if (!isInFocus(ingressController, dst, options)) continue;
    const explained = explain(policies, { pod: anyPod }, { pod: workloads.get(dst) });
    const parts = throughIngress(
      explained,
      backends.filter(({ workload }) => workload === dst),
    ).flatMap(inFocus);
    if (parts.some(({ explained: each }) => each.allowed)) found.push(pairOf(ingressController, dst, parts));
  }
  return found;
};

const range = /[\d.]+-[\d.]+\[External\]/g;

/** An explanation in the place of the connections of a pair; addresses are compared by `normalized`, not in the text. */
export const explanationLine = ({ src, dst, section, allowed, denied }: PairExplanation): Line => {
  const texts = [allowed, denied].map((list) =>
    list.map(({ conns, because, detail }) => [conns, because, ...detail].join('\n')).sort(),
  );
  const [isSpecific, isDefaultOnly] = [
    section === specific,
    denied.length === 0 && allowed.every(({ detail }) => detail.length === 0),
  ];
  const place = isSpecific || isDefaultOnly ? '' : `${section}\n`;
  const [yes = [], no = []] = texts;
  const conns = `${place}allowed: ${yes.join('\n')}\ndenied: ${no.join('\n')}`;
  return { src, dst, conns: conns.replace(range, 'that range') };
};

/** A pair that the record only names: everything is allowed, by default. */
export const defaultPair = (src: string, dst: string): PairExplanation => ({
  src,
  dst,
  section: specific,
  allowed: [{ conns: 'TCP, UDP, SCTP', because: systemDefault, detail: [] }],
  denied: [],
});
