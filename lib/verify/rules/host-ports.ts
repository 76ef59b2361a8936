import type { Deployment, Pod, Service, ServicePort, ServiceSpec } from '../../api/generated/types.js';
import { matcherOfLabels } from '../../api/label-selector.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../api/object.js';
import { type HostPort, hostPortsOf } from '../../scheduler/host-ports.js';
import { withField } from '../edit.js';
import { eligibleNodes, findsPortsFree, hasHostPort, hostPortPods, hostPortText, type PodsByNode } from '../host-port-pods.js';
import type { Draft, DryRun, Rule } from '../rule.js';
import { podTemplateOf } from '../template.js';

type Amount = number | string | undefined;

const amountOf = (value: Amount, replicas: number, round: (share: number) => number, otherwise: number): number => {
  if (typeof value === 'number') return value;
  const percent = value === undefined ? otherwise : Number(value.replace(/%$/, ''));
  return round((percent * replicas) / 100);
};

/** What a rolling update may take away at once; a Deployment that could do nothing at all may take one. */
const mayTakeAway = ({ strategy, replicas = 1 }: NonNullable<Deployment['spec']>): number => {
  const { maxSurge, maxUnavailable } = strategy?.rollingUpdate ?? {};
  const surge = amountOf(maxSurge, replicas, Math.ceil, 25);
  const away = amountOf(maxUnavailable, replicas, Math.floor, 25);
  return surge === 0 && away === 0 ? 1 : away;
};

const noRoom = (workload: ObjectRef, ports: string, text: string, path: string, value: object): Draft => ({
  code: 'port/no-room-to-roll',
  severity: 'warning',
  object: workload,
  field: path,
  message: `the next rolling update of ${refText(workload)} would wait for ever: ${text}`,
  evidence: [{ kind: 'field', path, message: `lets new Pods start only where host port ${ports} is free` }],
  fixes: [
    {
      text: `take an old Pod away first: set ${path} to { maxSurge: 0, maxUnavailable: 1 }`,
      change: { edit: workload, to: withField(path, value) },
    },
  ],
});

/** A Deployment whose new Pods find every node's host port held by its old ones, and which may not take one of those away. */
const deploymentRoll = (run: DryRun, workload: ObjectRef, byNode: PodsByNode): readonly Draft[] => {
  const deployment = run.cluster.get(workload) as Admitted<Deployment> | undefined;
  const { spec } = deployment ?? {};
  const podSpec = spec?.template.spec;
  if (spec === undefined || podSpec === undefined || (spec.strategy?.type ?? 'RollingUpdate') !== 'RollingUpdate') return [];
  const { replicas = 1 } = spec;
  const placed = run.cluster.podsOf(workload).filter((pod) => pod.spec?.nodeName !== undefined).length;
  // Pods that wait for a node already are an error of their own; of assumed nodes nobody knows how many there are.
  const isKnown = run.config.nodes !== undefined || run.config.snapshot !== undefined;
  if (!isKnown || replicas === 0 || placed < replicas || mayTakeAway(spec) > 0) return [];
  const nodes = eligibleNodes(run, podSpec).map(({ metadata }) => metadata.name);
  if (nodes.some((name) => findsPortsFree(podSpec, byNode.get(name) ?? []))) return [];
  const ports = hostPortsOf(podSpec).map(hostPortText).join(', ');
  const rolling = spec.strategy?.rollingUpdate ?? {};
  const text = `a new Pod needs a node whose host port ${ports} is free, none of ${nodes.length} is (${replicas} replicas hold it), and with maxUnavailable ${rolling.maxUnavailable ?? '25%'} of ${replicas} none may go first`;
  return [noRoom(workload, ports, text, 'spec.strategy.rollingUpdate', { maxSurge: 0, maxUnavailable: 1 })];
};

