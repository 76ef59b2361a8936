import type { LabelSelector, NetworkPolicy, Pod, Service } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf, refText } from '../../api/object.js';
import { parseAddress } from '../../network/address.js';
import type { Denied, Hop, Path } from '../../network/path.js';
import { withField } from '../edit.js';
import type { Destination } from '../intent.js';
import { dnsRule, ownLabels, peerOf } from '../policy-peers.js';
import type { Candidate, Change, DryRun } from '../rule.js';
import { podTemplateOf } from '../template.js';

/** A connection that is blocked: who makes it, to whom, and how far it comes. */
export interface Blocked {
  readonly from: ObjectRef;
  readonly to: Destination;
  readonly path: Path;
}

type Labels = Readonly<Record<string, string>>;

export const destinationText = (to: Destination): string =>
  to.kind === 'host'
    ? `${to.host}:${to.port}`
    : `${to.object.namespace === undefined ? '' : `${to.object.namespace}/`}${to.object.name}${to.port === undefined ? '' : `:${to.port}`}`;

const appended =
  (item: object) =>
  (old: unknown): unknown => [...(Array.isArray(old) ? old : []), item];

const podAt = (run: DryRun, ref: ObjectRef | undefined): Admitted<Pod> | undefined =>
  ref?.kind === 'Pod' ? (run.cluster.get(ref) as Admitted<Pod> | undefined) : undefined;

/** A Pod of the far end: the one that the connection came to, or one that its Service leads to. */
const serverPod = (run: DryRun, { to, path }: Pick<Blocked, 'to' | 'path'>): Admitted<Pod> | undefined => {
  const reached = podAt(run, path.hops.findLast(({ at, object }) => at === 'endpoint' && object?.kind === 'Pod')?.object);
  if (reached !== undefined || to.kind === 'host') return reached;
  const { object } = to;
  if (object.kind !== 'Service') return run.cluster.podsOf(object)[0];
  const slices = run.cluster.list('EndpointSlice', {
    namespace: object.namespace,
    labelSelector: `kubernetes.io/service-name=${object.name}`,
  });
  const name = slices.flatMap(({ endpoints }) => endpoints ?? [])[0]?.targetRef?.name;
  return name === undefined ? undefined : podAt(run, { apiVersion: 'v1', kind: 'Pod', namespace: object.namespace, name });
};

/** The workload at the far end. */
export const serverOf = (run: DryRun, blocked: Pick<Blocked, 'to' | 'path'>): ObjectRef | undefined => {
  const { to } = blocked;
  if (to.kind === 'object' && to.object.kind !== 'Service') return to.object;
  const pod = serverPod(run, blocked);
  return pod === undefined ? undefined : refOf(run.cluster.controllerOf(pod));
};

const policyOf = (run: DryRun, ref: ObjectRef): NetworkPolicy | undefined =>
  ref.kind === 'NetworkPolicy' ? (run.cluster.get(ref) as NetworkPolicy | undefined) : undefined;

const isEmptySelector = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;

/** The policy to add a rule to: one that is about these Pods, not one that is about every Pod of the namespace. */
const mostSpecific = (run: DryRun, { policies }: Denied): ObjectRef | undefined => {
  const specific = policies.filter((ref) => {
    const spec = policyOf(run, ref)?.spec;
    return spec !== undefined && !isEmptySelector(spec.podSelector);
  });
  return specific[0] ?? (policies.length === 1 ? policies[0] : undefined);
};

/** What the far end is called, and a rule that lets the connection through. */
interface Allowing {
  readonly what: string;
  readonly rule: object;
  /** The Pod whose policies deny, where a policy of its own may help. */
  readonly subject?: Admitted<Pod> | undefined;
}

const allowingRule = (run: DryRun, blocked: Blocked, hop: Hop, denied: Denied): Allowing | undefined => {
  const { from, to } = blocked;
  const [client] = run.cluster.podsOf(from);
  if (client === undefined) return undefined;
  const ports = [{ protocol: denied.protocol, port: denied.port }];
  const server = serverPod(run, blocked);
  if (hop.at === 'dns' && denied.direction === 'egress') {
    return { what: 'egress to the cluster DNS ({ to: clusterDns })', rule: dnsRule, subject: client };
  }
  if (hop.at === 'dns') {
    const rule = { from: [{ namespaceSelector: {} }], ports: dnsRule.ports };
    return { what: 'ingress to the cluster DNS from every namespace', rule };
  }
  if (denied.direction === 'ingress') {
    if (server === undefined) return undefined;
    const who = peerOf(ownLabels(client), client.metadata.namespace, server.metadata.namespace);
    return { what: `ingress from ${refText(from)}`, rule: { from: [who], ports }, subject: server };
  }
  if (server !== undefined) {
    const who = peerOf(ownLabels(server), server.metadata.namespace, client.metadata.namespace);
    const name = refText(refOf(run.cluster.controllerOf(server)));
    return { what: `egress to ${name}`, rule: { to: [who], ports }, subject: client };
  }
  const address = to.kind === 'host' ? parseAddress(to.host) : undefined;
  const cidr = to.kind === 'host' && address !== undefined ? `${to.host}/${address.family === 4 ? 32 : 128}` : '0.0.0.0/0';
  const whom = address === undefined ? 'addresses outside' : destinationText(to);
  return {
    what: `egress to ${whom} on ${denied.protocol} ${denied.port}`,
    rule: { to: [{ ipBlock: { cidr } }], ports },
    subject: client,
  };
};

