import type { LabelSelector } from '../../api/generated/types.js';
import type { Admitted, KubeObject } from '../../api/object.js';
import { protocolOf } from '../protocol.js';
import type { End } from './end.js';
import { type Action, allowsPeer, blockPeer, type CompiledRule, type PeerMatcher, podPeer } from './rule.js';

/** Nobody decodes custom resources: a field may be null. */
type Field<T> = T | null | undefined;

export interface AdminPeer {
  readonly namespaces?: Field<LabelSelector>;
  readonly pods?: Field<{ readonly namespaceSelector?: Field<LabelSelector>; readonly podSelector?: Field<LabelSelector> }>;
  readonly networks?: Field<readonly string[]>;
  readonly nodes?: Field<LabelSelector>;
}

export interface AdminPort {
  readonly portNumber?: { readonly protocol?: string; readonly port: number };
  readonly portRange?: { readonly protocol?: string; readonly start: number; readonly end: number };
  readonly namedPort?: string;
}

export interface AdminRule {
  readonly name?: string;
  readonly action?: string;
  readonly from?: Field<readonly AdminPeer[]>;
  readonly to?: Field<readonly AdminPeer[]>;
  readonly ports?: Field<readonly AdminPort[]>;
}

/** AdminNetworkPolicy and BaselineAdminNetworkPolicy of policy.networking.k8s.io/v1alpha1; a baseline has no priority. */
export interface AdminPolicy extends KubeObject {
  readonly spec?: {
    readonly priority?: number;
    readonly subject?: Field<Pick<AdminPeer, 'namespaces' | 'pods'>>;
    readonly ingress?: Field<readonly AdminRule[]>;
    readonly egress?: Field<readonly AdminRule[]>;
  };
}

export interface CompiledAdminPolicy {
  readonly policy: Admitted<AdminPolicy>;
  /** Looked at before the NetworkPolicies, or after them where none selects the Pod. */
  readonly tier: 'admin' | 'baseline';
  selects(end: End): boolean;
  /** Rules by direction; absent where the policy has none, which leaves the direction alone. */
  readonly ingress?: readonly CompiledRule[] | undefined;
  readonly egress?: readonly CompiledRule[] | undefined;
}

const actions: readonly Action[] = ['Allow', 'Deny', 'Pass'];

export const actionOf = (action: string | undefined): Action | undefined => actions.find((each) => each === action);

const inAnyNamespace = '';

/** A peer is of one sort. Nodes are no Pods, and their labels are not looked at: that peer takes nobody. */
const peersOf = ({ namespaces, pods, networks }: AdminPeer): readonly PeerMatcher[] => {
  if (namespaces) return [podPeer({ namespaceSelector: namespaces }, inAnyNamespace)];
  if (pods) {
    return [podPeer({ namespaceSelector: pods.namespaceSelector ?? {}, podSelector: pods.podSelector ?? {} }, inAnyNamespace)];
  }
  return (networks ?? []).map((cidr) => blockPeer({ cidr }));
};

const portOf = ({ portNumber, portRange, namedPort }: AdminPort) => {
  if (namedPort !== undefined) return { name: namedPort, first: 0, last: 0 };
  const { protocol } = portNumber ?? portRange ?? {};
  const [first, last] = portNumber ? [portNumber.port, portNumber.port] : [portRange?.start ?? 1, portRange?.end ?? 0];
  return { protocol: protocolOf(protocol), first, last };
};

type Tier = CompiledAdminPolicy['tier'];

/** A rule whose action the API does not know, or that passes on what comes last, is refused before it gets here. */
const rulesOf = (rules: Field<readonly AdminRule[]>, tier: Tier): readonly CompiledRule[] | undefined => {
  if (!rules?.length) return undefined;
  return rules.flatMap(({ name, action, from, to, ports }, index) => {
    const known = actionOf(action);
    if (known === undefined || (known === 'Pass' && tier === 'baseline')) return [];
    const peers = (from ?? to ?? []).flatMap(peersOf);
    return [{ number: index + 1, name, action: known, peers, ports: ports?.map(portOf) }];
  });
};

const compile = (policy: Admitted<AdminPolicy>): CompiledAdminPolicy => {
  const { subject, ingress, egress } = policy.spec ?? {};
  const selected: CompiledRule = { number: 0, action: 'Allow', peers: peersOf(subject ?? {}) };
  const tier = policy.kind === 'BaselineAdminNetworkPolicy' ? 'baseline' : 'admin';
  return {
    policy,
    tier,
    selects: (end) => allowsPeer(selected, end),
    ingress: rulesOf(ingress, tier),
    egress: rulesOf(egress, tier),
  };
};

/**
 * Compiles them in the order in which they are looked at: by priority, the lowest number first. Of two with one
 * priority Kubernetes leaves the order open; here the first by name comes first.
 */
export const compileAdminPolicies = (policies: readonly Admitted<AdminPolicy>[]): readonly CompiledAdminPolicy[] => {
  const order = ({ spec }: AdminPolicy): number => spec?.priority ?? 0;
  return [...policies].sort((a, b) => order(a) - order(b) || (a.metadata.name < b.metadata.name ? -1 : 1)).map(compile);
};
