import { type Described, describedKey, entireCluster, isEntireCluster } from './described.js';
import type { End, PodEnd } from './end.js';
import type { Policies } from './policies.js';
import { allPorts, intersection, isEmpty, type PortSet, portSetText } from './port-set.js';
import { type CompiledRule, type Direction, podPeer } from './rule.js';

/** Ports over which Pods that nobody wrote yet could talk with a Pod. */
interface Exposure {
  readonly peer: Described;
  readonly ports: PortSet;
}

/** One direction of a Pod, as far as the manifests leave it open who is there. */
export interface ExposureOf {
  /** Whether any policy is about the direction. */
  readonly isProtected: boolean;
  /** Ports open to whoever else is in the cluster. */
  readonly entireCluster: PortSet;
  /** Peers with whom it is otherwise. */
  readonly described: readonly Exposure[];
}

/** The peers of a rule that go by selectors; none where one of a NetworkPolicy's peers is everyone anyway. */
const selectorsOf = ({ peers = [] }: CompiledRule): readonly Described[] =>
  peers.flatMap(({ described }) => (described === undefined ? [] : [described]));

/** Only labels, at both ends: then the Pods that have them are who is meant. */
const isPlain = ({ namespaces, pods }: Described): boolean =>
  [namespaces, pods].every(
    ({ matchLabels, matchExpressions }) =>
      Object.keys(matchLabels ?? {}).length > 0 && (matchExpressions === undefined || matchExpressions.length === 0),
  );

const nowhere = '';

/**
 * The Pods that rules of any policy describe, each description once. One that asks for labels only, of Pods and of
 * namespaces, is left out where a known Pod answers to it.
 */
export const describedPeers = (policies: Policies, known: readonly PodEnd[]): readonly Described[] => {
  const found = new Map<string, Described>();
  const add = (peers: readonly Described[]): void => {
    for (const peer of peers) {
      const key = describedKey(peer);
      if (key !== undefined && !isEntireCluster(peer) && !found.has(key)) found.set(key, peer);
    }
  };
  for (const { ingress = [], egress = [] } of policies.network) {
    for (const peers of [...ingress, ...egress].map(selectorsOf)) if (!peers.some(isEntireCluster)) add(peers);
  }
  for (const { ingress = [], egress = [] } of policies.admin) add([...ingress, ...egress].flatMap(selectorsOf));
  const isThere = (peer: Described): boolean => {
    const matcher = podPeer({ namespaceSelector: peer.namespaces, podSelector: peer.pods }, nowhere);
    return known.some((pod) => matcher.matches({ pod }));
  };
  return [...found.values()].filter((peer) => !isPlain(peer) || !isThere(peer));
};

/** The keys of the peers that rules describe. */
export const describedKeys = (rules: readonly CompiledRule[]): ReadonlySet<string> =>
  new Set(rules.flatMap(selectorsOf).flatMap((peer) => describedKey(peer) ?? []));

const opposite: Readonly<Record<Direction, Direction>> = { ingress: 'egress', egress: 'ingress' };

/** Ports that a Pod's policies leave open to whoever else is in the cluster. */
export const openToCluster = (policies: Policies, direction: Direction, subject: End): PortSet => {
  if (!policies.isSelected(direction, subject)) return allPorts;
  const anyone: End = { described: entireCluster };
  // A name that the Pod does not declare is open all the same, should it ever.
  return policies.portsOn(direction, subject, anyone, direction === 'ingress' ? { ...subject, ...anyone } : anyone);
};

/** What a Pod's policies leave open to Pods that are only described. */
export const exposureOf = (policies: Policies, direction: Direction, subject: End, peers: readonly Described[]): ExposureOf => {
  if (!policies.isSelected(direction, subject)) return { isProtected: false, entireCluster: allPorts, described: [] };
  const between = (peer: Described): PortSet => {
    const other: End = { described: peer };
    const destination = direction === 'ingress' ? subject : other;
    const own = policies.portsOn(direction, subject, other, destination);
    return intersection(own, policies.portsOn(opposite[direction], other, subject, destination));
  };
  const everyone = openToCluster(policies, direction, subject);
  const described = peers
    .map((peer): Exposure => ({ peer, ports: between(peer) }))
    .filter(({ ports }) => portSetText(ports) !== portSetText(everyone) && !(isEmpty(ports) && isEmpty(everyone)));
  return { isProtected: true, entireCluster: everyone, described };
};
