import { nearest } from '../../api/decode/suggest.js';
import type {
  Container,
  ContainerPort,
  Endpoint,
  EndpointSlice,
  Pod,
  Service,
  ServicePort,
  ServiceSpec,
} from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf, refText } from '../../api/object.js';
import { resourceOf } from '../../api/resources.js';
import type { PodBehaviour } from '../../kubelet/behaviour.js';
import { entry } from '../../network/entry.js';
import { byName } from '../by-name.js';
import { withField } from '../edit.js';
import type { Candidate, Draft, DryRun, Rule } from '../rule.js';

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map((pair) => pair.join('='))
    .join(',');

const hasAll = (labels: Readonly<Record<string, string>>, selector: Readonly<Record<string, string>>): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

interface Workload {
  readonly ref: ObjectRef;
  readonly labels: Readonly<Record<string, string>>;
}

/** Pod templates of the manifests by namespace. */
const templates = (run: DryRun): ReadonlyMap<string, readonly Workload[]> => {
  const byNamespace = new Map<string, Workload[]>();
  for (const template of run.templates) {
    const ref = run.refOf(template);
    const list = byNamespace.get(ref.namespace ?? '') ?? [];
    list.push({ ref, labels: template.labels });
    byNamespace.set(ref.namespace ?? '', list);
  }
  return byNamespace;
};

/** Ways to make a selector match: take the labels of the workload that is most like it. */
const rematch = (
  service: ObjectRef,
  selector: Readonly<Record<string, string>>,
  workloads: readonly Workload[],
): readonly Candidate[] => {
  const candidates: Candidate[] = [];
  for (const [key, value] of Object.entries(selector)) {
    const others = workloads.filter(({ labels }) =>
      hasAll(labels, Object.fromEntries(Object.entries(selector).filter(([other]) => other !== key))),
    );
    const values = [...new Set(others.flatMap(({ labels }) => labels[key] ?? []))];
    const meant = nearest(value, values) ?? (values.length === 1 ? values[0] : undefined);
    if (meant !== undefined)
      candidates.push({
        text: `set spec.selector.${key} to "${meant}"`,
        change: { edit: service, to: withField(`spec.selector[${key}]`, meant) },
      });
  }
  const like = workloads.find(({ ref }) => ref.name === service.name);
  if (like !== undefined && Object.keys(like.labels).length > 0)
    candidates.push({
      text: `select ${labelText(like.labels)}, the labels of ${refText(like.ref)}`,
      change: { edit: service, to: withField('spec.selector', like.labels) },
    });
  return candidates;
};

const noMatch = (
  run: DryRun,
  service: Admitted<Service>,
  selector: Readonly<Record<string, string>>,
  workloads: readonly Workload[],
): Draft => {
  const ref = refOf(service);
  // Programs that turn custom resources into Pods are not simulated: they may make the Pods.
  const custom = run.accepted.some(({ object }) => resourceOf(object.apiVersion, object.kind) === undefined);
  const severity = run.world === 'open' ? 'assumption' : custom ? 'warning' : 'error';
  return {
    code: severity === 'assumption' ? 'assumption/outside' : 'selector/matches-nothing',
    severity,
    object: ref,
    field: 'spec.selector',
    message: `${refText(ref)} selects ${labelText(selector)}, which no Pod in namespace ${ref.namespace} has${severity === 'assumption' ? '; Pods from elsewhere may' : ': connections to it are refused'}`,
    evidence: workloads
      .slice(0, 5)
      .map(({ ref: object, labels }) => ({ kind: 'object', object, text: `has the labels ${labelText(labels)}` })),
    fixes: severity === 'assumption' ? [] : rematch(ref, selector, workloads),
  };
};

/** The ports that the containers which keep running declare for a protocol. */
const portsOf = (pod: Admitted<Pod>, protocol: string): readonly ContainerPort[] => {
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...(pod.spec?.containers ?? []), ...sidecars].flatMap(({ ports }) =>
    (ports ?? []).filter((each) => (each.protocol ?? 'TCP') === protocol),
  );
};

const noContainers: readonly Container[] = [];

/** Whether a main container declares the port that a Service sends its requests to. */
const declares = (pod: Admitted<Pod>, port: ServicePort): boolean => {
  const target = port.targetPort ?? port.port;
  const protocol = port.protocol ?? 'TCP';
  const containers = pod.spec?.containers ?? noContainers;
  for (let index = 0; index < containers.length; index++) {
    const ports = containers[index]?.ports;
    if (ports === undefined) continue;
    for (let at = 0; at < ports.length; at++) {
      const each = ports[at];
      if (each === undefined || (each.name !== target && each.containerPort !== target)) continue;
      if ((each.protocol ?? 'TCP') === protocol) return true;
    }
  }
  return false;
};

