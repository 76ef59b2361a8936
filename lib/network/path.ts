import type { ObjectRef } from '../api/object.js';
import type { Protocol } from './protocol.js';

/** One step of a connection, the object that decides it, and how. */
export interface Hop {
  readonly at: 'client' | 'dns' | 'service' | 'ingress' | 'egress' | 'endpoint' | 'policy-ingress' | 'container' | 'ready';
  readonly outcome: 'passed' | 'blocked' | 'assumed';
  /** Data as prose of the network: `db -> db.data.svc.cluster.local 10.96.0.12`, `selects app=api, allows 5432/TCP`. */
  readonly text: string;
  readonly object?: ObjectRef | undefined;
  /** At a hop that NetworkPolicies block: what they would have to let through, and who they are. */
  readonly denied?: Denied | undefined;
}

/** A connection that no rule of the NetworkPolicies of one end allows. */
export interface Denied {
  readonly direction: 'ingress' | 'egress';
  /** Of the server, after Services. */
  readonly port: number;
  readonly protocol: Protocol;
  /** Every NetworkPolicy that selects the Pod in this direction; one more rule in any of them is enough. */
  readonly policies: readonly ObjectRef[];
  /** A rule that knows the other end, but not the port; counted from 1. */
  readonly near?: { readonly policy: ObjectRef; readonly rule: number } | undefined;
}

/** A connection from a client to a destination, traced; it arrives if no hop is blocked. */
export interface Path {
  /** Whether every connection arrives, whichever endpoint it is sent to. */
  readonly arrives: boolean;
  /** It does not arrive at some endpoints, but it does at others. */
  readonly partly?: boolean | undefined;
  readonly hops: readonly Hop[];
  /** The first hop that breaks. */
  readonly blockedAt?: Hop | undefined;
}

/** Whether a hop of the path could not be proven. */
export const isAssumed = ({ hops }: Path): boolean => hops.some(({ outcome }) => outcome === 'assumed');

export const pathOf = (hops: readonly Hop[], partly = false): Path => {
  const blockedAt = hops.find(({ outcome }) => outcome === 'blocked');
  return { arrives: blockedAt === undefined, hops, ...(partly && { partly }), ...(blockedAt && { blockedAt }) };
};
