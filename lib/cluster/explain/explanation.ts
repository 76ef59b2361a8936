import type { ObjectRef } from '../../api/object.js';
import type { Decision } from '../../scheduler/decision.js';
import type { Obstacle } from '../../scheduler/explain/explanation.js';
import type { NodeScore } from '../../scheduler/explain/score-table.js';
import type { TriedChange } from '../../scheduler/explain/search.js';

/** Why a Pod went to its node. */
export interface Placement {
  /**
   * `placed`: the scheduler was asked again without the Pods that came later, and chose the same node. `now`: as the cluster stands, without
   * the Pod itself.
   */
  readonly asOf: 'placed' | 'now';
  /** Nodes that passed all filters, best first. */
  readonly scores: readonly NodeScore[];
  /** The node that the scheduler would choose at that moment, where that is another one or (`undefined`) none. */
  readonly elsewhere?: { readonly node: string | undefined };
}

/** What an eviction means for one workload. */
export interface Loss {
  /** Absent: the Pods were bare, and nothing replaces them. */
  readonly workload?: ObjectRef | undefined;
  readonly evicted: readonly ObjectRef[];
  /** Pods that it asks for, and those of them that have a node afterwards. */
  readonly wanted: number;
  readonly placed: number;
  /** PodDisruptionBudgets that select the evicted Pods. */
  readonly budgets: readonly ObjectRef[];
}

/** Pods that had to go, or have to, to make room. */
export interface Preemption {
  /** Whether it has come to that in this cluster. */
  readonly happened: boolean;
  readonly node: string;
  /** Evictions that a PodDisruptionBudget did not allow; the scheduler avoids them as long as it can. */
  readonly pdbViolations: number;
  readonly losses: readonly Loss[];
}

/** Why Pods run where they do, or nowhere. Costly parts are worked out when they are read. */
export interface Explanation {
  readonly workload: ObjectRef;
  /** The Pods that this is true of. */
  readonly pods: readonly ObjectRef[];
  readonly outcome: Decision['outcome'];
  readonly node?: string | undefined;
  /** kube-scheduler's, to the letter. */
  readonly message?: string | undefined;
  /** What nodes have against the Pods; of Pods with a node, what the others had. */
  readonly obstacles: readonly Obstacle[];
  /** The smallest changes after which the Pods fit, smallest first; the scheduler was asked again with each of them. */
  readonly changes: readonly TriedChange[];
  readonly placement?: Placement | undefined;
  readonly preemption?: Preemption | undefined;
}
