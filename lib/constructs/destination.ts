import type { IConstruct } from 'constructs';
import type { Destination } from '../verify/intent.js';
import { PlimsollError } from './error.js';
import { objectRef } from './object-ref.js';
import type { Protocol } from './pod/port.js';

/** A port of a Service or workload; `db.at('pg')` makes one. */
export class Endpoint {
  /** The Service, or the workload whose Pods are meant directly. */
  readonly of: IConstruct;
  /** Name or number of its port. */
  readonly port: string | number;
  readonly protocol: Protocol | undefined;

  constructor(of: IConstruct, port: string | number, protocol?: Protocol) {
    this.of = of;
    this.port = port;
    this.protocol = protocol;
  }
}

/** A port of a Service or workload of another library: `endpoint(kplusService, 80)`. */
export const endpoint = (of: IConstruct, port: string | number, protocol?: Protocol): Endpoint =>
  new Endpoint(of, port, protocol);

/** The far end of a call: `db.at('pg')`, a URL, or a host and port. */
export type DestinationLike = Endpoint | string | { readonly host: string; readonly port: number; readonly protocol?: Protocol };

const defaultPorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['ws', 80],
  ['https', 443],
  ['wss', 443],
  ['grpc', 443],
  ['dns', 53],
  ['ftp', 21],
  ['ssh', 22],
  ['ldap', 389],
  ['ldaps', 636],
  ['amqp', 5672],
  ['amqps', 5671],
  ['mqtt', 1883],
  ['nats', 4222],
  ['redis', 6379],
  ['rediss', 6379],
  ['mysql', 3306],
  ['postgres', 5432],
  ['postgresql', 5432],
  ['mongodb', 27017],
  ['kafka', 9092],
]);

const url = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^@/?#]*@)?(\[[0-9a-fA-F:.]+\]|[^:/?#[\]]+)(?::(\d+))?(?:[/?#].*)?$/;

/** @throws PlimsollError when a URL names no host, or neither a port nor a scheme with a known one. */
export const destination = (at: IConstruct, to: DestinationLike): Destination => {
  if (to instanceof Endpoint) return { kind: 'object', object: objectRef(to.of), port: to.port, protocol: to.protocol };
  if (typeof to !== 'string') return { kind: 'host', ...to };
  const [, scheme, host, digits] = url.exec(to) ?? [];
  if (host === undefined) throw new PlimsollError(at, `'${to}' is not a URL; write http://host:port/path`);
  const port = digits === undefined ? defaultPorts.get(scheme ?? '') : Number(digits);
  if (port === undefined)
    throw new PlimsollError(at, `'${to}' names no port; write ${scheme === undefined ? '' : `${scheme}://`}${host}:<port>`);
  return {
    kind: 'host',
    host: host.replace(/^\[|\]$/g, ''),
    port,
    ...(scheme === 'udp' || scheme === 'dns' ? { protocol: 'UDP' } : {}),
  };
};
