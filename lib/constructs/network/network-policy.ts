import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { Endpoint } from '../destination.js';
import { listed, PlimsollError } from '../error.js';
import { type DeepPartial, merge } from '../merge.js';
import { bodyOf, namespaceOf, type ObjectProps, pathOf, Resource } from '../resource.js';
import { portOf, type ResolvedTarget, resolveTarget, sameNamespace, type Target, whenKnown } from '../target.js';
import { endpointRule, ownPorts, type Peer, plainPeers, plainPort } from './peer.js';

type OneOrMore<T> = T | readonly T[];

/** Who may connect to the protected Pods, and to which of their ports (default: all). */
export interface AllowFrom<Ports extends string> {
  readonly from: OneOrMore<Peer>;
  readonly to?: OneOrMore<Ports | number | k8s.NetworkPolicyPort> | undefined;
}

/** Whom the protected Pods may connect to: `db.at('pg')` (with its port), `clusterDns`, or peers and ports (default: all). */
export interface AllowTo {
  readonly to: OneOrMore<Endpoint | Peer>;
  readonly ports?: readonly (number | k8s.NetworkPolicyPort)[] | undefined;
  readonly from?: undefined;
}

export interface NetworkPolicyProps<Ports extends string> extends ObjectProps {
  /** The Pods that the policy is for. Default: all Pods of the namespace. */
  readonly protects?: Target<Ports> | undefined;
  /** What is allowed; everything else in the directions of `policyTypes` is not. */
  readonly allow: readonly (AllowFrom<NoInfer<Ports>> | AllowTo)[];
  /** Default: the directions that `allow` speaks of; Ingress when it is empty. */
  readonly policyTypes?: readonly ('Ingress' | 'Egress')[] | undefined;
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.NetworkPolicySpec> | undefined;
}

const isList = <T>(value: OneOrMore<T>): value is readonly T[] => Array.isArray(value);
const list = <T>(value: OneOrMore<T> | undefined): readonly T[] => (value === undefined ? [] : isList(value) ? value : [value]);

/** To Kubernetes an empty list means everyone, which is the opposite of what it looks like. */
const someone = <T>(path: string, peers: readonly T[]): readonly T[] => {
  if (peers.length === 0)
    throw new PlimsollError(path, 'has a rule that names nobody; leave it out to allow nobody, or write anyone');
  return peers;
};

const portRef = (
  path: string,
  target: ResolvedTarget | undefined,
  port: string | number | k8s.NetworkPolicyPort,
): k8s.NetworkPolicyPort => {
  if (typeof port === 'object') return port;
  if (typeof port === 'number') return plainPort({ port });
  // A number works with every network plugin, a name does not.
  const declared = portOf(target?.ports(), port);
  if (declared !== undefined) return plainPort(declared);
  throw new PlimsollError(
    path,
    `allows port '${port}', which the protected Pods do not declare; declared: ${listed(Object.keys(target?.ports() ?? {}))}`,
  );
};

const ingressRule = (
  path: string,
  rule: AllowFrom<string>,
  target: ResolvedTarget | undefined,
  namespace: string | undefined,
): k8s.NetworkPolicyIngressRule => {
  const peers = someone(path, list(rule.from));
  const ports = list(rule.to);
  const from = peers.flatMap((peer) => plainPeers(peer, namespace));
  return {
    ...(peers.some((peer) => 'anyone' in peer) ? {} : { from }),
    ...(ports.length === 0
      ? {}
      : { ports: whenKnown(target?.known ?? true, () => ports.map((port) => portRef(path, target, port))) }),
  };
};

/** One rule for each destination: they may have ports of their own. */
const egressRules = (path: string, rule: AllowTo, namespace: string | undefined): readonly k8s.NetworkPolicyEgressRule[] =>
  someone(path, list(rule.to)).map((to) => {
    if (to instanceof Endpoint) return endpointRule(path, to, namespace);
    const peers = plainPeers(to, namespace);
    const ports = rule.ports?.map((port) => portRef(path, undefined, port)) ?? ownPorts(to);
    return { ...(peers.length === 0 ? {} : { to: peers }), ...(ports.length === 0 ? {} : { ports }) };
  });

/**
 * Which connections of some Pods are allowed.
 *
 * @example
 * new NetworkPolicy(data, 'db-only-from-api', { protects: pg, allow: [{ from: api, to: 'pg' }] });
 * new NetworkPolicy(web, 'api-egress', { protects: api, allow: [{ to: db.at('pg') }, { to: clusterDns }] });
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export class NetworkPolicy<Ports extends string = string> extends Resource {
  constructor(scope: Construct, id: string, props: NetworkPolicyProps<Ports>) {
    const { plain, protects, allow, policyTypes } = bodyOf(props);
    const path = pathOf(scope, id);
    // Programs are run without a look at their types.
    if (!Array.isArray(allow))
      throw new PlimsollError(path, "has no list of rules; write allow: [{ from: api, to: 'http' }], or allow: [] for nobody");
    const namespace = namespaceOf(scope, props);
    const target = protects === undefined ? undefined : resolveTarget(protects);
    if (target !== undefined) sameNamespace(path, 'protects Pods', namespace, target);

    const ingress: k8s.NetworkPolicyIngressRule[] = [];
    const egress: k8s.NetworkPolicyEgressRule[] = [];
    for (const rule of allow) {
      if (rule.from === undefined) egress.push(...egressRules(path, rule, namespace));
      else ingress.push(ingressRule(path, rule, target, namespace));
    }
    const spoken = [...(ingress.length > 0 ? (['Ingress'] as const) : []), ...(egress.length > 0 ? (['Egress'] as const) : [])];
    const spec: k8s.NetworkPolicySpec = {
      podSelector: target === undefined ? {} : { matchLabels: whenKnown(target.known, () => target.labels()) },
      // Kubernetes' own default would add Ingress to a policy that speaks of egress only.
      policyTypes: policyTypes ?? (spoken.length > 0 ? spoken : ['Ingress']),
      ...(ingress.length > 0 ? { ingress } : {}),
      ...(egress.length > 0 ? { egress } : {}),
    };
    super(scope, id, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }, props, { spec: merge(spec, plain) });
  }
}
