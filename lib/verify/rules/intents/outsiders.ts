import type { NetworkPolicyPeer } from '../../../api/generated/types.js';
import { refText } from '../../../api/object.js';
import { type Cidr, formatAddress, parseCidr } from '../../../network/address.js';
import type { PodClass } from '../../../network/map/classes.js';
import type { NetworkMap } from '../../../network/map/map.js';
import type { End } from '../../../network/policy/end.js';
import type { Reason } from '../../../network/policy/explain.js';
import { intersection, isEmpty, type PortSet, union } from '../../../network/policy/port-set.js';
import type { Direction } from '../../../network/policy/rule.js';
import type { IntentClient } from '../../intent.js';
import type { Guarded } from './guarded.js';
import type { Stranger } from './reached.js';

const cidrText = ({ family, first, last }: Cidr): string => {
  const size = last - first + 1n;
  const bits = size.toString(2).length - 1;
  const width = family === 4 ? 32 : 128;
  const start = formatAddress({ family, value: first });
  return size === 1n << BigInt(bits) && first % size === 0n
    ? `${start}/${width - bits}`
    : `${start}-${formatAddress({ family, value: last })}`;
};

const within = ({ family, first, last }: Cidr, { ipBlock }: NetworkPolicyPeer): boolean => {
  const block = ipBlock && parseCidr(ipBlock.cidr);
  if (block === undefined || block.family !== family) return false;
  const holes = (ipBlock?.except ?? []).flatMap((hole) => parseCidr(hole) ?? []);
  return block.first <= first && last <= block.last && !holes.some((hole) => hole.first <= last && first <= hole.last);
};

const familiesOf = ({ sample: { status } }: PodClass): ReadonlySet<4 | 6> =>
  new Set((status?.podIPs ?? []).map(({ ip }) => (ip.includes(':') ? 6 : 4)));

const protocols = ['TCP', 'UDP', 'SCTP'] as const;

/** The rule that lets an address in or out, on the first of some ports. */
const ruleFor = (
  { policies }: NetworkMap,
  direction: Direction,
  { end }: PodClass,
  range: Cidr,
  ports: PortSet,
): readonly Reason[] => {
  const protocol = protocols.find((each) => ports[each].length > 0);
  const port = protocol && ports[protocol][0]?.first;
  if (end.pod === undefined || protocol === undefined || port === undefined) return [];
  const other: End = { address: { family: range.family, value: range.first } };
  const { allowing } = policies.judge(direction, end.pod, other, direction === 'ingress' ? end : other, port, protocol);
  return allowing === undefined ? [] : [{ ...allowing, says: 'allows' }];
};

/** Addresses outside the cluster with which a class may talk on some ports. */
export const outsideOf = (
  map: NetworkMap,
  direction: Direction,
  { of, ports: wanted }: Guarded,
  allowed: readonly IntentClient[] = [],
): Stranger | undefined => {
  const families = familiesOf(of);
  const peers = allowed.flatMap((client) => ('peer' in client ? [client.peer] : []));
  const open = map
    .outside(direction, of)
    .map(({ range, ports }) => ({ range, ports: intersection(ports, wanted) }))
    .filter(({ range, ports }) => families.has(range.family) && !isEmpty(ports) && !peers.some((peer) => within(range, peer)));
  if (open.length === 0) return undefined;
  const texts = open.map(({ range }) => cidrText(range));
  const shown = texts.slice(0, 3).join(', ') + (texts.length > 3 ? ` and ${texts.length - 3} more ranges` : '');
  return {
    text: `addresses outside the cluster (${shown})`,
    ports: union(open.map(({ ports }) => ports)),
    by: open.flatMap(({ range, ports }) => ruleFor(map, direction, of, range, ports)),
  };
};

const entrances = new WeakMap<NetworkMap, ReturnType<NetworkMap['entrances']>>();

const entrancesOf = (map: NetworkMap): ReturnType<NetworkMap['entrances']> => {
  const known = entrances.get(map) ?? map.entrances();
  entrances.set(map, known);
  return known;
};

/** Whoever comes from outside, by ways in that are no program of the cluster. */
export const outsidersOf = (
  map: NetworkMap,
  guarded: readonly Guarded[],
  clients: readonly IntentClient[],
): readonly Stranger[] => {
  return guarded.flatMap((each): readonly Stranger[] => {
    const restricted = map.policies.isSelected('ingress', each.of.end);
    const open = entrancesOf(map).filter(
      ({ to, port, protocol, how }) =>
        to === each.of &&
        // Through an Ingress its controller comes, a Pod that was judged; unless no policy asks who comes.
        (!restricted || (how !== 'Ingress' && how !== 'HTTPRoute')) &&
        each.ports[protocol].some(({ first, last }) => first <= port && port <= last),
    );
    const outside = open.length === 0 ? undefined : outsideOf(map, 'ingress', each, clients);
    if (outside === undefined) return [];
    const ways = open.map(({ by, how, at }) => `${by.kind === how ? '' : `${how} of `}${refText(by)} (${at.join(', ')})`);
    return [{ ...outside, text: `${outside.text} through ${ways.slice(0, 3).join(', ')}` }];
  });
};
