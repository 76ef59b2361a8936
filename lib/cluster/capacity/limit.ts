import type { ObjectRef } from '../../api/object.js';
import type { Fact } from '../../scheduler/explain/explanation.js';

/** A resource that ran out. Amounts: millicores of `cpu`, bytes of memory and storage, else pieces. */
export interface Shortage {
  readonly resource: string;
  /** What one replica asks for. */
  readonly asked: number;
  /** What is left on all the nodes together that have too little of it. */
  readonly free: number;
  /** The one of them that has most left. */
  readonly node: string;
  readonly nodeFree: number;
  readonly nodeSize: number;
  /** Whose Pods hold the rest of that node, most first; the further replicas count with their workload. */
  readonly heldBy: readonly { readonly workload: ObjectRef; readonly pods: number; readonly amount: number }[];
}

/** One reason for which nodes take no further replica. */
export interface Bottleneck {
  /** Plugin of kube-scheduler: `NodeResourcesFit`. */
  readonly plugin: string;
  /** In kube-scheduler's words: `Insufficient cpu`. */
  readonly reason: string;
  /** How many nodes it is true of, be it the first reason that they give or one behind it. */
  readonly nodes: number;
  /** Pools that these nodes are in. */
  readonly pools: readonly string[];
  /** Whether these nodes take no replica however empty they are: for their taints, their labels, their size. */
  readonly ruledOut: boolean;
  readonly shortage?: Shortage | undefined;
  /** What else stands behind it: taints, labels, the Pods in the way. */
  readonly facts: readonly Fact[];
}

/** What keeps a workload from having more replicas, and how many more it leaves. */
export type Limit =
  /** No node takes another one. */
  | {
      readonly kind: 'scheduling';
      readonly more: number;
      /** kube-scheduler's message about the first replica that does not fit. */
      readonly message: string;
      /** What binds first comes first: resources, then constraints, then what rules nodes out. */
      readonly bottlenecks: readonly Bottleneck[];
      /** The Pods of lower priority (`namespace/name`) that would be evicted for one more. */
      readonly evicts?: { readonly node: string; readonly pods: readonly string[]; readonly pdbViolations: number } | undefined;
    }
  | {
      readonly kind: 'quota';
      readonly more: number;
      readonly quota: ObjectRef;
      /** The resources that run out first; quantities as Kubernetes writes them. */
      readonly resources: readonly {
        readonly resource: string;
        readonly hard: string;
        readonly used: string;
        readonly asked: string;
      }[];
    }
  | { readonly kind: 'autoscaler'; readonly more: number; readonly autoscaler: ObjectRef; readonly maxReplicas: number }
  /** The server does not admit a replica or one of its claims, or the scheduler does not look for a node for it. */
  | { readonly kind: 'refused'; readonly more: number; readonly message: string }
  /** A DaemonSet has as many Pods as there are nodes for it. */
  | { readonly kind: 'daemon'; readonly more: 0 }
  /** So many were tried, and all have room. */
  | { readonly kind: 'cap'; readonly more: number };
