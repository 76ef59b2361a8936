import type { Path } from '../network/path.js';
import type { Workload } from './dry-run.js';

const schemePorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  redis: 6379,
  amqp: 5672,
  mongodb: 27017,
};

/** `db.data:5432`, `http://catalog/items`: host, port and path. */
const parse = (destination: string): { readonly host: string; readonly port: number; readonly path?: string } => {
  const [, scheme, authority = '', path] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/]+)(\/.*)?$/i.exec(destination) ?? [];
  const [, host = '', port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(authority) ?? [];
  const number = port === undefined ? schemePorts[scheme ?? ''] : Number(port);
  if (host === '' || number === undefined)
    throw new TypeError(`toReach takes host:port or a URL, such as 'db.data:5432'; it was given '${destination}'`);
  return { host, port: number, ...(path === undefined ? {} : { path }) };
};

/** The connection of each Pod of a workload; the first that breaks, or else the first. */
export const traceTo = ({ ref, pods, run }: Workload, destination: string): Path => {
  const target = parse(destination);
  const paths = pods.map((pod) => run.verification.network.connect({ pod }, target));
  const path = paths.find(({ arrives }) => !arrives) ?? paths[0];
  if (path === undefined) throw new Error(`${ref.kind} ${ref.namespace}/${ref.name} has no Pods that could connect`);
  return path;
};
