import { type Admitted, refOf, refText } from '../api/object.js';
import { entry } from './entry.js';
import type { Forwarded, Request } from './forwarded.js';
import type { BackendReference, Gateway, GatewayListener, Redirect } from './gateway-api.js';
import { closeness, takesHost } from './gateway-host.js';
import { type RouteTaken, takeRoute } from './gateway-match.js';
import type { Attachment } from './gateway-routes.js';
import { pathOnly } from './http-path.js';
import { unknownProgram } from './party.js';
import type { Hop } from './path.js';
import { podOrigin, type Sender } from './sender.js';
import type { Wiring } from './wiring.js';

/** Labels that implementations give the Pods which serve a Gateway (GEP-1762; Envoy Gateway keeps them in a namespace of its own). */
const gatewayName = 'gateway.networking.k8s.io/gateway-name';
const envoyName = 'gateway.envoyproxy.io/owning-gateway-name';
const envoyNamespace = 'gateway.envoyproxy.io/owning-gateway-namespace';

const known = new WeakMap<Wiring, WeakMap<Admitted, Sender>>();

/** What serves a Gateway, as the source of what it sends on: its own Pod, or unknown. */
export const proxyOf = (wiring: Wiring, gateway: Admitted): Sender =>
  entry(
    entry(known, wiring, () => new WeakMap<Admitted, Sender>()),
    gateway,
    () => {
      const { namespace, name } = gateway.metadata;
      const pod = wiring.view.pods.find(({ metadata }) => {
        const { labels = {} } = metadata;
        if (labels[gatewayName] === name && metadata.namespace === namespace) return true;
        return labels[envoyName] === name && labels[envoyNamespace] === namespace;
      });
      if (pod !== undefined) return podOrigin(wiring, pod).sender;
      return { kind: 'node', text: `what serves ${refText(refOf(gateway))}`, ...unknownProgram() };
    },
  );

const schemePorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

const redirected = (request: Request, { scheme, hostname, port, fullPath, prefix }: Redirect, { match }: RouteTaken): Request => {
  const rest = pathOnly(request.path).slice(match.path.replace(/\/$/, '').length);
  const replaced = prefix === undefined ? undefined : `${prefix.replace(/\/$/, '')}${rest}` || '/';
  return {
    ...request,
    host: hostname ?? request.host,
    port: port ?? (scheme === undefined ? request.port : (schemePorts[scheme] ?? request.port)),
    path: fullPath ?? replaced ?? request.path,
  };
};

const backendText = ({ namespace, name, port, weight }: BackendReference, total: number): string =>
  `${namespace}/${name} port ${port ?? ''}${weight === total ? '' : ` (${Math.round((100 * weight) / total)}%)`}`;

/** Why requests to a backend fail; undefined where they do not, `assumed` where it is no Service. */
const backendFault = (wiring: Wiring, route: Admitted, backend: BackendReference): string | undefined => {
  const { group, kind, namespace, name } = backend;
  const what = `${kind} ${namespace}/${name}`;
  if (!wiring.gateways.permits(route, backend)) return `no ReferenceGrant in namespace ${namespace} lets it name ${what}`;
  if (group !== '' || kind !== 'Service') return undefined;
  return wiring.serviceNamed(`${namespace}/${name}`) === undefined ? `there is no ${what}` : undefined;
};

