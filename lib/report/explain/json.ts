import { type ObjectRef, refOf } from '../../api/object.js';
import type { Explanation } from '../../cluster/explain.js';
import type { Obstacle } from '../../scheduler/explain/explanation.js';

/** One field that a change sets, as it stands in the JSON. */
export interface JsonEdit {
  /**
   * `template`: of the Pod's spec; `node`, `pool`, `claim`: of those; `evict`: Pods that go; `replicas`: of the workload; `add`: objects more.
   */
  readonly kind: 'template' | 'node' | 'pool' | 'claim' | 'evict' | 'replicas' | 'add';
  readonly text: string;
  /** Below the spec of the Pod for `template`, of the whole object for `node` and `claim`. */
  readonly field?: string;
  /** What it becomes; absent where something is removed. */
  readonly value?: unknown;
  readonly node?: string;
  readonly pool?: string;
  /** Further nodes of the pool, or replicas that are left. */
  readonly count?: number;
  readonly claim?: ObjectRef;
  readonly pods?: readonly ObjectRef[];
  readonly objects?: readonly ObjectRef[];
}

export interface JsonChange {
  readonly text: string;
  /** Waiting Pods that find a node with it, of those that were tried; the scheduler was asked again. */
  readonly fits: number;
  readonly of: number;
  readonly edits: readonly JsonEdit[];
}

/** What is true of some Pods of a workload. */
export interface JsonExplanation {
  readonly workload: ObjectRef;
  readonly pods: readonly ObjectRef[];
  readonly outcome: Explanation['outcome'];
  readonly node?: string;
  /** kube-scheduler's, to the letter. */
  readonly message?: string;
  readonly obstacles: readonly Obstacle[];
  /** Smallest first. */
  readonly changes: readonly JsonChange[];
  readonly placement?: Explanation['placement'];
  readonly preemption?: Explanation['preemption'];
}

/** `plimsoll explain --format json`, version 1. Within a version fields are only ever added. */
export interface JsonExplainReport {
  readonly version: 1;
  readonly apps: readonly {
    /** Folder of the App; absent for the only one. */
    readonly app?: string;
    readonly explanations: readonly JsonExplanation[];
  }[];
}

type Edit = Explanation['changes'][number]['edits'][number];

const jsonEdit = (edit: Edit): JsonEdit => {
  switch (edit.kind) {
    case 'pool':
      return { kind: edit.kind, text: edit.text, pool: edit.pool, count: edit.count };
    case 'add':
      return { kind: edit.kind, text: edit.text, objects: edit.objects.map(refOf) };
    case 'replicas':
      return { kind: edit.kind, text: edit.text, count: edit.to };
    case 'evict':
      return { kind: edit.kind, text: edit.text, pods: edit.pods };
    default: {
      const { kind, text, field, value } = edit;
      return {
        kind,
        text,
        ...(edit.kind === 'node' && { node: edit.node }),
        ...(edit.kind === 'claim' && { claim: edit.claim }),
        field,
        ...(value !== undefined && { value }),
      };
    }
  }
};

const jsonExplanation = (explanation: Explanation): JsonExplanation => {
  const { workload, pods, outcome, node, message, obstacles, changes, placement, preemption } = explanation;
  return {
    workload,
    pods,
    outcome,
    ...(node !== undefined && { node }),
    ...(message !== undefined && { message }),
    obstacles,
    changes: changes.map(({ text, fits, of, edits }) => ({ text, fits, of, edits: edits.map(jsonEdit) })),
    ...(placement !== undefined && { placement }),
    ...(preemption !== undefined && { preemption }),
  };
};

/** Explanations for programs: everything, in a fixed shape. */
export const jsonExplainReport = (
  apps: readonly { readonly title?: string | undefined; readonly explanations: readonly Explanation[] }[],
): JsonExplainReport => ({
  version: 1,
  apps: apps.map(({ title, explanations }) => ({
    ...(title !== undefined && { app: title }),
    explanations: explanations.map(jsonExplanation),
  })),
});