/** A DaemonSet starts the new Pod on the same node, where the old one holds the port. */
const daemonSetRoll = (workload: ObjectRef, object: object, ports: string): readonly Draft[] => {
  const { spec } = object as {
    readonly spec?: {
      readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly maxSurge?: Amount } };
    };
  };
  const { maxSurge } = spec?.updateStrategy?.rollingUpdate ?? {};
  if (maxSurge === undefined || amountOf(maxSurge, 100, Math.ceil, 0) === 0) return [];
  const text = `with maxSurge ${maxSurge} the new Pod of a node comes beside the old one, which holds host port ${ports} there`;
  return [noRoom(workload, ports, text, 'spec.updateStrategy.rollingUpdate', { maxSurge: 0, maxUnavailable: 1 })];
};

/** Ports of all nodes that kube-proxy takes, or listens on for health checks. */
const noSpec: ServiceSpec = {};
const noPort: Partial<ServicePort> = {};

const proxiedPorts = (run: DryRun): ReadonlyMap<string, { readonly service: Admitted<Service>; readonly health: boolean }> => {
  const found = new Map<string, { readonly service: Admitted<Service>; readonly health: boolean }>();
  for (const service of run.cluster.list('Service')) {
    const { ports, healthCheckNodePort } = service.spec ?? noSpec;
    for (let index = 0; ports !== undefined && index < ports.length; index++) {
      const { nodePort, protocol = 'TCP' } = ports[index] ?? noPort;
      if (nodePort !== undefined) found.set(`${nodePort}/${protocol}`, { service, health: false });
    }
    if (healthCheckNodePort) found.set(`${healthCheckNodePort}/TCP`, { service, health: true });
  }
  return found;
};

const isLoopback = (ip: string): boolean => ip === '::1' || ip.startsWith('127.');

const leadsTo = ({ metadata, spec }: Admitted<Service>, pod: Admitted<Pod>): boolean =>
  metadata.namespace === pod.metadata.namespace &&
  Object.keys(spec?.selector ?? {}).length > 0 &&
  matcherOfLabels(spec?.selector ?? {})(pod.metadata.labels);

const shadowed = (run: DryRun, byNode: () => PodsByNode): readonly Draft[] => {
  const proxied = proxiedPorts(run);
  if (proxied.size === 0) return [];
  const pods = [...byNode().values()].flat();
  const seen = new Set<string>();
  return pods.flatMap((pod) =>
    hostPortsOf(pod.spec ?? { containers: [] }).flatMap((port): readonly Draft[] => {
      const other = proxied.get(`${port.port}/${port.protocol}`);
      // A Service that leads to the Pod itself takes nothing away from it.
      if (other === undefined || isLoopback(port.ip) || (!other.health && leadsTo(other.service, pod))) return [];
      const workload = refOf(run.cluster.controllerOf(pod));
      const service = refOf(other.service);
      const key = `${refKey(workload)} ${refKey(service)} ${hostPortText(port)}`;
      const object = run.manifestOf(workload) !== undefined ? workload : service;
      if (seen.has(key) || run.manifestOf(object) === undefined) return [];
      seen.add(key);
      const what = other.health ? 'health check node port' : 'node port';
      const why = other.health
        ? `kube-proxy cannot listen there for ${refText(service)}'s load balancer`
        : 'kube-proxy takes what comes in at a node, and the Pod gets none of it';
      return [
        {
          code: 'port/shadowed',
          severity: 'warning',
          object,
          message: `host port ${hostPortText(port)} of ${refText(workload)} is the ${what} of ${refText(service)} as well: ${why}`,
          evidence: [
            { kind: 'object', object: workload, text: `holds host port ${hostPortText(port)}` },
            { kind: 'object', object: service, text: `has the ${what} ${port.port}` },
          ],
          fixes: [{ text: 'give one of them another port (host ports outside 30000-32767 never collide)' }],
        },
      ];
    }),
  );
};

