import type { Node, PersistentVolumeClaim, PodSpec } from '../../api/generated/types.js';
import type { Admitted, ObjectRef } from '../../api/object.js';

/** A Pod, and how much of something it holds. */
export interface Holder {
  readonly object: ObjectRef;
  readonly amount: string;
}

/** A Pod, and where it stands in the way: its node, or a domain of a topology. */
export interface Blocker {
  readonly object: ObjectRef;
  readonly at: string;
}

/** One domain of a topology spread constraint. */
export interface SpreadDomain {
  readonly domain: string;
  /** Matching Pods in it. */
  readonly pods: number;
  /** How far it would be ahead of the domain with the fewest, with the Pod in it. */
  readonly skew: number;
  /** How many nodes it has. */
  readonly nodes: number;
}

/** What stands behind a refusal, as data; amounts are written as quantities. Lists of Pods hold the first few, `more` counts the rest. */
export type Fact =
  | {
      readonly kind: 'resource';
      readonly resource: string;
      readonly asks: string;
      /** The node with most of it free, of those that lack it. */
      readonly node: string;
      readonly free: string;
      readonly size: string;
      /** Largest first. */
      readonly heldBy: readonly Holder[];
      readonly more: number;
    }
  | { readonly kind: 'pods'; readonly node: string; readonly runs: number; readonly size: number }
  | {
      readonly kind: 'taint';
      /** As `kubectl taint` takes it. */
      readonly taint: string;
      readonly nodes: readonly string[];
      /** A toleration of the same key that does not fit. */
      readonly near?: string;
    }
  | {
      readonly kind: 'selector';
      readonly field: string;
      readonly requirement: string;
      /** Nodes that meet it. */
      readonly met: number;
      /** Values that nodes have under its key, most frequent first. */
      readonly values: readonly { readonly value: string; readonly nodes: number }[];
    }
  | { readonly kind: 'hostPort'; readonly port: string; readonly heldBy: readonly Blocker[]; readonly more: number }
  | {
      readonly kind: 'affinity';
      readonly field: string;
      readonly term: string;
      readonly topologyKey: string;
      /** Pods that the term means. */
      readonly found: readonly Blocker[];
      readonly more: number;
    }
  | {
      readonly kind: 'antiAffinity';
      /** Whose term it is: the Pod's own, or that of the Pods that block. */
      readonly whose: 'own' | 'theirs';
      readonly field?: string;
      readonly term: string;
      readonly topologyKey: string;
      readonly blockers: readonly Blocker[];
      readonly more: number;
    }
  | {
      readonly kind: 'spread';
      readonly field: string;
      readonly topologyKey: string;
      readonly maxSkew: number;
      readonly minDomains: number;
      /** The emptiest, then the fullest; `more` counts those between. */
      readonly domains: readonly SpreadDomain[];
      readonly more: number;
    }
  | { readonly kind: 'noLabel'; readonly key: string; readonly nodes: readonly string[] }
  /** A claim or volume, and what it demands; `nodes` are those that satisfy it. */
  | { readonly kind: 'volume'; readonly object: ObjectRef; readonly text: string; readonly nodes?: readonly string[] }
  | {
      readonly kind: 'volumeLimit';
      readonly driver: string;
      readonly node: string;
      readonly attached: number;
      readonly limit: number;
    }
  | { readonly kind: 'disk'; readonly volume: string; readonly heldBy: readonly Blocker[]; readonly more: number }
  | { readonly kind: 'features'; readonly features: readonly string[] }
  /** Pods of at least the same priority that wait for room on the node, which counts as theirs. */
  | { readonly kind: 'nominated'; readonly node: string; readonly pods: readonly ObjectRef[] };

/** One reason for which nodes refuse a Pod. */
export interface Obstacle {
  readonly plugin: string;
  /** In kube-scheduler's words. */
  readonly reason: string;
  /** Nodes for which kube-scheduler names this reason, which is the first that it finds. */
  readonly nodes: readonly string[];
  /** Nodes that refuse for this reason too, behind the one that it names. */
  readonly alsoOn: readonly string[];
  readonly facts: readonly Fact[];
}

/** A change of what the scheduler sees. */
export type Edit =
  /** Of the spec of every Pod of the template. `field` is below that spec; no `value` where something is removed. */
  | {
      readonly kind: 'template';
      readonly text: string;
      readonly field: string;
      readonly value?: unknown;
      readonly to: (spec: PodSpec) => PodSpec;
    }
  | {
      readonly kind: 'node';
      readonly text: string;
      readonly node: string;
      readonly field: string;
      readonly value?: unknown;
      readonly to: (node: Admitted<Node>) => Admitted<Node>;
    }
  /** More nodes of a pool, with the DaemonSet Pods that come with them. */
  | {
      readonly kind: 'pool';
      readonly text: string;
      readonly pool: string;
      readonly count: number;
      readonly objects: readonly Admitted[];
    }
  | { readonly kind: 'evict'; readonly text: string; readonly nodes: readonly string[]; readonly pods: readonly ObjectRef[] }
  | { readonly kind: 'replicas'; readonly text: string; readonly workload: ObjectRef; readonly from: number; readonly to: number }
  /** Of the claim behind a volume of every Pod of the template; `claim` is that of one of them. */
  | {
      readonly kind: 'claim';
      readonly text: string;
      readonly volume: string;
      readonly claim: ObjectRef;
      readonly field: string;
      readonly value?: unknown;
      readonly to: (claim: Admitted<PersistentVolumeClaim>) => Admitted<PersistentVolumeClaim>;
    }
  | { readonly kind: 'add'; readonly text: string; readonly objects: readonly Admitted[] };

/**
 * A kind of change in steps, from the smallest (1) to the largest: the search takes the first that helps. `hints` are steps that are likely to be it.
 */
export interface Remedy {
  readonly steps: number;
  readonly hints?: readonly number[];
  at(step: number): Edit;
  /** How much of a change a step is; less is better. */
  cost(step: number): number;
}