const forwarded = (wiring: Wiring, request: Request, taken: RouteTaken, extra: string | undefined): Forwarded => {
  const { attachment, rule, text } = taken;
  const { gateway, listener, route } = attachment;
  const object = refOf(route.object);
  const name = `${refText(refOf(gateway.object))} listener ${listener.name}, ${refText(object)} ${text}`;
  const doubt = taken.doubt ?? extra;
  const hop = (outcome: Hop['outcome'], what: string): Hop => ({ at: 'ingress', outcome, text: what, object });
  if (rule.redirect !== undefined) {
    const to = redirected(request, rule.redirect, taken);
    const where = `${name}: the client is told to ask ${to.host}:${to.port}${to.path} instead`;
    return { hops: [hop('assumed', `${where}; that it does is assumed`)], to: [], redirect: to };
  }
  const used = rule.backends.filter(({ weight }) => weight > 0);
  const total = used.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) {
    const why = rule.backends.length === 0 ? 'the rule has no backend' : 'every backend has weight 0';
    return { hops: [hop('blocked', `${name}: ${why}, so requests are answered with 500`)], to: [] };
  }
  const sender = proxyOf(wiring, gateway.object);
  const faults = used.map((backend) => backendFault(wiring, route.object, backend));
  const services = used.flatMap((backend, index) => {
    const isService = faults[index] === undefined && backend.group === '' && backend.kind === 'Service';
    const service = isService ? wiring.serviceNamed(`${backend.namespace}/${backend.name}`) : undefined;
    return service === undefined ? [] : [{ service, port: backend.port, sender }];
  });
  const list = used.map((backend) => `${backend.kind} ${backendText(backend, total)}`).join(', ');
  const fault = faults.find((each) => each !== undefined);
  const failing = fault === undefined ? undefined : hop('blocked', `${name} -> ${list}: ${fault}`);
  const assumptions = [
    ...(sender.pod === undefined ? [`that a controller serves GatewayClass ${gateway.className} is assumed`] : []),
    ...(doubt === undefined ? [] : [doubt]),
    ...(used.some(({ group, kind }) => group !== '' || kind !== 'Service') ? ['that other backends serve is assumed'] : []),
  ];
  const by = sender.pod === undefined ? '' : `, by ${sender.text}`;
  const shown = [`${name} -> ${list}${by}`, ...assumptions].join('; ');
  return { hops: [hop(assumptions.length > 0 ? 'assumed' : 'passed', shown)], to: services, failing };
};

const isFor =
  ({ host, port }: Pick<Request, 'host' | 'port'>) =>
  ({ hostname, listener }: Attachment): boolean =>
    listener.port === port && takesHost(hostname, host);

/** What a Gateway makes of a request, and how closely its routes name the host: 0 when they take any. */
export interface GatewayMatch {
  readonly closeness: number;
  forward(): Forwarded;
}

const portsOf = (listeners: readonly GatewayListener[]): string => [...new Set(listeners.map(({ port }) => port))].join(', ');

/** The Gateway that takes a request for a host; undefined when none has routes for it. */
export const matchGateway = (wiring: Wiring, request: Request): GatewayMatch | undefined => {
  const forHost = wiring.gateways.attachments.filter(({ hostname }) => takesHost(hostname, request.host));
  const byGateway = new Map<Gateway, Attachment[]>();
  for (const each of forHost.filter(isFor(request))) entry(byGateway, each.gateway, () => []).push(each);
  const closestOf = (list: readonly Attachment[]): number => Math.max(...list.map(({ hostname }) => closeness(hostname)));
  const [first, ...others] = [...byGateway.values()].sort((a, b) => closestOf(b) - closestOf(a));
  if (first !== undefined) {
    const gateway = first[0]?.gateway;
    const doubt = others.length === 0 ? undefined : 'several Gateways take this host, and its address decides which one is asked';
    return {
      closeness: closestOf(first),
      forward: () => {
        const taken = takeRoute(first, request);
        if (taken !== undefined) return forwarded(wiring, request, taken, doubt);
        const object = gateway && refOf(gateway.object);
        const name = object === undefined ? '' : refText(object);
        const text = `${name}: no route for ${request.host} takes ${request.method} ${request.path}, so it is answered with 404`;
        return { hops: [{ at: 'ingress', outcome: 'blocked', text, object }], to: [] };
      },
    };
  }
  // Whoever names the host serves it on other ports only.
  const elsewhere = forHost.filter(({ hostname }) => hostname !== undefined);
  const [other] = elsewhere;
  if (other === undefined) return undefined;
  const object = refOf(other.gateway.object);
  const ports = portsOf(elsewhere.map(({ listener }) => listener));
  const text = `${refText(object)} serves ${request.host} on port ${ports} only, not ${request.port}`;
  return {
    closeness: closestOf(elsewhere),
    forward: () => ({ hops: [{ at: 'ingress', outcome: 'blocked', text, object }], to: [] }),
  };
};
