import type { Ingress, Service, ServicePort } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf } from '../../api/object.js';
import { entry } from '../entry.js';
import { gatewayOf, httpRouteOf, isGatewayKind } from '../gateway-api.js';
import { commonHost } from '../gateway-host.js';
import { declaredPorts } from '../policy/end.js';
import { type Protocol, protocolOf } from '../protocol.js';
import type { NetworkView, Target } from '../view.js';
import type { PodClass } from './classes.js';

/** A way into the cluster, to one port of a class. */
export interface Entrance {
  readonly to: PodClass;
  readonly port: number;
  readonly protocol: Protocol;
  /** The object that opens it: a Service, an Ingress, an HTTPRoute, a Pod. */
  readonly by: ObjectRef;
  readonly how: 'NodePort' | 'LoadBalancer' | 'externalIPs' | 'Ingress' | 'HTTPRoute' | 'hostPort' | 'hostNetwork';
  /** The Service that it goes through, where `by` is none. */
  readonly service?: ObjectRef | undefined;
  /** Where one knocks outside: `198.51.100.7:80`, `every node:30080`, `https://shop.example.com/api`. */
  readonly at: readonly string[];
  /** Client addresses that a Service of type LoadBalancer lets in; absent for all. */
  readonly sources?: readonly string[] | undefined;
  /** The same, to be traced; undefined where it leads through a name that takes any host. */
  readonly target?: Target | undefined;
}

type Found = Pick<Entrance, 'to' | 'port' | 'protocol'>;

/** The port of a class's Pods that a Service port leads to. */
export const targetOf = (to: PodClass, { port, targetPort = port, protocol }: ServicePort): Found | undefined => {
  const wanted = protocolOf(protocol);
  if (typeof targetPort === 'number') return { to, port: targetPort, protocol: wanted };
  const named = declaredPorts(to.sample.spec).find((each) => each.name === targetPort && each.protocol === wanted);
  return named && { to, port: named.port, protocol: wanted };
};

const headless = ({ spec }: Service): boolean => spec?.clusterIP === 'None';

/** The port of a Service by its number or name; a headless one leads to the Pods' own ports. */
const servicePorts = (service: Service, wanted: number | string | undefined): readonly ServicePort[] => {
  const ports = service.spec?.ports ?? [];
  const found = ports.filter(
    ({ port, name }) => wanted === undefined || port === wanted || (name !== undefined && name === wanted),
  );
  return found.length === 0 && headless(service) && typeof wanted === 'number' ? [{ port: wanted }] : found;
};

/** The ways that a Service opens to those outside. */
const ofService = (service: Admitted<Service>, classes: readonly PodClass[]): readonly Entrance[] => {
  const { type, ports = [], externalIPs = [], loadBalancerSourceRanges = [] } = service.spec ?? {};
  const balanced = type === 'LoadBalancer';
  if (!balanced && type !== 'NodePort' && externalIPs.length === 0) return [];
  const given = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  return classes.flatMap((to) =>
    ports.flatMap((port): readonly Entrance[] => {
      const found = targetOf(to, port);
      if (found === undefined) return [];
      const hosts = [...(!balanced ? [] : given.length > 0 ? given : ['the load balancer']), ...externalIPs];
      const at = [
        ...hosts.map((host) => `${host.includes(':') ? `[${host}]` : host}:${port.port}`),
        ...(port.nodePort === undefined ? [] : [`every node:${port.nodePort}`]),
      ];
      const how = balanced ? 'LoadBalancer' : type === 'NodePort' ? 'NodePort' : 'externalIPs';
      const target: Target = { service, port: port.port, protocol: found.protocol };
      const sources = balanced && loadBalancerSourceRanges.length > 0 ? loadBalancerSourceRanges : undefined;
      return [{ ...found, by: refOf(service), how, at, target, sources }];
    }),
  );
};

interface Lead {
  readonly service: string;
  readonly port: number | string | undefined;
  readonly at: string;
  readonly target?: Target | undefined;
}

const httpTarget = (host: string, path: string, secure: boolean, port = secure ? 443 : 80): Target | undefined =>
  host === '' || host.startsWith('*') ? undefined : { host, port, path };

/** `https://shop.example.com/api`; `*` for any host. */
const urlText = (host: string, path: string, secure: boolean, port?: number): string => {
  const usual = port === undefined || port === (secure ? 443 : 80);
  return `${secure ? 'https' : 'http'}://${host || '*'}${usual ? '' : `:${port}`}${path}`;
};

