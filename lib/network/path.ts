import type { ObjectRef } from '../api/object.js';

/** One step of a connection, the object that decides it, and how. */
export interface Hop {
  readonly at: 'client' | 'dns' | 'service' | 'ingress' | 'egress' | 'endpoint' | 'policy-ingress' | 'container' | 'ready';
  readonly outcome: 'passed' | 'blocked' | 'assumed';
  /** Data as prose of the network: `db -> db.data.svc.cluster.local 10.96.0.12`, `selects app=api, allows 5432/TCP`. */
  readonly text: string;
  readonly object?: ObjectRef | undefined;
}

/** A connection from a client to a destination, traced; it arrives if no hop is blocked. */
export interface Path {
  readonly arrives: boolean;
  readonly hops: readonly Hop[];
  /** The first hop that breaks. */
  readonly blockedAt?: Hop | undefined;
}
