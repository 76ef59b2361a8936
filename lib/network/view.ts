import type {
  EndpointSlice,
  Ingress,
  IngressClass,
  Namespace,
  NetworkPolicy,
  Node,
  Pod,
  Service,
} from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { AdminPolicy } from './policy/admin.js';
import type { Protocol } from './protocol.js';

/** The objects of a cluster that its network follows from. Read only, and taken as they are at one moment. */
export interface NetworkView {
  readonly pods: readonly Admitted<Pod>[];
  readonly services: readonly Admitted<Service>[];
  readonly endpointSlices: readonly Admitted<EndpointSlice>[];
  readonly namespaces: readonly Admitted<Namespace>[];
  readonly networkPolicies: readonly Admitted<NetworkPolicy>[];
  /** AdminNetworkPolicies and BaselineAdminNetworkPolicies, where their CustomResourceDefinitions are installed. */
  readonly adminPolicies?: readonly Admitted<AdminPolicy>[] | undefined;
  readonly ingresses: readonly Admitted<Ingress>[];
  readonly ingressClasses?: readonly Admitted<IngressClass>[] | undefined;
  /** Objects of the Gateway API: GatewayClasses, Gateways, HTTPRoutes and ReferenceGrants, where their CustomResourceDefinitions are installed. */
  readonly gatewayObjects?: readonly Admitted[] | undefined;
  readonly nodes: readonly Admitted<Node>[];
}

export interface NetworkOptions {
  /** How kube-proxy makes its rules. Default: `nftables`. */
  readonly backend?: 'nftables' | 'iptables' | undefined;
  /** Whether a container of the Pod listens on the port; undefined, like no function, when nobody knows. */
  readonly listens?: ((pod: Admitted<Pod>, port: number, protocol: Protocol) => boolean | undefined) | undefined;
  /** Serves Ingresses of a class; its Pods, if they are in the cluster, are the source of what comes through it. */
  readonly ingressController?:
    | {
        readonly ingressClass: string;
        readonly namespace?: string | undefined;
        readonly podLabels?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
}

/** Who connects. `proxy` is the program that serves an Ingress or a Gateway. */
export type Client =
  | { readonly pod: Admitted<Pod> }
  | { readonly outside: string }
  | { readonly node: string }
  /** The API server, which calls webhooks and aggregated APIs; its address is not known here. */
  | { readonly apiServer: true }
  | { readonly proxy: Admitted };

/**
 * What to connect to. `host` is a name, an address or `localhost`; path (with its query), method and headers matter to Ingresses and
 * HTTPRoutes only (`/`, GET, none). The protocol is TCP unless said.
 */
export type Target =
  | {
      readonly host: string;
      readonly port: number;
      readonly protocol?: Protocol | undefined;
      readonly path?: string | undefined;
      readonly method?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    }
  | { readonly service: Admitted<Service>; readonly port?: number | string | undefined; readonly protocol?: Protocol | undefined }
  | { readonly pod: Admitted<Pod>; readonly port?: number | string | undefined; readonly protocol?: Protocol | undefined };

/** Cluster addresses that every cluster has, whether their Services are among the objects or not. */
export const clusterDefaults = {
  domain: 'cluster.local',
  serviceCIDR: '10.96.0.0/16',
  apiServer: '10.96.0.1',
  dns: '10.96.0.10',
} as const;
