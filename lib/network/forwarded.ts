import type { Service } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { Hop } from './path.js';
import type { Sender } from './sender.js';

/** Where the program behind an Ingress or a Gateway sends a request on to. */
interface Backend {
  readonly service: Admitted<Service>;
  readonly port: number | string | undefined;
  readonly sender: Sender;
}

/** A request as a client makes it. */
export interface Request {
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What an Ingress or an HTTPRoute makes of a request: hops, and either Services that share the requests or another place to ask. */
export interface Forwarded {
  readonly hops: readonly Hop[];
  readonly to: readonly Backend[];
  /** Requests that go to a backend that cannot be: a share of them, or all where there is no other. */
  readonly failing?: Hop | undefined;
  /** The client is told to ask there instead. */
  readonly redirect?: Request | undefined;
}
