import type {
  EndpointSlice,
  Endpoints,
  Ingress,
  Namespace,
  NetworkPolicy,
  Node,
  Pod,
  Service,
} from '../../lib/api/generated/types.js';
import { matcherOfLabels } from '../../lib/api/label-selector.js';
import type { Admitted } from '../../lib/api/object.js';
import { endpointSlicesOf } from '../../lib/controllers/endpointslice.js';
import { mirroredSlicesOf } from '../../lib/controllers/endpointslicemirroring.js';
import type { NetworkView } from '../../lib/network/view.js';

type Labels = Readonly<Record<string, string>>;

const admitted = <T>(
  apiVersion: string,
  kind: string,
  metadata: { readonly name: string; readonly namespace?: string },
  rest: object,
): Admitted<T> =>
  ({
    apiVersion,
    kind,
    ...rest,
    metadata: { uid: `${kind}/${metadata.namespace ?? ''}/${metadata.name}`, ...metadata },
  }) as Admitted<T>;

/** `shop/web` as namespace and name. */
const named = (key: string, labels?: Labels) => {
  const [namespace = 'default', name = ''] = key.split('/');
  return { namespace, name, ...(labels && { labels }) };
};

const node = (name: string, address: string, zone?: string): Admitted<Node> =>
  admitted(
    'v1',
    'Node',
    { name, ...(zone && { labels: { 'topology.kubernetes.io/zone': zone } }) },
    {
      status: { addresses: [{ type: 'InternalIP', address }], conditions: [{ type: 'Ready', status: 'True' }] },
    },
  );

export interface PodShape {
  readonly ip: string;
  readonly labels?: Labels;
  readonly ports?: Readonly<Record<string, number>>;
  readonly node?: string;
  readonly ready?: boolean;
  readonly spec?: Partial<NonNullable<Pod['spec']>>;
}

export const pod = (
  key: string,
  { ip, labels, ports = {}, node: nodeName = 'k8s-w1', ready = true, spec = {} }: PodShape,
): Admitted<Pod> =>
  admitted('v1', 'Pod', named(key, labels), {
    spec: {
      nodeName,
      containers: [{ name: 'main', ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })) }],
      ...spec,
    },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });

export const service = (key: string, spec: Service['spec'], status?: Service['status']): Admitted<Service> =>
  admitted('v1', 'Service', named(key), { spec, ...(status && { status }) });

export const endpoints = (key: string, ip: string, port: number): Admitted<Endpoints> =>
  admitted('v1', 'Endpoints', named(key), { subsets: [{ addresses: [{ ip }], ports: [{ port }] }] });

export const policy = (key: string, spec: NetworkPolicy['spec']): Admitted<NetworkPolicy> =>
  admitted('networking.k8s.io/v1', 'NetworkPolicy', named(key), { spec });

export const ingress = (key: string, spec: Ingress['spec']): Admitted<Ingress> =>
  admitted('networking.k8s.io/v1', 'Ingress', named(key), { spec });

export const namespace = (name: string, labels: Labels = {}): Admitted<Namespace> =>
  admitted('v1', 'Namespace', { name, ...{ labels: { ...labels, 'kubernetes.io/metadata.name': name } } }, {});

const nodes = [node('k8s-w1', '192.168.1.11'), node('k8s-w2', '192.168.1.12'), node('k8s-w3', '192.168.1.13')];

/** A view of these objects on three workers, with the EndpointSlices that the controllers make for them. */
export const clusterOf = (objects: readonly Admitted[]): NetworkView => {
  const of = <T>(kind: string) =>
    objects.filter((object) => object.kind === kind) as readonly Admitted[] as readonly Admitted<T>[];
  const pods = of<Pod>('Pod');
  const services = of<Service>('Service');
  const byName = new Map(nodes.map((each) => [each.metadata.name, each]));
  const made = services.flatMap((each) => {
    const matches = matcherOfLabels(each.spec?.selector ?? {});
    const selected = pods.filter(({ metadata }) => metadata.namespace === each.metadata.namespace && matches(metadata.labels));
    return endpointSlicesOf(each, selected, byName).slices;
  });
  const mirrored = of<Endpoints>('Endpoints').flatMap((each) => {
    const owner = services.find(
      ({ metadata }) => metadata.name === each.metadata.name && metadata.namespace === each.metadata.namespace,
    );
    return mirroredSlicesOf(each, owner);
  });
  return {
    pods,
    services,
    endpointSlices: [...made, ...mirrored] as readonly EndpointSlice[] as readonly Admitted<EndpointSlice>[],
    namespaces: of<Namespace>('Namespace'),
    networkPolicies: of<NetworkPolicy>('NetworkPolicy'),
    ingresses: of<Ingress>('Ingress'),
    nodes,
  };
};

/** Containers listen on the ports that they declare. */
export const declaredListens = (each: Admitted<Pod>, port: number): boolean =>
  (each.spec?.containers ?? []).some(({ ports }) => (ports ?? []).some(({ containerPort }) => containerPort === port));
