import type { Pod, Service, ServicePort } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf, refText } from '../api/object.js';
import { type Address, formatAddress, hostPort, parseAddress } from './address.js';
import type { Forwarded, Request } from './forwarded.js';
import { frontDoor } from './front-door.js';
import { lookup } from './lookup.js';
import { unknownAddress } from './party.js';
import { type Hop, type Path, pathOf } from './path.js';
import { declaredPorts } from './policy/end.js';
import { policyHop } from './policy-hop.js';
import { type Protocol, protocolOf } from './protocol.js';
import { reachAddress, reachBalancer, reachServers, servingNode } from './reach.js';
import type { Sender } from './sender.js';
import { containerHop, type Server } from './server.js';
import { clusterDefaults, type Target } from './view.js';
import type { Wiring } from './wiring.js';

const blocked = (at: Hop['at'], text: string, object?: ObjectRef): Hop => ({
  at,
  outcome: 'blocked',
  text,
  ...(object && { object }),
});

const isLoopbackHost = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);

const usableAddresses = (sender: Sender, addresses: readonly string[]): readonly Address[] => {
  const parsed = addresses.map(parseAddress).filter((address) => address !== undefined);
  const family = sender.address?.family ?? 4;
  const own = parsed.filter((address) => address.family === family);
  return own.length > 0 ? own : parsed;
};

const isHeadless = ({ spec }: Service): boolean =>
  spec?.type !== 'ExternalName' && (spec?.clusterIPs?.[0] ?? spec?.clusterIP) === 'None';

const mostRedirects = 10;

const requestText = ({ host, port, path }: Request): string => `${host}:${port}${path}`;

/** Whether the client may leave for an address of which it is not known whether it is outside, or the Pod that serves it. */
const egressTo = (wiring: Wiring, sender: Sender, { host, port }: Request, { to }: Forwarded): Hop | undefined => {
  const { ends, doubt } = unknownAddress();
  const served = to[0]?.sender.ends ?? [];
  const hop = policyHop(wiring, 'egress', sender, { text: host, ends: [...ends, ...served], doubt }, port, 'TCP');
  const own = sender.ends.find(({ pod }) => pod !== undefined);
  if (hop?.outcome !== 'blocked' || own === undefined) return hop;
  // On its way to that Pod the connection gets another port, which is not known.
  const isOpen = served.some((end) => end.pod !== undefined && wiring.policies.portsOn('egress', own, end, end).TCP.length > 0);
  const text = `${sender.text} may leave for what serves ${host} on some port; that it is the right one is assumed`;
  return isOpen ? { at: 'egress', outcome: 'assumed', text, object: hop.object } : hop;
};

/** Through an Ingress or a Gateway, wherever that redirects to; undefined when none of them is for the host. */
const throughFrontDoor = (
  wiring: Wiring,
  before: readonly Hop[],
  sender: Sender,
  request: Request,
  asked: readonly string[],
): Path | undefined => {
  // From inside, a name that nobody here names is somewhere else, even if an Ingress takes any host.
  const door = frontDoor(wiring, request, sender.kind !== 'outside');
  if (door === undefined) return undefined;
  const egress = asked.length > 0 ? undefined : egressTo(wiring, sender, request, door);
  const hops = [...before, ...(egress === undefined ? [] : [egress]), ...door.hops];
  if (door.redirect !== undefined) {
    const { redirect } = door;
    const seen = [...asked, requestText(request)];
    if (seen.includes(requestText(redirect)) || seen.length > mostRedirects)
      return pathOf([...hops, blocked('ingress', `the redirects lead in a circle: ${seen.join(' -> ')}`, hops.at(-1)?.object)]);
    const name = `${redirect.host}:${redirect.port} outside the cluster`;
    return (
      throughFrontDoor(wiring, hops, sender, redirect, seen) ??
      reachServers(wiring, hops, sender, [{ port: redirect.port, text: name }], 'TCP')
    );
  }
  const paths = door.to.map((each) => toService(wiring, hops, each.sender, each.service, each.port));
  if (door.failing !== undefined) paths.push(pathOf([...before, door.failing]));
  const broken = paths.find(({ arrives }) => !arrives);
  const good = paths.some(({ arrives, partly }) => arrives || partly === true);
  return broken === undefined ? (paths[0] ?? pathOf(hops)) : { ...broken, ...(good && { partly: true }) };
};

