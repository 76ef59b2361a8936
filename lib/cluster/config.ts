import type { KubeObject } from '../api/object.js';
import type { KubeSchedulerConfiguration } from '../scheduler/configuration/configuration.js';

/** A number of equal nodes. Names are `<pool>-1`, `<pool>-2`, ... */
export interface NodePool {
  readonly name: string;
  readonly count: number;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** `key=value:Effect` or `key:Effect`, as `kubectl taint` takes them. */
  readonly taints?: readonly string[] | undefined;
  /** Zones (`topology.kubernetes.io/zone`), given to the nodes in turn. */
  readonly zones?: readonly string[] | undefined;
  /** Allocatable resources; default 4 CPU, 16Gi, 110 Pods, 100Gi ephemeral storage. Extra names are extended resources. */
  readonly shape?:
    | {
        readonly cpu?: string | number;
        readonly memory?: string;
        readonly pods?: number;
        readonly ephemeralStorage?: string;
        readonly [resource: string]: string | number | undefined;
      }
    | undefined;
}

/** The cluster that a dry run happens in. */
export interface ClusterConfig {
  /** Node pools, or Node objects as they are. Default: three workers `k8s-w1..3` and a tainted control plane node. */
  readonly nodes?: readonly (NodePool | KubeObject)[] | undefined;
  /** Objects that exist already (applied before the manifests, without a verdict on them). */
  readonly objects?: readonly KubeObject[] | undefined;
  /** What `kubectl get nodes,pods,... -o json` printed: a List, or several objects. Read as it comes. */
  readonly snapshot?: unknown;
  /** Serves Ingresses of this class; without it an Ingress is judged as an assumption. */
  readonly ingressController?:
    | { readonly ingressClass: string; readonly namespace?: string; readonly podLabels?: Readonly<Record<string, string>> }
    | undefined;
  /** How kube-proxy makes its rules (`mode` of its configuration). Default: nftables. */
  readonly kubeProxy?: { readonly mode?: 'nftables' | 'iptables' | undefined } | undefined;
  /** What kube-scheduler reads with `--config`, parsed: profiles, plugins, weights. Default: its default profile. */
  readonly scheduler?: KubeSchedulerConfiguration | undefined;
  /** Name of a default StorageClass that provisions every claim. */
  readonly defaultStorageClass?: string | undefined;
  /**
   * `closed`: what is neither in the manifests nor declared here does not exist, and a reference to it is an error.
   * `open`: it may exist (plain manifests of a part of a system); a reference to it is an assumption.
   */
  readonly world?: 'open' | 'closed' | undefined;
}
