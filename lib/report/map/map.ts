import type { ObjectRef } from '../../api/object.js';
import type { Cluster } from '../../cluster/cluster.js';
import type { Network } from '../../network/network.js';
import type { VerifyInput } from '../../verify/verify.js';
import type { Peers } from './peers.js';

/** What a map is made of: a verification, or a settled cluster with its network. */
export interface MapSubject {
  readonly cluster: Cluster;
  readonly network: Network;
  /** What the author declares of it: calls and intents. */
  readonly input?: VerifyInput | undefined;
}

/** Addresses outside the cluster, and ports there (or here) over which they talk. */
export interface MapRange {
  /** CIDRs; `0.0.0.0/0` and `::/0` are everything. */
  readonly addresses: readonly string[];
  readonly except?: readonly string[];
  readonly ports: readonly string[];
}

/** What policies say of one direction of a workload. */
export interface MapSide {
  /** The policies that select its Pods, as `kind namespace/name`; none: everything is allowed. */
  readonly policies: readonly string[];
  /** Ports open to every Pod of the cluster, also to those that nobody wrote yet. */
  readonly cluster: readonly string[];
  readonly outside: readonly MapRange[];
}

/** A workload, or those of its Pods that the network treats alike. */
export interface MapWorkload {
  /** `shop/web`: what the rest of the map calls it. */
  readonly name: string;
  readonly kind: string;
  readonly namespace: string;
  readonly pods: number;
  /** Ports that its containers declare: `8080/TCP`. */
  readonly ports: readonly string[];
  /** Ports of Services that lead here: `shop/web:80 -> 8080/TCP`. */
  readonly services: readonly string[];
  /** Its Pods use the network of their nodes: policies that select them are assumed not to bind them. */
  readonly hostNetwork?: true;
  readonly ingress: MapSide;
  readonly egress: MapSide;
  /** Whether its policies let it ask the cluster DNS. */
  readonly dns: boolean;
}

/**
 * Who may connect to a workload on the same ports. `from` and `except` name workloads; `*` is every workload of the map, `shop/*` every one of a
 * namespace.
 */
export interface MapConnection extends Peers {
  readonly to: string;
  /** Ports that containers declare and policies leave open; none where nothing is declared. */
  readonly ports: readonly string[];
  /** Everything that policies leave open; `*` is every port. */
  readonly allowed: readonly string[];
}

/** A way from outside the cluster to a port of a workload. */
export interface MapEntrance {
  readonly to: string;
  /** Of the Pods: `8080/TCP`. */
  readonly port: string;
  readonly how: 'NodePort' | 'LoadBalancer' | 'externalIPs' | 'Ingress' | 'HTTPRoute' | 'hostPort' | 'hostNetwork';
  /** The object that opens it. */
  readonly by: ObjectRef;
  readonly service?: ObjectRef;
  /** Where one knocks: `every node:30080`, `https://shop.example.com/api`. */
  readonly at: readonly string[];
  /** Whom a Service of type LoadBalancer lets in; absent for everyone. */
  readonly sources?: readonly string[];
  /** Whether a client outside arrives; what decides it otherwise, or what that is assumed of, is in `why`. */
  readonly open: 'yes' | 'no' | 'assumed';
  readonly why?: string;
}

/** A connection that somebody is known to make. */
export interface MapCall {
  readonly from: string;
  readonly container?: string;
  /** The workload that answers; absent for who is not on the map. */
  readonly to?: string;
  /** As it is called: `shop/api:80`, `https://payments.example.com`. */
  readonly called: string;
  /** How that is known: `declared` in code, an `intent`, or where it is read: `env CATALOG_ADDR`. */
  readonly known: string;
  readonly outcome: 'arrives' | 'blocked' | 'assumed';
  /** The first hop that breaks, or what is assumed. */
  readonly why?: string;
}

/** The network of a cluster as plain data, version 1: the same for the same cluster, byte for byte. Within a version fields are only ever added. */
export interface MapReport {
  readonly version: 1;
  /** Of this namespace, and of those who talk with it. */
  readonly namespace?: string;
  readonly policies: number;
  readonly workloads: readonly MapWorkload[];
  readonly connections: readonly MapConnection[];
  readonly entrances: readonly MapEntrance[];
  /** Workloads that no policy protects, by direction. */
  readonly unprotected: { readonly ingress: readonly string[]; readonly egress: readonly string[] };
  readonly calls: readonly MapCall[];
  /** Connections that policies open on purpose and that none of the known calls is: by the workload called. */
  readonly unused: readonly (Peers & { readonly to: string })[];
  /** Workloads without Pods, of which the map says nothing. */
  readonly absent: readonly string[];
  /** Objects that the API server refused: they are not on the map. */
  readonly refused: readonly string[];
}
