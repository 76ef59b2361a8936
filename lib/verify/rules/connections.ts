import type { NetworkPolicy } from '../../api/generated/types.js';
import { type ObjectRef, refOf, refText } from '../../api/object.js';
import type { Hop } from '../../network/path.js';
import { withField } from '../edit.js';
import type { Evidence } from '../finding.js';
import type { Destination } from '../intent.js';
import type { Candidate, Connection, Draft, DryRun, Rule } from '../rule.js';

const text = (to: Destination): string =>
  to.kind === 'host'
    ? `${to.host}:${to.port}`
    : `${to.object.namespace === undefined ? '' : `${to.object.namespace}/`}${to.object.name}${to.port === undefined ? '' : `:${to.port}`}`;

const evidenceOf = (hops: readonly Hop[]): readonly Evidence[] =>
  hops.map(({ at, outcome, text: what, object }) => ({ kind: 'hop', at, outcome, text: what, object }));

/** Egress to the cluster DNS, as a rule of a policy. */
const dnsRule = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

const appended =
  (rule: object) =>
  (old: unknown): unknown => [...(Array.isArray(old) ? old : []), rule];

/** Labels of the Pods behind an end of the connection. */
const labelsOf = (run: DryRun, workload: ObjectRef): Readonly<Record<string, string>> | undefined => {
  const labels = run.cluster.podsOf(workload)[0]?.metadata.labels;
  if (labels === undefined) return undefined;
  const {
    'pod-template-hash': _hash,
    'controller-revision-hash': _revision,
    'statefulset.kubernetes.io/pod-name': _pod,
    'apps.kubernetes.io/pod-index': _index,
    ...own
  } = labels;
  return own;
};

const peer = (labels: Readonly<Record<string, string>>, namespace: string | undefined, home: string | undefined) => ({
  ...(namespace === home ? {} : { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }),
  podSelector: { matchLabels: labels },
});

/** The Pods of the far end, as a workload. */
const serverOf = (run: DryRun, to: Destination): ObjectRef | undefined => {
  if (to.kind === 'host') return undefined;
  if (to.object.kind !== 'Service') return to.object;
  const slices = run.cluster.list('EndpointSlice', {
    namespace: to.object.namespace,
    labelSelector: `kubernetes.io/service-name=${to.object.name}`,
  });
  const name = slices.flatMap(({ endpoints }) => endpoints ?? [])[0]?.targetRef?.name;
  const pod =
    name === undefined ? undefined : run.cluster.get({ apiVersion: 'v1', kind: 'Pod', namespace: to.object.namespace, name });
  return pod === undefined ? undefined : refOf(run.cluster.controllerOf(pod));
};

/** A rule more in the policy that blocks: the smallest one that lets this connection through. */
const allowing = (run: DryRun, { from, to }: Connection, hop: Hop): readonly Candidate[] => {
  const policy = hop.object;
  if (
    policy === undefined ||
    policy.kind !== 'NetworkPolicy' ||
    (run.cluster.get(policy) as NetworkPolicy | undefined)?.spec === undefined
  )
    return [];
  const server = serverOf(run, to);
  if (hop.at === 'policy-ingress') {
    const labels = labelsOf(run, from);
    if (labels === undefined) return [];
    return [
      {
        text: `allow ingress from ${refText(from)} in ${refText(policy)}`,
        change: {
          edit: policy,
          to: withField('spec.ingress', appended({ from: [peer(labels, from.namespace, policy.namespace)] })),
        },
      },
    ];
  }
  const labels = server === undefined ? undefined : labelsOf(run, server);
  if (server === undefined || labels === undefined) return [{ text: `allow egress to ${text(to)} in ${refText(policy)}` }];
  return [
    {
      text: `allow egress to ${refText(server)} in ${refText(policy)}`,
      change: {
        edit: policy,
        to: withField('spec.egress', appended({ to: [peer(labels, server.namespace, policy.namespace)] })),
      },
    },
  ];
};

const blockedDraft = (run: DryRun, connection: Connection, hop: Hop): Draft => {
  const { from, to, path, container, provenance } = connection;
  const dns = hop.at === 'dns' && hop.object?.kind === 'NetworkPolicy';
  const policy = hop.object;
  const who = `${container === undefined ? '' : `container ${container} of `}${refText(from)}`;
  return {
    code: dns ? 'network/dns-blocked' : 'network/unreachable',
    severity: 'error',
    object: from,
    source: provenance.source,
    message: dns
      ? `${who} cannot ask the cluster DNS, so it never reaches ${text(to)}`
      : `${who} does not reach ${text(to)}: ${hop.text}`,
    evidence: evidenceOf(path.hops),
    fixes:
      dns && policy !== undefined
        ? [
            {
              text: `allow egress to the cluster DNS ({ to: clusterDns }) in ${refText(policy)}`,
              change: { edit: policy, to: withField('spec.egress', appended(dnsRule)) },
            },
          ]
        : allowing(run, connection, hop),
  };
};

/**
 * What a connection that arrives relies on beyond the cluster: one assumption, about the hop where it leaves what is known. (That processes
 * listen is assumed of all containers, and said once.)
 */
const assumedDrafts = ({ from, to, path, provenance }: Connection): readonly Draft[] => {
  const hop = path.hops.findLast(({ at, outcome }) => outcome === 'assumed' && at !== 'container');
  if (hop === undefined) return [];
  const message = `${refText(from)} reaches ${text(to)}: ${hop.text}`;
  return [{ code: 'assumption/outside', severity: 'assumption', object: from, source: provenance.source, message }];
};

/** Declared calls and intents about connections. What follows from a fault that was already named is not said again. */
export const connectionsRule: Rule = (run) =>
  run.connections.flatMap((connection): readonly Draft[] => {
    const { from, to, must, path, provenance } = connection;
    if (must === 'not arrive') {
      if (!path.arrives && path.partly !== true) return [];
      return [
        {
          code: 'network/reachable',
          severity: 'error',
          object: from,
          source: provenance.source,
          message: `${refText(from)} must not reach ${text(to)}, and does`,
          evidence: evidenceOf(path.hops),
          fixes: [{ text: `protect ${text(to)} with a NetworkPolicy that allows only those who may connect` }],
        },
      ];
    }
    const hop = path.blockedAt;
    if (hop === undefined) return assumedDrafts(connection);
    const server = serverOf(run, to);
    const consequence = hop.at === 'ready' || hop.at === 'endpoint' || hop.at === 'service';
    if (consequence && ((server !== undefined && run.blamed(server)) || (to.kind === 'object' && run.blamed(to.object))))
      return [];
    return [blockedDraft(run, connection, hop)];
  });