/** A name that the cluster does not answer for: a node, the host of an Ingress, or truly outside. */
const toOutsideName = (wiring: Wiring, before: readonly Hop[], sender: Sender, target: HostTarget, name: string): Path => {
  const protocol = protocolOf(target.protocol);
  const node = wiring.nodeNamed(name);
  const [address] = node === undefined ? [] : wiring.places.nodeAddresses(node);
  if (address !== undefined) return reachAddress(wiring, before, sender, address, target.port, protocol);
  const balancer = wiring.balancers.proxyAt(name);
  if (balancer !== undefined) return reachBalancer(wiring, before, sender, balancer, target.port, protocol);
  const request: Request = {
    host: name,
    port: target.port,
    path: target.path ?? '/',
    method: target.method ?? 'GET',
    headers: new Map(Object.entries(target.headers ?? {}).map(([header, value]) => [header.toLowerCase(), value])),
  };
  const entered = protocol === 'TCP' ? throughFrontDoor(wiring, before, sender, request, []) : undefined;
  if (entered !== undefined) return entered;
  return reachServers(wiring, before, sender, [{ port: target.port, text: `${name} outside the cluster` }], protocol);
};

const toAddresses = (
  wiring: Wiring,
  before: readonly Hop[],
  sender: Sender,
  addresses: readonly Address[],
  port: number,
  protocol: Protocol,
): Path => {
  const [first, second] = addresses;
  if (first === undefined) return pathOf([...before, blocked('dns', 'there is no address to connect to')]);
  if (second === undefined) return reachAddress(wiring, before, sender, first, port, protocol);
  const servers = addresses.map((address): Server => {
    const place = wiring.places.at(address, port, protocol);
    return { address, port, pod: place?.kind === 'pod' ? place.pod : undefined };
  });
  return reachServers(wiring, before, sender, servers, protocol);
};

type HostTarget = Extract<Target, { readonly host: string }>;

export const toHost = (wiring: Wiring, before: readonly Hop[], sender: Sender, target: HostTarget): Path => {
  const { host, port } = target;
  const protocol = protocolOf(target.protocol);
  const bare = host.replace(/^\[|\]$/g, '');
  const { pod } = sender;
  if (isLoopbackHost(bare)) {
    // The containers of a Pod share one network: nothing lies between them.
    if (pod !== undefined) return pathOf([...before, containerHop(wiring, pod, port, protocol)]);
    const text = `${hostPort(bare, port)} of ${sender.text} is not the cluster's; that something listens is assumed`;
    return pathOf([...before, { at: 'endpoint', outcome: 'assumed', text }]);
  }
  const address = parseAddress(bare);
  if (address !== undefined) return reachAddress(wiring, before, sender, address, port, protocol);
  if (pod !== undefined) {
    const { hops, answer } = lookup(wiring, sender, pod, host);
    const after = [...before, ...hops];
    if (answer.outcome === 'missing') return pathOf(after);
    if (answer.outcome === 'outside') return toOutsideName(wiring, after, sender, target, answer.name);
    return toAddresses(wiring, after, sender, usableAddresses(sender, answer.addresses), port, protocol);
  }
  if (host.endsWith(`.${clusterDefaults.domain}`) || host.endsWith('.svc')) {
    return pathOf([...before, blocked('dns', `${host}: names of the cluster's DNS are known to its Pods only`)]);
  }
  return toOutsideName(wiring, before, sender, target, host.toLowerCase());
};