/** A label that a peer of a policy asks for and that the other end does not have at all. */
const missingLabel = (run: DryRun, blocked: Blocked, denied: Denied): readonly Candidate[] => {
  const [client] = run.cluster.podsOf(blocked.from);
  const other = denied.direction === 'ingress' ? client : serverPod(run, blocked);
  if (other === undefined) return [];
  const labels = ownLabels(other);
  const root = run.cluster.controllerOf(other);
  const path = podTemplateOf(root)?.path;
  if (path === undefined) return [];
  const at = path === 'spec' ? 'metadata.labels' : path.replace(/spec$/, 'metadata.labels');
  return denied.policies.flatMap((ref): readonly Candidate[] => {
    const { ingress = [], egress = [] } = policyOf(run, ref)?.spec ?? {};
    const peers = denied.direction === 'ingress' ? ingress.flatMap(({ from = [] }) => from) : egress.flatMap(({ to = [] }) => to);
    return peers.flatMap(({ podSelector }): readonly Candidate[] => {
      const asked = Object.entries(podSelector?.matchLabels ?? {});
      const missing = asked.filter(([key]) => !Object.hasOwn(labels, key));
      const others = asked.some(([key, value]) => Object.hasOwn(labels, key) && labels[key] !== value);
      if (missing.length === 0 || missing.length > 2 || others) return [];
      const text = missing.map((pair) => pair.join('=')).join(',');
      const to = (old: unknown): unknown => ({ ...(old as Labels | undefined), ...Object.fromEntries(missing) });
      return [
        {
          text: `label the Pods of ${refText(refOf(root))} ${text}, as ${refText(ref)} asks`,
          change: { edit: refOf(root), to: withField(at, to) },
        },
      ];
    });
  });
};

/** The rule that knows the other end gets its port as well. */
const morePorts = ({ near, direction, protocol, port }: Denied): readonly Candidate[] =>
  near === undefined || near.policy.kind !== 'NetworkPolicy'
    ? []
    : [
        {
          text: `allow ${protocol} ${port} in ${direction} rule ${near.rule} of ${refText(near.policy)}`,
          change: {
            edit: near.policy,
            to: withField(`spec.${direction}[${near.rule - 1}].ports`, appended({ protocol, port })),
          },
        },
      ];

/** A rule more in the policy that denies, or a policy of its own where only such deny that are about every Pod. */
const moreRules = (run: DryRun, hop: Hop, denied: Denied, allowing: Allowing): Required<Candidate> | undefined => {
  const { what, rule, subject } = allowing;
  const policy = mostSpecific(run, denied);
  const { direction } = denied;
  if (policy !== undefined) {
    return {
      text: `allow ${what} in ${refText(policy)}`,
      change: { edit: policy, to: withField(`spec.${direction}`, appended(rule)) },
    };
  }
  if (subject === undefined || denied.policies.some((ref) => policyOf(run, ref) === undefined)) return undefined;
  const owner = refOf(run.cluster.controllerOf(subject));
  const { namespace } = subject.metadata;
  const suffix = hop.at === 'dns' ? 'dns' : direction;
  const add = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${owner.name}-${suffix}`.slice(-63).replace(/^[^a-z0-9]+/, ''), namespace: namespace ?? 'default' },
    spec: {
      podSelector: { matchLabels: ownLabels(subject) },
      policyTypes: [direction === 'egress' ? 'Egress' : 'Ingress'],
      [direction]: [rule],
    },
  };
  return { text: `add a NetworkPolicy for ${refText(owner)} that allows ${what}`, change: { add } };
};

/** The Service's own ports, and the one that its Pods listen on. */
const otherTargets = (run: DryRun, blocked: Blocked): readonly Candidate[] => {
  const { to } = blocked;
  if (to.kind !== 'object' || to.object.kind !== 'Service') return [];
  const service = run.cluster.get(to.object) as Service | undefined;
  const pod = serverPod(run, blocked);
  const index = (service?.spec?.ports ?? []).findIndex(
    ({ name, port }) => to.port === undefined || to.port === port || to.port === name,
  );
  if (pod === undefined || index < 0) return [];
  const behaviours = run.cluster.behaviourOf(pod);
  const listening = (pod.spec?.containers ?? []).flatMap(
    ({ name, ports = [] }) =>
      behaviours[name]?.listens?.map(({ port }) => port) ?? ports.map(({ containerPort }) => containerPort),
  );
  return [...new Set(listening)].map((port) => ({
    text: `set spec.ports[${index}].targetPort of ${refText(to.object)} to ${port}`,
    change: { edit: to.object, to: withField(`spec.ports[${index}].targetPort`, port) },
  }));
};

/** Ways to let a blocked connection through, the smallest first. Where policies deny at several hops, all of them at once. */
export const waysThrough = (run: DryRun, blocked: Blocked): readonly Candidate[] => {
  const hops = blocked.path.hops.filter(({ outcome }) => outcome === 'blocked');
  const [first] = hops;
  if (first?.at === 'container') return otherTargets(run, blocked);
  const { denied } = first ?? {};
  if (first === undefined || denied === undefined) return [];
  const rules: Required<Candidate>[] = [];
  for (const hop of hops) {
    const allowing = hop.denied && allowingRule(run, blocked, hop, hop.denied);
    const rule = hop.denied && allowing && moreRules(run, hop, hop.denied, allowing);
    if (rule !== undefined) rules.push(rule);
  }
  const small = first.at === 'dns' ? [] : [...missingLabel(run, blocked, denied), ...morePorts(denied)];
  if (rules.length === 0) return small;
  const text = rules.map((each) => each.text).join(', and ');
  const changes: readonly Change[] = rules.map(({ change }) => change);
  // The policies may not be among the manifests: then it is advice.
  return [...small, { text, change: { changes } }, { text }];
};