const portFault = (
  service: ObjectRef,
  port: ServicePort,
  index: number,
  pod: Admitted<Pod>,
  workload: ObjectRef,
  behaviour: PodBehaviour,
): readonly Draft[] => {
  const target = port.targetPort ?? port.port;
  const protocol = port.protocol ?? 'TCP';
  const ports = portsOf(pod, protocol);
  const field = `spec.ports[${index}].targetPort`;
  const declared =
    ports
      .map(({ name, containerPort }) => (name === undefined ? String(containerPort) : `${name} (${containerPort})`))
      .join(', ') || 'none';
  const common = {
    code: 'service/port-mismatch',
    object: service,
    field,
    evidence: [{ kind: 'object', object: workload, text: `declares the ports: ${declared}` }],
  } as const;
  if (typeof target === 'string') {
    if (ports.some(({ name }) => name === target)) return [];
    const names = ports.flatMap(({ name }) => name ?? []);
    const meant = nearest(target, names) ?? (ports.length === 1 ? (names[0] ?? ports[0]?.containerPort) : undefined);
    return [
      {
        ...common,
        severity: 'error',
        message: `${refText(service)} sends port ${port.port} to the port named "${target}", which no container of ${refText(workload)} has: nothing answers there`,
        fixes:
          meant === undefined
            ? []
            : [{ text: `set ${field} to ${JSON.stringify(meant)}`, change: { edit: service, to: withField(field, meant) } }],
      },
    ];
  }
  // What the author says of the processes counts more than the ports that their containers declare.
  const listens = Object.values(behaviour).flatMap((each) => each.listens ?? []);
  if (listens.some((each) => each.port === target && (each.protocol ?? 'TCP') === protocol)) return [];
  if (ports.length === 0 || ports.some(({ containerPort }) => containerPort === target)) return [];
  const only = ports.length === 1 ? ports[0]?.containerPort : undefined;
  return [
    {
      ...common,
      severity: 'warning',
      message: `${refText(service)} sends port ${port.port} to port ${target}, which no container of ${refText(workload)} declares`,
      fixes:
        only === undefined ? [] : [{ text: `set ${field} to ${only}`, change: { edit: service, to: withField(field, only) } }],
    },
  ];
};

const noEndpoints: readonly Endpoint[] = [];

const newNames = () => new Map<string | undefined, readonly Endpoint[]>();

/** The endpoints of a Service, whatever slices they are in. */
const endpointsOf = (slices: readonly Admitted<EndpointSlice>[]) => {
  const found = new Map<string | undefined, Map<string | undefined, readonly Endpoint[]>>();
  for (let index = 0; index < slices.length; index++) {
    const slice = slices[index];
    if (slice === undefined) continue;
    const { metadata, endpoints = noEndpoints } = slice;
    const name = metadata.labels?.['kubernetes.io/service-name'];
    const names = entry(found, metadata.namespace, newNames);
    const known = names.get(name);
    names.set(name, known === undefined ? endpoints : [...known, ...endpoints]);
  }
  return (namespace: string | undefined, name: string): readonly Endpoint[] => found.get(namespace)?.get(name) ?? noEndpoints;
};

const declaresAll = (pod: Admitted<Pod>, ports: readonly ServicePort[]): boolean => {
  for (let index = 0; index < ports.length; index++) {
    const port = ports[index];
    if (port !== undefined && !declares(pod, port)) return false;
  }
  return true;
};

const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready !== false;

const noSpec: ServiceSpec = {};
const noPorts: readonly ServicePort[] = [];

/** Services that lead nowhere: no Pod selected, no Pod ready, no such port. */
export const servicesRule: Rule = (run) => {
  let byNamespace: ReturnType<typeof templates> | undefined;
  const pods = byName(run.cluster.list('Pod'));
  const services = byName(run.cluster.list('Service'));
  const endpointsOfService = endpointsOf(run.cluster.list('EndpointSlice'));

  /** What is wrong with a Service that selects Pods. */
  const faults = (
    ref: ObjectRef,
    service: Admitted<Service>,
    selector: Readonly<Record<string, string>>,
    endpoints: readonly Endpoint[],
  ): readonly Draft[] => {
    const selected = endpoints.flatMap(({ targetRef }) => pods(ref.namespace, targetRef?.name) ?? []);
    const [first] = selected;
    if (first === undefined) {
      byNamespace ??= templates(run);
      const workloads = byNamespace.get(ref.namespace ?? '') ?? [];
      // Selected Pods without an address are pending: that is said of them, not of their Service.
      const known =
        workloads.some(({ labels }) => hasAll(labels, selector)) ||
        run.cluster.list('Pod', { namespace: ref.namespace }).some(({ metadata }) => hasAll(metadata.labels ?? {}, selector));
      return known ? [] : [noMatch(run, service, selector, workloads)];
    }
    const workload = refOf(run.cluster.controllerOf(first));
    const mismatches = (service.spec?.ports ?? []).flatMap((port, index) =>
      portFault(ref, port, index, first, workload, run.cluster.behaviourOf(first)),
    );
    if (endpoints.some(isReady) || run.blamed(workload)) return mismatches;
    return [
      ...mismatches,
      {
        code: 'service/no-endpoints',
        severity: 'error',
        object: ref,
        message: `${refText(ref)} has no ready Pod: connections to it are refused`,
        evidence: selected.slice(0, 5).map((pod) => ({ kind: 'object', object: refOf(pod), text: 'is selected and not ready' })),
      },
    ];
  };

  const drafts: Draft[] = [];
  const manifests = run.acceptedOf('Service');
  for (let index = 0; index < manifests.length; index++) {
    const manifest = manifests[index];
    if (manifest?.object.apiVersion !== 'v1') continue;
    const { metadata } = manifest.object;
    const namespace = metadata.namespace ?? 'default';
    const service = services(namespace, metadata.name);
    const { selector, type, ports = noPorts } = service?.spec ?? noSpec;
    if (service === undefined || selector === undefined || Object.keys(selector).length === 0 || type === 'ExternalName')
      continue;
    const endpoints = endpointsOfService(namespace, service.metadata.name);
    const one = endpoints[0];
    const pod = one !== undefined && isReady(one) ? pods(namespace, one.targetRef?.name) : undefined;
    // Nearly every Service leads to a ready Pod with its ports; nothing is made for those.
    if (pod !== undefined && declaresAll(pod, ports)) continue;
    drafts.push(...faults(run.refOf(manifest), service, selector, endpoints));
  }
  return drafts;
};
