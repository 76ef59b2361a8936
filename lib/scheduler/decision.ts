/** Status codes of the scheduler framework that a decision can show. */
export type StatusCode = 'Success' | 'Skip' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Error';

/** The first plugin that refused a node, and why, in kube-scheduler's words. */
export interface NodeRefusal {
  readonly plugin: string;
  readonly code: StatusCode;
  readonly reasons: readonly string[];
}

/** What the scheduler did with one Pod. Node maps are in node order. */
export interface Decision {
  readonly outcome: 'scheduled' | 'unschedulable' | 'preempting' | 'gated' | 'ignored' | 'preassigned' | 'rejected' | 'deleting' | 'completed';
  /** Node of a scheduled or preassigned Pod. */
  readonly node?: string | undefined;
  /** The whole FailedScheduling message. */
  readonly message?: string | undefined;
  readonly preFilter?: { readonly code: StatusCode; readonly plugin?: string; readonly reasons?: readonly string[]; readonly nodeNames?: readonly string[]; readonly plugins?: readonly string[] } | undefined;
  /** Per evaluated node: `ok`, or who refused it. */
  readonly filter?: ReadonlyMap<string, 'ok' | NodeRefusal> | undefined;
  /** Names of the score plugins that did not skip, and per feasible node the total followed by their weighted scores. */
  readonly scorePlugins?: readonly string[] | undefined;
  readonly scores?: ReadonlyMap<string, readonly number[]> | undefined;
  /** Nodes that share the top total. */
  readonly best?: readonly string[] | undefined;
  readonly postFilter?: { readonly code: StatusCode; readonly message: string; readonly nominated?: string; readonly victims?: readonly string[] } | undefined;
}