const leadsOfIngress = ({ metadata, spec }: Admitted<Ingress>): readonly Lead[] => {
  const secured = new Set((spec?.tls ?? []).flatMap(({ hosts = [] }) => hosts.map((host) => host.toLowerCase())));
  const key = (name: string): string => `${metadata.namespace ?? 'default'}/${name}`;
  const rules = (spec?.rules ?? []).flatMap(({ host = '', http }) =>
    (http?.paths ?? []).flatMap(({ path = '/', pathType, backend: { service } }): readonly Lead[] => {
      if (service === undefined) return [];
      const secure = secured.has(host.toLowerCase());
      const at = `${urlText(host, path, secure)}${pathType === 'Exact' ? ' (exactly)' : ''}`;
      return [
        {
          service: key(service.name),
          port: service.port?.number ?? service.port?.name,
          at,
          target: httpTarget(host, path, secure),
        },
      ];
    }),
  );
  const last = spec?.defaultBackend?.service;
  if (last === undefined) return rules;
  return [...rules, { service: key(last.name), port: last.port?.number ?? last.port?.name, at: 'whatever no rule takes' }];
};

/** The ways through the Gateways that a route names as its parents; which routes they take is for the traced path to say. */
const leadsOfRoute = (object: Admitted, gateways: ReadonlyMap<string, ReturnType<typeof gatewayOf>>): readonly Lead[] => {
  const { parents, hostnames, rules } = httpRouteOf(object);
  const listeners = parents.flatMap(({ namespace, name, sectionName, port }) =>
    (gateways.get(`${namespace}/${name}`)?.listeners ?? []).filter(
      (each) => (sectionName === undefined || each.name === sectionName) && (port === undefined || each.port === port),
    ),
  );
  return listeners.flatMap((listener) => {
    const secure = listener.protocol === 'HTTPS' || listener.protocol === 'TLS';
    const names = hostnames.length === 0 ? [undefined] : hostnames;
    const hosts = names.flatMap((name) => commonHost(name, listener.hostname) ?? []);
    return hosts.flatMap(({ hostname: host = '' }) =>
      rules.flatMap(({ matches, backends }) =>
        matches.flatMap(({ path, type }) =>
          backends
            .filter(({ kind, weight }) => kind === 'Service' && weight > 0)
            .map(({ namespace, name, port }): Lead => {
              const at = `${urlText(host, path, secure, listener.port)}${type === 'Exact' ? ' (exactly)' : ''}`;
              return { service: `${namespace}/${name}`, port, at, target: httpTarget(host, path, secure, listener.port) };
            }),
        ),
      ),
    );
  });
};

/** What Pods open on their nodes themselves. */
const ofPods = (to: PodClass): readonly Entrance[] =>
  declaredPorts(to.sample.spec).flatMap(({ port, protocol, hostPort }): readonly Entrance[] => {
    const open = to.hostNetwork ? port : hostPort;
    if (open === undefined || open === 0) return [];
    const how = to.hostNetwork ? 'hostNetwork' : 'hostPort';
    return [{ to, port, protocol, by: refOf(to.sample), how, at: [`its node:${open}`] }];
  });

/** Every way into the cluster, in the order of the objects that open them. */
export const entrancesOf = (
  view: NetworkView,
  classes: readonly PodClass[],
  servicesOf: (of: PodClass) => readonly Admitted<Service>[],
): readonly Entrance[] => {
  const behind = new Map<string, PodClass[]>();
  for (const each of classes) {
    for (const { metadata } of servicesOf(each)) entry(behind, `${metadata.namespace}/${metadata.name}`, () => []).push(each);
  }
  const services = new Map(view.services.map((service) => [`${service.metadata.namespace}/${service.metadata.name}`, service]));
  const { gatewayObjects = [] } = view;
  const gateways = new Map(
    gatewayObjects
      .filter((object) => isGatewayKind(object, 'Gateway'))
      .map((object) => [`${object.metadata.namespace}/${object.metadata.name}`, gatewayOf(object)] as const),
  );
  const through = (object: Admitted, how: 'Ingress' | 'HTTPRoute', leads: readonly Lead[]): readonly Entrance[] =>
    leads.flatMap(({ service: key, port: wanted, at, target }) => {
      const service = services.get(key);
      const ports = service === undefined ? [] : servicePorts(service, wanted).slice(0, 1);
      return (behind.get(key) ?? []).flatMap((to) =>
        ports.flatMap((port): readonly Entrance[] => {
          const found = targetOf(to, port);
          return found === undefined
            ? []
            : [{ ...found, by: refOf(object), how, service: service && refOf(service), at: [at], target }];
        }),
      );
    });
  return [
    ...view.services.flatMap((service) =>
      ofService(service, behind.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? []),
    ),
    ...view.ingresses.flatMap((ingress) => through(ingress, 'Ingress', leadsOfIngress(ingress))),
    ...gatewayObjects
      .filter((object) => isGatewayKind(object, 'HTTPRoute'))
      .flatMap((route) => through(route, 'HTTPRoute', leadsOfRoute(route, gateways))),
    ...classes.flatMap(ofPods),
  ];
};
