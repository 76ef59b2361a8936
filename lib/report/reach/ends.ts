import type { Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf, refText } from '../../api/object.js';
import type { Cluster } from '../../cluster/cluster.js';
import { formatAddress, parseAddress } from '../../network/address.js';
import { declaredPorts } from '../../network/policy/end.js';
import { type Protocol, protocolOf } from '../../network/protocol.js';
import type { Client, Target } from '../../network/view.js';
import type { Destination } from '../../verify/intent.js';
import { someoneOutside } from '../map/entrances.js';
import { kindNamed, named, UnknownName } from './named.js';

/** Who connects: clients that may differ in what becomes of their connection. */
export interface From {
  readonly text: string;
  readonly clients: readonly Client[];
  /** The workload, where there is one. */
  readonly workload?: ObjectRef | undefined;
  readonly namespace?: string | undefined;
}

/** One port of what is connected to. */
export interface To {
  readonly text: string;
  readonly target: Target;
  /** The same as an author would declare it. */
  readonly destination?: Destination | undefined;
}

/** Pods on more nodes than this are not asked. */
const mostClients = 10;

/** Equal Pods connect equally, but for the node that they run on. */
const clientsAmong = (pods: readonly Admitted<Pod>[]): readonly Admitted<Pod>[] => {
  const running = pods.filter(({ status }) => status?.phase === 'Running');
  const byNode = new Map((running.length > 0 ? running : pods).toReversed().map((pod) => [pod.spec?.nodeName ?? '', pod]));
  return [...byNode.values()].toReversed().slice(0, mostClients);
};

const withAddress = (
  cluster: Cluster,
  text: string,
): { readonly pod?: Admitted<Pod> | undefined; readonly node?: string | undefined } => {
  const pod = cluster
    .list('Pod')
    .find(
      ({ spec, status }) =>
        spec?.hostNetwork !== true && (status?.podIPs ?? [{ ip: status?.podIP }]).some(({ ip }) => ip === text),
    );
  const node = cluster.list('Node').find(({ status }) => status?.addresses?.some(({ address }) => address === text));
  return { pod, node: node?.metadata.name };
};

/**
 * Who connects: a Pod or workload, `node/NAME`, an address, or `outside`.
 *
 * @throws UnknownName
 */
export const fromOf = (cluster: Cluster, text: string): From => {
  if (text === 'outside') return { text: `outside (${someoneOutside})`, clients: [{ outside: someoneOutside }] };
  const address = parseAddress(text);
  if (address !== undefined) {
    const plain = formatAddress(address);
    const { pod, node } = withAddress(cluster, plain);
    if (pod !== undefined)
      return { text: refText(refOf(pod)), clients: [{ pod }], workload: refOf(pod), namespace: pod.metadata.namespace };
    return node === undefined
      ? { text: `${plain} outside`, clients: [{ outside: plain }] }
      : { text: `Node ${node}`, clients: [{ node }] };
  }
  const [, node] = /^(?:nodes?|no)[\s/]+(.+)$/i.exec(text) ?? [];
  if (node !== undefined) {
    if (cluster.get({ apiVersion: 'v1', kind: 'Node', name: node }) !== undefined)
      return { text: `Node ${node}`, clients: [{ node }] };
    throw new UnknownName(
      `there is no Node ${node}; there are ${cluster
        .list('Node')
        .map(({ metadata }) => metadata.name)
        .join(', ')}`,
    );
  }
  const { ref, pods = [] } = named(cluster, text, { services: false });
  if (pods.length === 0) throw new UnknownName(`${refText(ref)} has no Pods that could connect`);
  const clients = clientsAmong(pods).map((pod) => ({ pod }));
  // A snapshot may hold Pods without their workload.
  const workload = cluster.get(ref) === undefined ? clients[0] && refOf(clients[0].pod) : ref;
  return { text: refText(ref), clients, workload, namespace: ref.namespace };
};

interface Written {
  readonly scheme?: string | undefined;
  readonly host: string;
  readonly port?: number | string | undefined;
  readonly protocol?: Protocol | undefined;
  readonly path?: string | undefined;
}