/** The address (or the name of a load balancer) and the port by which a Service is reached from outside. */
const outsideAddress = (
  wiring: Wiring,
  service: Admitted<Service>,
  port: number,
  found: ServicePort | undefined,
): readonly [string, number] | undefined => {
  const balancer = wiring.balancers.of(service)[0]?.at ?? service.spec?.externalIPs?.[0];
  if (balancer !== undefined) return [balancer, port];
  if (found?.nodePort === undefined) return undefined;
  const node = servingNode(wiring, service, found);
  const [address] = node === undefined ? [] : wiring.places.nodeAddresses(node);
  return address === undefined ? undefined : [formatAddress(address), found.nodePort];
};

export const toService = (
  wiring: Wiring,
  before: readonly Hop[],
  sender: Sender,
  service: Admitted<Service>,
  port: number | string | undefined,
  protocol?: Protocol,
): Path => {
  const object = refOf(service);
  const ports = service.spec?.ports ?? [];
  const fits = (each: (typeof ports)[number]): boolean => protocol === undefined || protocolOf(each.protocol) === protocol;
  const found = ports.find((each) => fits(each) && (port === undefined || each.port === port || each.name === port));
  const ambiguous = port === undefined && ports.length > 1;
  const number = found?.port ?? (typeof port === 'number' ? port : undefined);
  const chosen = protocolOf(found?.protocol ?? protocol);
  // Without ports (headless, ExternalName) a number goes as it is; with a cluster address it must be one of them.
  const open = isHeadless(service) || service.spec?.type === 'ExternalName';
  if (ambiguous || number === undefined || (found === undefined && !open)) {
    const known =
      ports.map((each) => `${each.name ? `${each.name} ` : ''}${each.port}/${each.protocol ?? 'TCP'}`).join(', ') || 'none';
    const asked = ambiguous ? 'has several ports; say which' : `has no port ${port ?? ''}`;
    return pathOf([...before, blocked('service', `${refText(object)} ${asked} (ports: ${known})`, object)]);
  }
  if (sender.kind === 'outside') {
    const at = outsideAddress(wiring, service, number, found);
    if (at !== undefined) return toHost(wiring, before, sender, { host: at[0], port: at[1], protocol: chosen });
    const type = service.spec?.type ?? 'ClusterIP';
    const why = `${refText(object)} of type ${type} has no address outside the cluster`;
    return pathOf([...before, blocked('service', why, object)]);
  }
  const name = `${service.metadata.name}.${service.metadata.namespace}.svc.${clusterDefaults.domain}`;
  if (sender.pod !== undefined) return toHost(wiring, before, sender, { host: `${name}.`, port: number, protocol: chosen });
  const resolver = { asksCluster: true, policy: '', searches: [], ndots: 1, hosts: new Map<string, string>() };
  const answer = wiring.dns.resolve(`${name}.`, resolver);
  if (answer.outcome === 'outside')
    return toOutsideName(wiring, before, sender, { host: answer.name, port: number, protocol: chosen }, answer.name);
  if (answer.outcome === 'missing')
    return pathOf([...before, blocked('service', `${refText(object)} has no ready endpoint`, object)]);
  return toAddresses(wiring, before, sender, usableAddresses(sender, answer.addresses), number, chosen);
};

export const toPod = (
  wiring: Wiring,
  before: readonly Hop[],
  sender: Sender,
  pod: Admitted<Pod>,
  port: number | string | undefined,
  protocol?: Protocol,
): Path => {
  const object = refOf(pod);
  const ports = declaredPorts(pod.spec).filter((each) => protocol === undefined || each.protocol === protocol);
  const found = ports.find((each) => port === undefined || each.name === port || each.port === port);
  const number = typeof port === 'number' ? port : found?.port;
  if (number === undefined)
    return pathOf([...before, blocked('container', `${refText(object)} declares no port ${port ?? ''}`, object)]);
  const chosen = protocol ?? found?.protocol ?? 'TCP';
  const [address] = wiring.places.addressesOf(pod);
  if (sender.kind === 'outside' && address !== undefined) return reachAddress(wiring, before, sender, address, number, chosen);
  return reachServers(wiring, before, sender, [{ address, port: number, pod }], chosen);
};
