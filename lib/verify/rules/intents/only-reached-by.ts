import { refText } from '../../../api/object.js';
import type { NetworkMap } from '../../../network/map/map.js';
import type { IntentOf } from '../../intent.js';
import type { Candidate, Draft, DryRun } from '../../rule.js';
import { broken, nobody } from './draft.js';
import { guardedOf, podsBehind } from './guarded.js';
import { clientText } from './intent-text.js';
import { outsidersOf } from './outsiders.js';
import { peersOf, protectingPolicy, withoutRules } from './policy-fixes.js';
import { isClient, portsText, reasonText, type Stranger, strangersOf } from './reached.js';

const listed = 5;

/** `onlyReachedBy`: whoever policies let connect is a client of the intent. That the clients do connect is for `reaches` to say. */
export const onlyReachedBy = (run: DryRun, map: NetworkMap, intent: IntentOf<'onlyReachedBy'>): readonly Draft[] => {
  const { of, clients, ports: wanted } = intent;
  const pods = podsBehind(run, of);
  if (pods.length === 0) return nobody(run, intent, of);
  const code = 'intent/only-reached-by';
  const guarded = guardedOf(run, map, of, pods, wanted);
  if (typeof guarded === 'string') return [broken(run, intent, of, { code, message: guarded, evidence: [], fixes: () => [] })];
  const strangers = [
    ...strangersOf(run, map, guarded, isClient(run, clients, of.namespace ?? 'default')),
    ...outsidersOf(map, guarded, clients),
  ];
  const [first] = strangers;
  if (first === undefined) return [];

  const restricted = guarded.every(({ of: each }) => map.policies.isSelected('ingress', each.end));
  const names = clients.length === 0 ? 'nobody' : `${clients.map(clientText).join(', ')} only`;
  const more = strangers.length > 1 ? ` and ${strangers.length - 1} more` : '';
  const host = guarded.some(({ of: each }) => each.hostNetwork);
  const why = host
    ? ': its Pods use the network of their nodes, where policies do not bind them'
    : restricted
      ? ''
      : ': no NetworkPolicy restricts its ingress';
  return [
    broken(run, intent, of, {
      code,
      message: `${refText(of)} must be reached by ${names}, but ${first.text}${more} ${more === '' ? 'reaches' : 'reach'} it on ${portsText(first.ports)}${why}`,
      evidence: strangers.slice(0, listed).map(({ object, text, ports, by }) => ({
        kind: 'object',
        object: object ?? of,
        text: `${object === undefined ? `is reached by ${text}` : 'reaches it'} on ${portsText(ports)}: ${reasonText('ingress', by)}`,
      })),
      fixes: () => (restricted ? narrow(run, intent, strangers) : protect(run, intent, pods)),
    }),
  ];
};

const narrow = (
  run: DryRun,
  { of, clients }: IntentOf<'onlyReachedBy'>,
  strangers: readonly Stranger[],
): readonly Candidate[] => {
  const peers = peersOf(run, clients, of.namespace);
  const openings = strangers.flatMap(({ by }) => by.map((reason) => ({ direction: 'ingress' as const, reason })));
  return peers === undefined ? [] : withoutRules(openings, peers);
};

const protect = (
  run: DryRun,
  { of, clients }: IntentOf<'onlyReachedBy'>,
  pods: ReturnType<typeof podsBehind>,
): readonly Candidate[] => {
  const from = peersOf(run, clients, of.namespace);
  if (from === undefined) return [];
  const policy = protectingPolicy(run, of, pods, 'clients', {
    policyTypes: ['Ingress'],
    ...(from.length === 0 ? {} : { ingress: [{ from }] }),
  });
  if (policy === undefined) return [];
  const who = clients.length === 0 ? 'nobody' : clients.map(clientText).join(', ');
  return [
    { text: `add a NetworkPolicy for the Pods of ${refText(of)} that allows ingress from ${who}`, change: { add: policy } },
  ];
};
