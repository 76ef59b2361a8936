import { Construct, type IConstruct } from 'constructs';
import { type KubeObject, type ObjectRef, refOf, refText } from '../api/object.js';
import { Endpoint } from '../constructs/destination.js';
import type { Workload } from './dry-run.js';
import type { NamedObject } from './named.js';

type Protocol = 'TCP' | 'UDP' | 'SCTP' | undefined;

/**
 * What `toReach` takes: a URL or `host:port` (a DNS name as the client would use it, or an IP address), `namespace/name:port` or
 * `Kind namespace/name:port` of a Service, workload or Pod, a construct, its port (`db.at('pg')`), an object of the manifests, or a workload of
 * the dry run. Ports are numbers or names.
 */
export type Reachable =
  | string
  | Endpoint
  | { readonly host: string; readonly port: number; readonly protocol?: 'TCP' | 'UDP' | 'SCTP' }
  | IConstruct
  | KubeObject
  | ObjectRef
  | Workload;

export type Port = number | string | undefined;

/** A destination as it is written, before anything is looked up. */
export type Written = { readonly port: Port; readonly protocol?: Protocol } & (
  | { readonly kind: 'host'; readonly host: string; readonly path?: string | undefined }
  | { readonly kind: 'object'; readonly object: NamedObject }
);

const schemePorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['postgres', 5432],
  ['postgresql', 5432],
  ['mysql', 3306],
  ['redis', 6379],
  ['amqp', 5672],
  ['mongodb', 27017],
]);

const portOf = (text: string | undefined): Port => (text !== undefined && /^\d+$/.test(text) ? Number(text) : text);

const parse = (text: string): Written | undefined => {
  const [, kind = '', name, named] = /^([A-Z]\w* )?([^\s:/]+\/[^\s:/]+)(?::([\w-]+))?$/.exec(text) ?? [];
  if (name !== undefined) return { kind: 'object', object: `${kind}${name}`, port: portOf(named) };
  const [, scheme = '', authority = '', path] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/\s]+)(\/.*)?$/i.exec(text) ?? [];
  const [, host, port] = /^(?:[^@]*@)?(\[[^\]]+\]|[^:]+)(?::([\w-]+))?$/.exec(authority) ?? [];
  return host === undefined ? undefined : { kind: 'host', host, port: portOf(port) ?? schemePorts.get(scheme), path };
};

const isWorkload = (to: Exclude<Reachable, string>): to is Workload => 'ref' in to && 'run' in to && 'pods' in to;
const isHost = (to: Exclude<Reachable, string>): to is { readonly host: string; readonly port: number } =>
  'host' in to && 'port' in to;

/** @throws TypeError for a text that is no destination. */
export const writtenAs = (to: Reachable): Written => {
  if (typeof to === 'string') {
    const read = parse(to);
    if (read !== undefined) return read;
    throw new TypeError(`toReach takes host:port, a URL or namespace/name:port, such as 'db.data:5432'; it was given '${to}'`);
  }
  if (to instanceof Endpoint) return { kind: 'object', object: to.of, port: to.port, protocol: to.protocol };
  if (Construct.isConstruct(to)) return { kind: 'object', object: to, port: undefined };
  if (isWorkload(to)) return { kind: 'object', object: to.ref, port: undefined };
  if (isHost(to)) return { kind: 'host', ...to };
  return { kind: 'object', object: to, port: undefined };
};

const nameOf = (object: NamedObject): string => {
  if (typeof object === 'string') return object;
  if (Construct.isConstruct(object)) return object.node.path;
  return refText('metadata' in object ? refOf(object as KubeObject) : (object as ObjectRef));
};

/** A destination as people name it. */
export const destinationText = (to: Reachable, port: Port): string => {
  const read = writtenAs(to);
  const at = port ?? read.port;
  const name = typeof to === 'string' ? to : read.kind === 'host' ? read.host : nameOf(read.object);
  return at === undefined || (typeof to === 'string' && port === undefined) ? name : `${name}:${at}`;
};
