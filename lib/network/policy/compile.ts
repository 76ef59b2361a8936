import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '../../api/generated/types.js';
import { matcherOf } from '../../api/label-selector.js';
import type { Admitted } from '../../api/object.js';
import type { Labels } from '../../api/selector.js';
import { contains, parseCidr } from '../address.js';
import { type Protocol, protocolOf } from '../protocol.js';
import { declaredPorts, type End, type PodEnd } from './end.js';
import { allPorts, type PortSet, portsOf } from './port-set.js';

export type Direction = 'ingress' | 'egress';

/** A port of a rule: numbers, or a name that each destination Pod resolves for itself. */
interface PortMatcher {
  readonly protocol: Protocol;
  readonly name?: string | undefined;
  readonly first: number;
  readonly last: number;
}

/** One numbered rule of a policy; without peers or ports it takes all. */
export interface CompiledRule {
  /** Counted from 1, as the rules stand in the policy. */
  readonly number: number;
  readonly peers?: readonly ((end: End) => boolean)[] | undefined;
  readonly ports?: readonly PortMatcher[] | undefined;
}

export interface CompiledPolicy {
  readonly policy: Admitted<NetworkPolicy>;
  readonly namespace: string;
  readonly selects: (labels: Labels) => boolean;
  /** Rules by direction; absent where the policy leaves the direction alone. */
  readonly ingress?: readonly CompiledRule[] | undefined;
  readonly egress?: readonly CompiledRule[] | undefined;
}

const ipBlock = ({ cidr, except }: { readonly cidr: string; readonly except?: readonly string[] | undefined }) => {
  const block = parseCidr(cidr);
  const holes = (except ?? []).map(parseCidr).filter((hole) => hole !== undefined);
  return ({ address, anyAddress }: End): boolean => {
    if (block === undefined) return false;
    if (address === undefined) return anyAddress === true;
    return contains(block, address) && !holes.some((hole) => contains(hole, address));
  };
};

/** Selectors look at Pods only; without a namespace selector at those of the policy's own namespace. */
const podPeer = (peer: NetworkPolicyPeer, namespace: string) => {
  const inNamespace = peer.namespaceSelector && matcherOf(peer.namespaceSelector);
  const selected = peer.podSelector && matcherOf(peer.podSelector);
  const matches = (pod: PodEnd): boolean =>
    (inNamespace === undefined ? pod.namespace === namespace : inNamespace(pod.namespaceLabels)) &&
    (selected === undefined || selected(pod.labels));
  return ({ pod }: End): boolean => pod !== undefined && matches(pod);
};

const portMatcher = ({ port, endPort, protocol }: NetworkPolicyPort): PortMatcher => {
  if (typeof port === 'string') return { protocol: protocolOf(protocol), name: port, first: 0, last: 0 };
  if (port === undefined) return { protocol: protocolOf(protocol), first: 1, last: 65_535 };
  return { protocol: protocolOf(protocol), first: port, last: endPort ?? port };
};

const ruleOf = (
  number: number,
  peers: readonly NetworkPolicyPeer[] | undefined,
  ports: readonly NetworkPolicyPort[] | undefined,
  namespace: string,
): CompiledRule => ({
  number,
  peers: peers?.length ? peers.map((peer) => (peer.ipBlock ? ipBlock(peer.ipBlock) : podPeer(peer, namespace))) : undefined,
  ports: ports?.length ? ports.map(portMatcher) : undefined,
});

/** Compiles a policy once; `policyTypes` that are not written follow the API server's default. */
export const compilePolicy = (policy: Admitted<NetworkPolicy>): CompiledPolicy => {
  const namespace = policy.metadata.namespace ?? 'default';
  const { podSelector = {}, ingress = [], egress = [], policyTypes } = policy.spec ?? {};
  const types = policyTypes?.length ? policyTypes : egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  const incoming = ({ from, ports }: NetworkPolicyIngressRule, index: number) => ruleOf(index + 1, from, ports, namespace);
  const outgoing = ({ to, ports }: NetworkPolicyEgressRule, index: number) => ruleOf(index + 1, to, ports, namespace);
  return {
    policy,
    namespace,
    selects: matcherOf(podSelector),
    ingress: types.includes('Ingress') ? ingress.map(incoming) : undefined,
    egress: types.includes('Egress') ? egress.map(outgoing) : undefined,
  };
};

export const allowsPeer = ({ peers }: CompiledRule, peer: End): boolean =>
  peers === undefined || peers.some((matches) => matches(peer));

/** Whether the rule has the port of `destination`; a name means what the destination's containers declare. */
export const allowsPort = ({ ports }: CompiledRule, destination: End, port: number, protocol: Protocol): boolean =>
  ports === undefined ||
  ports.some((matcher) => {
    if (matcher.protocol !== protocol) return false;
    if (matcher.name === undefined) return matcher.first <= port && port <= matcher.last;
    return declaredPorts(destination.pod?.spec).some(
      (declared) => declared.name === matcher.name && declared.protocol === protocol && declared.port === port,
    );
  });

/** The ports of `destination` that the rule has. */
export const portSetOf = ({ ports }: CompiledRule, destination: End): PortSet =>
  ports === undefined
    ? allPorts
    : portsOf(
        ports.flatMap((matcher) => {
          if (matcher.name === undefined) return [matcher];
          return declaredPorts(destination.pod?.spec)
            .filter(({ name, protocol }) => name === matcher.name && protocol === matcher.protocol)
            .map(({ port, protocol }) => ({ first: port, last: port, protocol }));
        }),
      );

/** Ports of a rule as text: `TCP 80, TCP 8000-8010, UDP dns`; `all ports`. */
export const portsText = ({ ports }: CompiledRule): string =>
  ports === undefined
    ? 'all ports'
    : ports
        .map(({ protocol, name, first, last }) => {
          if (name !== undefined) return `${protocol} ${name}`;
          if (first === 1 && last === 65_535) return protocol;
          return first === last ? `${protocol} ${first}` : `${protocol} ${first}-${last}`;
        })
        .join(', ');
