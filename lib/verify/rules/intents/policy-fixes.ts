import type { NetworkPolicyPeer, Pod } from '../../../api/generated/types.js';
import { type Admitted, type KubeObject, type ObjectRef, refKey, refOf, refText } from '../../../api/object.js';
import type { Reason } from '../../../network/policy/explain.js';
import type { Direction } from '../../../network/policy/rule.js';
import { withField } from '../../edit.js';
import type { IntentClient } from '../../intent.js';
import { ownLabels, peerOf } from '../../policy-peers.js';
import type { Candidate, Change, DryRun } from '../../rule.js';

/** What a policy's rule would name the clients of an intent by; undefined where one of them has no labels to be selected by. */
export const peersOf = (
  run: DryRun,
  clients: readonly IntentClient[],
  home: string | undefined,
): readonly NetworkPolicyPeer[] | undefined => {
  const peers = clients.map((client): NetworkPolicyPeer | undefined => {
    if ('peer' in client) return client.peer;
    const [pod] = run.cluster.podsOf(client.workload);
    const labels = pod === undefined ? {} : ownLabels(pod);
    return Object.keys(labels).length === 0 ? undefined : peerOf(labels, client.workload.namespace, home);
  });
  return peers.every((peer) => peer !== undefined) ? peers : undefined;
};

const freeName = ({ cluster }: DryRun, namespace: string | undefined, name: string): string => {
  const taken = (each: string): boolean =>
    cluster.get({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace, name: each }) !== undefined;
  let number = 2;
  if (!taken(name)) return name;
  while (taken(`${name}-${number}`)) number++;
  return `${name}-${number}`;
};

/** A NetworkPolicy that selects these Pods by the labels that their author gave them. */
export const protectingPolicy = (
  run: DryRun,
  of: ObjectRef,
  pods: readonly Admitted<Pod>[],
  suffix: string,
  spec: object,
): KubeObject | undefined => {
  const labels = pods[0] === undefined ? {} : ownLabels(pods[0]);
  if (Object.keys(labels).length === 0) return undefined;
  const { namespace } = of;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: freeName(run, namespace, `${of.name}-${suffix}`), ...(namespace === undefined ? {} : { namespace }) },
    spec: { podSelector: { matchLabels: labels }, ...spec },
  };
};

/** A rule of a NetworkPolicy that lets somebody through against an intent. */
export interface Opening {
  readonly direction: Direction;
  readonly reason: Reason;
}

interface Numbers {
  readonly policy: ObjectRef;
  readonly ingress: Set<number>;
  readonly egress: Set<number>;
}

const rulesText = ({ policy, ingress, egress }: Numbers): string => {
  const said = (direction: Direction, numbers: ReadonlySet<number>): readonly string[] =>
    numbers.size === 0 ? [] : [`${direction} ${numbers.size === 1 ? 'rule' : 'rules'} ${[...numbers].join(' and ')}`];
  return `${[...said('ingress', ingress), ...said('egress', egress)].join(' and ')} of ${refText(policy)}`;
};

/** The rules that let somebody through, taken out of their policies, or (`instead`) narrowed to these peers. */
export const withoutRules = (openings: readonly Opening[], instead: readonly NetworkPolicyPeer[] = []): readonly Candidate[] => {
  const policies = new Map<string, Numbers>();
  for (const { direction, reason } of openings) {
    if (reason.says !== 'allows' || reason.policy.kind !== 'NetworkPolicy') continue;
    const policy = refOf(reason.policy);
    const numbers = policies.get(refKey(policy)) ?? { policy, ingress: new Set(), egress: new Set() };
    policies.set(refKey(policy), numbers);
    numbers[direction].add(reason.rule.number);
  }
  if (policies.size === 0) return [];
  const changed =
    (numbers: ReadonlySet<number>, peers: 'from' | 'to') =>
    (rules: unknown): unknown =>
      !Array.isArray(rules)
        ? rules
        : rules.flatMap((rule: object, index) =>
            !numbers.has(index + 1) ? [rule] : instead.length > 0 ? [{ ...rule, [peers]: instead }] : [],
          );
  const all = [...policies.values()];
  const changes = all.map(({ policy, ingress, egress }): Change => {
    const closeIngress = withField('spec.ingress', changed(ingress, 'from'));
    const closeEgress = withField('spec.egress', changed(egress, 'to'));
    return { edit: policy, to: (object) => closeEgress(closeIngress(object)) };
  });
  const rules = all.map(rulesText).join(' and ');
  const text = instead.length > 0 ? `let ${rules} name only those who may` : `remove ${rules}`;
  return [{ text, change: { changes } }];
};
