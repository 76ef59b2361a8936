import { type ObjectRef, refKey, refOf, refText } from '../../../api/object.js';
import type { PodClass } from '../../../network/map/classes.js';
import type { NetworkMap } from '../../../network/map/map.js';
import { allPorts, difference, isEmpty, noPorts, type PortSet, portsOf } from '../../../network/policy/port-set.js';
import type { Direction } from '../../../network/policy/rule.js';
import { protocolOf } from '../../../network/protocol.js';
import type { Evidence } from '../../finding.js';
import type { IntentOf } from '../../intent.js';
import { dnsRule } from '../../policy-peers.js';
import type { Candidate, Draft, DryRun } from '../../rule.js';
import { broken, nobody } from './draft.js';
import type { Guarded } from './guarded.js';
import { outsideOf, outsidersOf } from './outsiders.js';
import { protectingPolicy, withoutRules } from './policy-fixes.js';
import { ownFirst, portsText, reasonsOf, reasonText, type Stranger, strangersOf, workloadsOf } from './reached.js';

const listed = 4;

/** The ports by which the Pods of a class serve the cluster DNS. */
const dnsPorts = (map: NetworkMap, to: PodClass): PortSet => {
  const service = map.servicesOf(to).find(({ metadata }) => metadata.namespace === 'kube-system' && metadata.name === 'kube-dns');
  const ports = (service?.spec?.ports ?? []).filter(({ port }) => port === 53);
  return ports.length === 0
    ? noPorts
    : portsOf(
        ports.map(({ port, targetPort, protocol }) => {
          const number = typeof targetPort === 'number' ? targetPort : port;
          return { first: number, last: number, protocol: protocolOf(protocol) };
        }),
      );
};

/** Other Pods, and addresses outside, that the Pods may connect to. */
const reachedFrom = (run: DryRun, map: NetworkMap, classes: readonly PodClass[], dns: boolean): readonly Stranger[] => {
  const found = new Map<string, Stranger>();
  for (const from of classes) {
    for (const to of map.classes) {
      if (from === to && from.pods < 2) continue;
      const ports = dns ? difference(map.ports(from, to), dnsPorts(map, to)) : map.ports(from, to);
      if (isEmpty(ports)) continue;
      const by = reasonsOf(map, 'egress', from, to, ports);
      for (const { ref } of workloadsOf(run, to))
        if (!found.has(refKey(ref))) found.set(refKey(ref), { object: ref, text: refText(ref), ports, by });
    }
  }
  const outside = classes.flatMap((of) => outsideOf(map, 'egress', { of, ports: allPorts }) ?? []);
  return [...outside.slice(0, 1), ...ownFirst(run, [...found.values()])];
};

const names = (strangers: readonly Stranger[]): string => {
  const more = strangers.length > listed ? ` and ${strangers.length - listed} more` : '';
  return `${strangers
    .slice(0, listed)
    .map(({ text }) => text)
    .join(', ')}${more}`;
};

/** Whom a direction is open to: where no policy is about it, all together, otherwise each with the rule that lets it through. */
const evidenceOf = (
  workload: ObjectRef,
  direction: Direction,
  open: boolean,
  strangers: readonly Stranger[],
): readonly Evidence[] => {
  const does = direction === 'ingress' ? 'is reached by' : 'reaches';
  if (open)
    return [
      { kind: 'object', object: workload, text: `${does} ${names(strangers)}: no NetworkPolicy restricts its ${direction}` },
    ];
  return strangers.slice(0, listed).map(({ text, ports, by }) => ({
    kind: 'object',
    object: workload,
    text: `${does} ${text} on ${portsText(ports)}: ${reasonText(direction, by)}`,
  }));
};

/** One policy that closes what no policy is about, or the rules that are too many taken away. */
const closing = (
  run: DryRun,
  { workload, dns }: IntentOf<'isolated'>,
  open: { readonly ingress: boolean; readonly egress: boolean },
  incoming: readonly Stranger[],
  outgoing: readonly Stranger[],
): readonly Candidate[] => {
  const openings = [
    ...(open.ingress ? [] : incoming.flatMap(({ by }) => by.map((reason) => ({ direction: 'ingress' as const, reason })))),
    ...(open.egress ? [] : outgoing.flatMap(({ by }) => by.map((reason) => ({ direction: 'egress' as const, reason })))),
  ];
  const removing = withoutRules(openings);
  if (!open.ingress && !open.egress) return removing;
  const policyTypes = [...(open.ingress ? ['Ingress'] : []), ...(open.egress ? ['Egress'] : [])];
  const policy = protectingPolicy(run, workload, run.cluster.podsOf(workload), 'isolated', {
    policyTypes,
    ...(open.egress && dns ? { egress: [dnsRule] } : {}),
  });
  if (policy === undefined) return removing;
  const except = open.egress && dns ? ' but the cluster DNS' : '';
  const text = `add a NetworkPolicy of policyTypes ${policyTypes.join(' and ')} that allows the Pods of ${refText(workload)} nothing${except}`;
  const [also] = removing;
  return also?.change === undefined
    ? [{ text, change: { add: policy } }]
    : [{ text: `${text}, and ${also.text}`, change: { changes: [{ add: policy }, also.change] } }];
};

/** `isolated`: what policies leave open counts, whether or not somebody listens there; replicas count for each other too. */
export const isolated = (run: DryRun, map: NetworkMap, intent: IntentOf<'isolated'>): readonly Draft[] => {
  const { workload, dns } = intent;
  const pods = run.cluster.podsOf(workload);
  const [sample] = pods;
  if (sample === undefined) return nobody(run, intent, workload);
  const classes = [...new Set(pods.flatMap((pod) => map.classOf(pod) ?? []))];
  const guarded = classes.map((of): Guarded => ({ of, ports: allPorts }));
  const incoming = [...strangersOf(run, map, guarded, () => false), ...outsidersOf(map, guarded, [])];
  const outgoing = reachedFrom(run, map, classes, dns);
  if (incoming.length === 0 && outgoing.length === 0) return [];

  const open = {
    ingress: incoming.length > 0 && !classes.every(({ end }) => map.policies.isSelected('ingress', end)),
    egress: outgoing.length > 0 && !classes.every(({ end }) => map.policies.isSelected('egress', end)),
  };
  const host = sample.spec?.hostNetwork === true;
  const count = (strangers: readonly Stranger[]): string =>
    strangers.length === 1 ? (strangers[0]?.text ?? '') : `${strangers[0]?.text} and ${strangers.length - 1} more`;
  const faults = [
    ...(incoming.length === 0
      ? []
      : [`is reached by ${count(incoming)}${open.ingress ? ' (no NetworkPolicy restricts its ingress)' : ''}`]),
    ...(outgoing.length === 0
      ? []
      : [`reaches ${count(outgoing)}${open.egress ? ' (no NetworkPolicy restricts its egress)' : ''}`]),
  ];
  const message = host
    ? `${refText(workload)} must be isolated, but its Pods use the network of their nodes, where policies do not bind them`
    : `${refText(workload)} must be isolated${dns ? ' (but for DNS)' : ''}, but ${faults.join(' and ')}`;
  return [
    broken(run, intent, workload, {
      code: 'intent/isolated',
      message,
      evidence: host
        ? [{ kind: 'object', object: refOf(sample), text: 'has hostNetwork: true' }]
        : [...evidenceOf(workload, 'ingress', open.ingress, incoming), ...evidenceOf(workload, 'egress', open.egress, outgoing)],
      fixes: () => (host ? [] : closing(run, intent, open, incoming, outgoing)),
    }),
  ];
};
