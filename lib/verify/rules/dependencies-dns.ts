import type { NetworkPolicy, NetworkPolicyPeer } from '../../api/generated/types.js';
import { type LabelMatcher, matcherOf } from '../../api/label-selector.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../api/object.js';
import { withField } from '../edit.js';
import { dnsRule } from '../policy-peers.js';
import type { Draft, DryRun } from '../rule.js';
import { evidenceOf } from './connections.js';

const choosesPods = ({ podSelector, namespaceSelector }: NetworkPolicyPeer): boolean =>
  podSelector !== undefined || namespaceSelector !== undefined;

/** Policies that let Pods connect to other Pods of the cluster: those are mostly called by name. */
const opening = (run: DryRun): readonly Admitted<NetworkPolicy>[] =>
  run.acceptedOf('NetworkPolicy').flatMap((manifest): readonly Admitted<NetworkPolicy>[] => {
    const policy = run.cluster.get(run.refOf(manifest)) as Admitted<NetworkPolicy> | undefined;
    const opens = policy?.spec?.egress?.some(({ to = [] }) => to.some(choosesPods)) === true;
    return opens && policy !== undefined ? [policy] : [];
  });

/** A name that every cluster has, to see how far a question gets. */
const everywhere = { host: 'kubernetes.default.svc.cluster.local.', port: 443 };

/**
 * Egress policies that let Pods connect to others, but not to the cluster DNS, so that they never learn the address. Of Pods whose calls nobody
 * knows that is all that can be said; they may know addresses.
 */
export const silentDns = (run: DryRun, isKnown: (workload: ObjectRef) => boolean): readonly Draft[] => {
  const policies = opening(run);
  if (policies.length === 0) return [];
  const inNamespace = new Map<string, { readonly policy: Admitted<NetworkPolicy>; readonly selects: LabelMatcher }[]>();
  for (const policy of policies) {
    const opener = { policy, selects: matcherOf(policy.spec?.podSelector ?? {}) };
    const others = inNamespace.get(policy.metadata.namespace ?? '');
    if (others === undefined) inNamespace.set(policy.metadata.namespace ?? '', [opener]);
    else others.push(opener);
  }
  const found = new Map<
    string,
    { readonly policy: Admitted<NetworkPolicy>; readonly workloads: Map<string, ObjectRef>; draft: Draft }
  >();
  const seen = new Set<string>();
  for (const pod of run.pods) {
    const openers = inNamespace.get(pod.metadata.namespace ?? '');
    if (openers === undefined) continue;
    const workload = refOf(run.cluster.controllerOf(pod));
    const key = refKey(workload);
    if (seen.has(key)) continue;
    seen.add(key);
    const opener = openers.find(({ selects }) => selects(pod.metadata.labels));
    if (opener === undefined || isKnown(workload)) continue;
    const { hops, blockedAt } = run.network.connect({ pod }, everywhere);
    if (blockedAt?.at !== 'dns' || blockedAt.denied?.direction !== 'egress') continue;
    const { policy } = opener;
    const object = refOf(policy);
    const known = found.get(refKey(object));
    const workloads = known?.workloads ?? new Map<string, ObjectRef>();
    workloads.set(key, workload);
    if (known !== undefined) continue;
    const draft: Draft = {
      code: 'network/dns-blocked',
      severity: 'warning',
      object,
      field: 'spec.egress',
      message: '',
      evidence: evidenceOf(hops),
      fixes: [
        {
          text: `allow egress to the cluster DNS ({ to: clusterDns }) in ${refText(object)}`,
          change: { edit: object, to: withField('spec.egress', (old: unknown) => [...(Array.isArray(old) ? old : []), dnsRule]) },
        },
      ],
    };
    found.set(refKey(object), { policy, workloads, draft });
  }
  return [...found.values()].map(({ policy, workloads, draft }) => {
    const names = [...workloads.values()].map(refText);
    const listed = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
    return {
      ...draft,
      message: `${refText(refOf(policy))} lets ${listed} connect to other Pods, but not to the cluster DNS: whoever is called by name is never reached`,
    };
  });
};
