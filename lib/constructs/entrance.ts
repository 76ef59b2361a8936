import type { IConstruct } from 'constructs';
import { dns1123Subdomain } from '../api/names.js';
import { parseAddress } from '../network/address.js';
import type { Entrance } from '../verify/intent.js';
import { PlimsollError } from './error.js';

/** A way into the cluster: a port of the nodes, a host (and path, default `/`) of an Ingress or Gateway, a load balancer (a port of it, or any). */
export type EntranceLike =
  | { readonly nodePort: number }
  | { readonly host: string; readonly path?: string | undefined }
  | { readonly loadBalancer: number }
  | 'loadBalancer';

const checkedPort = (at: IConstruct, field: string, port: number): number => {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new PlimsollError(at, `${field} ${port} is no port; write a whole number from 1 to 65535`);
};

/** @throws PlimsollError for a port, host or path that cannot be one. */
export const entrance = (at: IConstruct, like: EntranceLike): Entrance => {
  if (like === 'loadBalancer') return { loadBalancer: 'any' };
  if ('nodePort' in like) return { nodePort: checkedPort(at, 'nodePort', like.nodePort) };
  if ('loadBalancer' in like) return { loadBalancer: checkedPort(at, 'loadBalancer', like.loadBalancer) };
  const { host, path } = like;
  if (dns1123Subdomain(host).length > 0)
    throw new PlimsollError(at, `'${host}' is no host; write { host: 'shop.example.com', path: '/api' }`);
  if (path !== undefined && !path.startsWith('/'))
    throw new PlimsollError(at, `'${path}' is no path: it must begin with a slash`);
  return { host, ...(path === undefined ? {} : { path }) };
};

/** @throws PlimsollError for a text that is no IP address. */
export const outsideAddress = (at: IConstruct, from: string): string => {
  if (parseAddress(from) !== undefined) return from;
  throw new PlimsollError(at, `'${from}' is no IP address; write that of a client outside, as '198.51.100.7'`);
};
