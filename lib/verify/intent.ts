import type { NetworkPolicyPeer } from '../api/generated/types.js';
import type { ObjectRef } from '../api/object.js';
import type { Provenance } from '../manifest/manifest.js';

/** The far end of a connection: a Service or workload with a port, or a host outside. */
export type Destination =
  | {
      readonly kind: 'object';
      readonly object: ObjectRef;
      readonly port?: number | string | undefined;
      readonly protocol?: 'TCP' | 'UDP' | 'SCTP' | undefined;
    }
  | {
      readonly kind: 'host';
      readonly host: string;
      readonly port: number;
      readonly protocol?: 'TCP' | 'UDP' | 'SCTP' | undefined;
    };

/** Who connects: the Pods of a workload, or whoever a NetworkPolicy would mean by the peer. */
export type IntentClient = { readonly workload: ObjectRef } | { readonly peer: NetworkPolicyPeer };

/** A way into the cluster: a port of the nodes, a host (and path) of an Ingress, a port of a load balancer (or whichever it has). */
export type Entrance =
  | { readonly nodePort: number }
  | { readonly host: string; readonly path?: string | undefined }
  | { readonly loadBalancer: number | 'any' };

/** What the author wants to be true; verified at every synth. */
export type Intent = { readonly provenance: Provenance } & (
  | { readonly kind: 'reaches' | 'mustNotReach'; readonly from: ObjectRef; readonly to: Destination }
  /** Every Pod of the workload runs on nodes with these labels, or of this pool. */
  | { readonly kind: 'runsOn'; readonly workload: ObjectRef; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: 'runsOn'; readonly workload: ObjectRef; readonly pool: string }
  /** Every Pod of the workload has a node, and so many more of them would find one. */
  | { readonly kind: 'fits'; readonly workload: ObjectRef; readonly more: number }
  /** The Pods run on nodes with at least so many values of a label. */
  | { readonly kind: 'spreadsOver'; readonly workload: ObjectRef; readonly topologyKey: string; readonly atLeast: number }
  /** No Pod of one workload is on a node with a Pod of the other; of a workload with itself: on a node with another Pod of its own. */
  | { readonly kind: 'neverSharesNodeWith'; readonly workload: ObjectRef; readonly other: ObjectRef }
  /** No Pod of the workload makes room for a Pod of higher priority. */
  | { readonly kind: 'isNotPreempted'; readonly workload: ObjectRef }
  /** Nobody else connects to a workload, or to the Pods of a Service; to these ports, or to any that they have. */
  | {
      readonly kind: 'onlyReachedBy';
      readonly of: ObjectRef;
      readonly clients: readonly IntentClient[];
      readonly ports?: readonly (string | number)[] | undefined;
    }
  /** Nobody connects to the Pods, nor they to anybody; with `dns` they may ask the cluster DNS. */
  | { readonly kind: 'isolated'; readonly workload: ObjectRef; readonly dns: boolean }
  /** A client outside the cluster, at the address `from`, gets to the workload or Service this way. */
  | { readonly kind: 'exposedAt'; readonly of: ObjectRef; readonly at: Entrance; readonly from?: string | undefined }
);

export type IntentOf<K extends Intent['kind']> = Extract<Intent, { readonly kind: K }>;

/** A call that a container makes, declared by the author; verified like `reaches`, reported at the container. */
export interface Call {
  readonly from: ObjectRef;
  readonly container: string;
  readonly to: Destination;
  readonly provenance: Provenance;
}
