import type { LabelSelector, NetworkPolicyPeer, NetworkPolicyPort } from '../../api/generated/types.js';
import { matcherOf } from '../../api/label-selector.js';
import type { Admitted } from '../../api/object.js';
import { contains, parseCidr } from '../address.js';
import { type Protocol, protocolOf } from '../protocol.js';
import { type Described, takesDescribed } from './described.js';
import { declaredPorts, type End, type PodEnd } from './end.js';
import { allPorts, type PortSet, portsOf } from './port-set.js';

export type Direction = 'ingress' | 'egress';

/** Rules of NetworkPolicies allow; those of AdminNetworkPolicies may deny, or pass on to the NetworkPolicies. */
export type Action = 'Allow' | 'Deny' | 'Pass';

/** Whom a rule is about. */
export interface PeerMatcher {
  matches(end: End): boolean;
  /** The selectors, where it goes by them. */
  readonly described?: Described | undefined;
  /** The addresses, where it goes by them. */
  readonly block?: IPBlock | undefined;
}

interface IPBlock {
  readonly cidr: string;
  readonly except?: readonly string[] | undefined;
}

/** A port of a rule: numbers, or a name that each destination Pod resolves for itself. */
interface PortMatcher {
  /** Absent for a name that stands for the port of that name, whatever its protocol. */
  readonly protocol?: Protocol | undefined;
  readonly name?: string | undefined;
  readonly first: number;
  readonly last: number;
}

/** One numbered rule of a policy; without peers or ports it takes all. */
export interface CompiledRule {
  /** Counted from 1, as the rules stand in the policy. */
  readonly number: number;
  readonly name?: string | undefined;
  readonly action: Action;
  readonly peers?: readonly PeerMatcher[] | undefined;
  readonly ports?: readonly PortMatcher[] | undefined;
}

/** A rule, with the policy that it is of. */
export interface RuleOf {
  readonly policy: Admitted;
  readonly rule: CompiledRule;
}

const namespaceNamed = (name: string): LabelSelector => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

export const blockPeer = (block: IPBlock): PeerMatcher => {
  const cidr = parseCidr(block.cidr);
  const holes = (block.except ?? []).map(parseCidr).filter((hole) => hole !== undefined);
  return {
    block,
    matches: ({ address, anyAddress }) => {
      if (cidr === undefined) return false;
      if (address === undefined) return anyAddress === true;
      return contains(cidr, address) && !holes.some((hole) => contains(hole, address));
    },
  };
};

/** Selectors look at Pods only. Without a namespace selector at those of the policy's own namespace. */
export const podPeer = (
  { namespaceSelector, podSelector }: Pick<NetworkPolicyPeer, 'namespaceSelector' | 'podSelector'>,
  namespace: string,
): PeerMatcher => {
  const inNamespace = namespaceSelector && matcherOf(namespaceSelector);
  const selected = podSelector && matcherOf(podSelector);
  const described = { namespaces: namespaceSelector ?? namespaceNamed(namespace), pods: podSelector ?? {} };
  const takes = (pod: PodEnd): boolean =>
    (inNamespace === undefined ? pod.namespace === namespace : inNamespace(pod.namespaceLabels)) &&
    (selected === undefined || selected(pod.labels));
  return {
    described,
    matches: (end) => {
      if (end.pod !== undefined) return takes(end.pod);
      if (end.anyNamespace === true) return namespaceSelector !== undefined;
      return end.described !== undefined && takesDescribed(described, end.described);
    },
  };
};

export const portMatcher = ({ port, endPort, protocol }: NetworkPolicyPort): PortMatcher => {
  if (typeof port === 'string') return { protocol: protocolOf(protocol), name: port, first: 0, last: 0 };
  if (port === undefined) return { protocol: protocolOf(protocol), first: 1, last: 65_535 };
  return { protocol: protocolOf(protocol), first: port, last: endPort ?? port };
};

export const allowsPeer = ({ peers }: CompiledRule, peer: End): boolean =>
  peers === undefined || peers.some(({ matches }) => matches(peer));

const portsNamed = (destination: End, { name, protocol }: PortMatcher) =>
  declaredPorts(destination.pod?.spec).filter(
    (declared) => declared.name === name && (protocol === undefined || declared.protocol === protocol),
  );

/** Whether the rule has the port of `destination`; a name means what the destination's containers declare. */
export const allowsPort = ({ ports }: CompiledRule, destination: End, port: number, protocol: Protocol): boolean =>
  ports === undefined ||
  ports.some((matcher) => {
    if (matcher.name !== undefined) {
      return portsNamed(destination, matcher).some((declared) => declared.protocol === protocol && declared.port === port);
    }
    return matcher.protocol === protocol && matcher.first <= port && port <= matcher.last;
  });

/** The ports of `destination` that the rule has. Names that nobody resolves stay names where it is only described. */
export const portSetOf = ({ ports }: CompiledRule, destination: End): PortSet => {
  if (ports === undefined) return allPorts;
  const names: string[] = [];
  const numbers = ports.flatMap((matcher) => {
    const { name, protocol, first, last } = matcher;
    if (name === undefined) return [{ first, last, protocol: protocol ?? 'TCP' }];
    const found = portsNamed(destination, matcher);
    if (found.length === 0 && destination.described !== undefined) names.push(`${protocol ?? ''} ${name}`);
    return found.map((declared) => ({ first: declared.port, last: declared.port, protocol: declared.protocol }));
  });
  return portsOf(numbers, names);
};

/** Ports of a rule as text: `TCP 80, TCP 8000-8010, UDP dns`; `all ports`. */
export const portsText = ({ ports }: CompiledRule): string =>
  ports === undefined
    ? 'all ports'
    : ports
        .map(({ protocol, name, first, last }) => {
          if (name !== undefined) return protocol === undefined ? name : `${protocol} ${name}`;
          if (first === 1 && last === 65_535) return `${protocol}`;
          return first === last ? `${protocol} ${first}` : `${protocol} ${first}-${last}`;
        })
        .join(', ');
