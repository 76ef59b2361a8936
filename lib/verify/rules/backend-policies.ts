import type { Pod, Service } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refText } from '../../api/object.js';
import type { Hop } from '../../network/path.js';
import { withField } from '../edit.js';
import { ownLabels, peerOf } from '../policy-peers.js';
import type { Candidate, Draft, DryRun } from '../rule.js';

/** A rule more in the policy that blocks, for whoever serves the Ingress or Gateway. */
const allowing = (run: DryRun, hop: Hop, client: ObjectRef | undefined): readonly Candidate[] => {
  const { object: policy, denied } = hop;
  if (policy === undefined || denied === undefined || policy.kind !== 'NetworkPolicy') return [];
  const declared = run.config.ingressController;
  const pod = client && (run.cluster.get(client) as Pod | undefined);
  const labels = pod === undefined ? declared?.podLabels : ownLabels(pod);
  const namespace = pod === undefined ? declared?.namespace : pod.metadata?.namespace;
  if (labels === undefined || namespace === undefined) return [];
  const { port, protocol } = denied;
  const rule = { from: [peerOf(labels, namespace, policy.namespace)], ports: [{ protocol, port }] };
  const who = `the Pods of namespace ${namespace} with ${Object.entries(labels)
    .map((pair) => pair.join('='))
    .join(',')}`;
  return [
    {
      text: `allow ingress from ${who} to ${protocol} ${port} in ${refText(policy)}`,
      change: {
        edit: policy,
        to: withField('spec.ingress', (old: unknown) => [...(Array.isArray(old) ? old : []), rule]),
      },
    },
  ];
};

/** Whether the cluster has a policy at all that could stand between a controller and a backend. */
export const hasPolicies = ({ cluster }: DryRun): boolean =>
  cluster.list('NetworkPolicy').length > 0 ||
  ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'].some(
    (kind) => cluster.list({ apiVersion: 'policy.networking.k8s.io/v1alpha1', kind }).length > 0,
  );

/**
 * A policy that keeps what serves an Ingress or a Gateway (`proxy`) from a backend. What else is wrong with the backend is said of the backend.
 * Where nobody knows who serves, it is a warning.
 */
export const blockedBackend = (
  run: DryRun,
  {
    from,
    field,
    proxy,
    service,
    port,
  }: {
    readonly from: ObjectRef;
    readonly field: string;
    readonly proxy: Admitted;
    readonly service: Admitted<Service>;
    readonly port: number | string | undefined;
  },
): readonly Draft[] => {
  const path = run.network.connect({ proxy }, { service, port });
  const hop = path.blockedAt;
  if (hop === undefined || (hop.at !== 'egress' && hop.at !== 'policy-ingress')) return [];
  const client = path.hops[0];
  const declared = run.config.ingressController;
  const isKnown =
    client?.object !== undefined ||
    (proxy.kind === 'Ingress' && declared?.namespace !== undefined && declared.podLabels !== undefined);
  const { namespace, name } = service.metadata;
  return [
    {
      code: 'network/unreachable',
      severity: isKnown ? 'error' : 'warning',
      object: from,
      field,
      message: `${refText(from)} sends requests to Service ${namespace}/${name}, but ${client?.text ?? 'its controller'} does not reach it: ${hop.text}`,
      evidence: path.hops.map(({ at, outcome, text, object }) => ({ kind: 'hop', at, outcome, text, object })),
      fixes: hop.at === 'egress' ? [] : allowing(run, hop, client?.object),
    },
  ];
};