/** Ports that a Pod on the network of its node opens without saying so in its spec; the scheduler knows nothing of them. */
const undeclaredPorts = (run: DryRun, pod: Admitted<Pod>): readonly string[] => {
  const behaviours = run.cluster.behaviourOf(pod);
  return (pod.spec?.containers ?? []).flatMap(({ name, ports = [] }) => {
    const declared = ports.map(({ containerPort, protocol = 'TCP' }) => `${containerPort}/${protocol}`);
    const { listens } = behaviours[name] ?? {};
    return listens === undefined ? declared : listens.map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`);
  });
};

/** Pods on the network of one node that open one port. Where both declare it, the scheduler keeps them apart. */
const sharedNode = (run: DryRun): readonly Draft[] => {
  if ((run.input.behaviours?.size ?? 0) === 0) return [];
  const first = new Map<string, Admitted<Pod>>();
  const seen = new Set<string>();
  return run.cluster.list('Pod').flatMap((pod): readonly Draft[] => {
    const { hostNetwork, nodeName } = pod.spec ?? {};
    if (hostNetwork !== true || nodeName === undefined) return [];
    return undeclaredPorts(run, pod).flatMap((port): readonly Draft[] => {
      const key = `${nodeName} ${port}`;
      const other = first.get(key);
      if (other === undefined) first.set(key, pod);
      if (other === undefined || other === pod) return [];
      const [a, b] = [other, pod].map((each) => refOf(run.cluster.controllerOf(each)));
      if (a === undefined || b === undefined || run.manifestOf(b) === undefined || seen.has(`${refKey(a)} ${refKey(b)} ${port}`))
        return [];
      seen.add(`${refKey(a)} ${refKey(b)} ${port}`);
      const whose = refKey(a) === refKey(b) ? `two Pods of ${refText(b)}` : `Pods of ${refText(a)} and ${refText(b)}`;
      return [
        {
          code: 'pod/port-conflict',
          severity: 'error',
          object: b,
          message: `${whose} both open port ${port} of node ${nodeName} (hostNetwork): the second one cannot`,
          evidence: [
            { kind: 'object', object: refOf(other), text: `opens ${port} of node ${nodeName}` },
            { kind: 'object', object: refOf(pod), text: `opens ${port} of node ${nodeName} too` },
          ],
          fixes: [{ text: 'declare the port in both (ports: containerPort): the scheduler then keeps them on different nodes' }],
        },
      ];
    });
  });
};

/** Ports of nodes: Pods that share one, node ports that take them away, updates that cannot roll because of them. */
export const hostPortsRule: Rule = (run) => {
  const holding: { readonly workload: ObjectRef; readonly object: Admitted; readonly ports: readonly HostPort[] }[] = [];
  for (const template of run.templates) {
    const { spec } = template;
    if (spec.hostNetwork !== true && !(hasHostPort(spec) && hostPortsOf(spec).length > 0)) continue;
    const workload = run.refOf(template);
    // On the network of the node every port is a host port: the server writes it so.
    const object = run.cluster.get(workload);
    const admitted = object && podTemplateOf(object)?.spec;
    if (object !== undefined && admitted !== undefined) holding.push({ workload, object, ports: hostPortsOf(admitted) });
  }
  if (holding.length === 0 && run.acceptedOf('Service').length === 0) return [];
  let known: PodsByNode | undefined;
  const byNode = (): PodsByNode => {
    known ??= hostPortPods(run);
    return known;
  };
  return [
    ...shadowed(run, byNode),
    ...(holding.length === 0 ? [] : sharedNode(run)),
    ...holding.flatMap(({ workload, object, ports }) => {
      if (run.blamed(workload)) return [];
      if (workload.kind === 'Deployment') return deploymentRoll(run, workload, byNode());
      return workload.kind === 'DaemonSet' && ports.length > 0
        ? daemonSetRoll(workload, object, ports.map(hostPortText).join(', '))
        : [];
    }),
  ];
};
