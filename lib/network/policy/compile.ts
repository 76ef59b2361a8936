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
import { blockPeer, type CompiledRule, podPeer, portMatcher } from './rule.js';

export interface CompiledPolicy {
  readonly policy: Admitted<NetworkPolicy>;
  readonly namespace: string;
  readonly selects: (labels: Labels) => boolean;
  /** Rules by direction; absent where the policy leaves the direction alone. */
  readonly ingress?: readonly CompiledRule[] | undefined;
  readonly egress?: readonly CompiledRule[] | undefined;
}

const ruleOf = (
  number: number,
  peers: readonly NetworkPolicyPeer[] | undefined,
  ports: readonly NetworkPolicyPort[] | undefined,
  namespace: string,
): CompiledRule => ({
  number,
  action: 'Allow',
  peers: peers?.length ? peers.map((peer) => (peer.ipBlock ? blockPeer(peer.ipBlock) : podPeer(peer, namespace))) : undefined,
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