/** Splits `data/db:5432`, `db:53/udp`, `[fd00::1]:80`, `https://shop.example.com/api`. */
const read = (text: string): Written => {
  const [, scheme, authority = '', path] = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(\/.*)?$/i.exec(text) ?? [];
  if (scheme !== undefined) return { ...read(authority.replace(/^[^@]*@/, '')), scheme: scheme.toLowerCase(), path };
  if (parseAddress(text) !== undefined) return { host: text };
  const [, bracketed, rest = ''] = /^\[([^\]]+)\](.*)$/.exec(text) ?? [];
  const bare = bracketed === undefined ? text : rest;
  const [, before = '', port, protocol] = /^(.*?):([A-Za-z0-9-]+)(?:\/(tcp|udp|sctp))?$/i.exec(bare) ?? [];
  const host = bracketed ?? (port === undefined ? text : before);
  const [, name, route] = /^([^/]*\.[^/]*)(\/.*)$/.exec(host) ?? [];
  if (name !== undefined && kindNamed(name) === undefined) return { ...read(name), path: route };
  const number = port !== undefined && /^\d+$/.test(port) ? Number(port) : port;
  return { host, port: number, ...(protocol === undefined ? {} : { protocol: protocolOf(protocol.toUpperCase()) }) };
};

const schemePorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
]);

/** The Service behind a name such as `db.data`, `db-0.db.data.svc.cluster.local`, to know its ports. */
const servicePortsOf = (cluster: Cluster, host: string) => {
  const labels = host
    .replace(/\.$/, '')
    .replace(/(\.svc)?(\.cluster\.local)?$/, '')
    .split('.');
  const [name = '', namespace] = labels.slice(-2);
  const service = cluster.list('Service').find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  return service?.spec?.ports ?? [];
};

/** Ports by which an Ingress is asked for a host. */
const ingressPorts = (cluster: Cluster, host: string): readonly number[] => {
  const own = cluster.list('Ingress').filter(({ spec }) => spec?.rules?.some((rule) => rule.host === host));
  const secured = own.some(({ spec }) => spec?.tls?.some(({ hosts }) => hosts?.includes(host)));
  return own.length === 0 ? [] : [secured ? 443 : 80];
};

const toHost = (cluster: Cluster, { scheme = '', host, port: written, protocol, path }: Written): readonly To[] => {
  if (typeof written === 'string') throw new UnknownName(`a host has ports by number, not by name: ${host}:${written}`);
  const given = written ?? schemePorts.get(scheme);
  const known =
    given !== undefined
      ? [{ port: given, protocol }]
      : [
          ...servicePortsOf(cluster, host).map((each) => ({ port: each.port, protocol: protocolOf(each.protocol) })),
          ...ingressPorts(cluster, host).map((port) => ({ port, protocol })),
        ];
  if (known.length === 0) throw new UnknownName(`which port of ${host}? Write ${host}:443, for one`);
  return known.map(({ port, protocol: over }): To => {
    const target = { host, port, protocol: over, path };
    const text = `${scheme === '' ? '' : `${scheme}://`}${host.includes(':') ? `[${host}]` : host}:${port}${path ?? ''}`;
    return { text, target, destination: { kind: 'host', host, port, protocol: over } };
  });
};

interface Port {
  readonly port: number | string;
  readonly protocol?: Protocol | undefined;
}

/**
 * What is connected to: a Service, workload or Pod, a name of the cluster DNS or of an Ingress, an address, a URL. Without a port every port that it
 * declares.
 *
 * @throws UnknownName
 */
export const toOf = (cluster: Cluster, text: string, from: From): readonly To[] => {
  const written = read(text);
  const { host, port, protocol } = written;
  if (host === 'outside') return toHost(cluster, { ...written, host: someoneOutside });
  const isHost =
    written.scheme !== undefined || host === 'localhost' || parseAddress(host) !== undefined || /^[^/\s]*\.[^/\s]*$/.test(host);
  if (isHost) return toHost(cluster, written);
  const found = named(cluster, host, { home: from.namespace, services: true });
  const { ref } = found;
  const declared: readonly Port[] =
    found.service === undefined
      ? declaredPorts(found.pods[0]?.spec)
      : (found.service.spec?.ports ?? []).map((each) => ({ port: each.port, protocol: protocolOf(each.protocol) }));
  if (found.pods?.length === 0) throw new UnknownName(`${refText(ref)} has no Pods to connect to`);
  const asked = port === undefined ? declared : [{ port, protocol }];
  if (asked.length === 0) throw new UnknownName(`${refText(ref)} declares no port: write one, ${host}:80 for instance`);
  const [pod] = found.pods === undefined ? [] : clientsAmong(found.pods);
  return asked.flatMap((each): readonly To[] => {
    const target: Target | undefined =
      found.service !== undefined ? { service: found.service, ...each } : pod === undefined ? undefined : { pod, ...each };
    const shown = each.protocol === undefined || each.protocol === 'TCP' ? '' : `/${each.protocol}`;
    const destination: Destination = { kind: 'object', object: ref, ...each };
    return target === undefined ? [] : [{ text: `${refText(ref)}:${each.port}${shown}`, target, destination }];
  });
};
