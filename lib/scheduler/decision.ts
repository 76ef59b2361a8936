/** Status codes of the scheduler framework that a decision can show. */
type StatusCode = 'Success' | 'Skip' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Error';

/** The first plugin that refused a node, and why, in kube-scheduler's words. */
export interface NodeRefusal {
  readonly plugin: string;
  readonly code: StatusCode;
  readonly reasons: readonly string[];
}

/** What PreFilter said of the Pod as a whole. */
export interface PreFilterOutcome {
  readonly code: StatusCode;
  /** Who refused, and why; absent on Success. */
  readonly plugin?: string;
  readonly reasons?: readonly string[];
  /** The only nodes that come into question (they need not exist), and the plugins that said so. */
  readonly nodeNames?: readonly string[];
  readonly plugins?: readonly string[];
}

/** A node on which evicting Pods would make room. */
export interface Candidate {
  readonly node: string;
  /** `namespace/name`, most important first. */
  readonly victims: readonly string[];
  readonly pdbViolations: number;
}

/** What the post-filter plugins said of a Pod that fits nowhere. */
export interface PostFilterOutcome {
  readonly code: StatusCode;
  readonly message: string;
  /** The node to wait for. The empty string: an earlier nomination is void. Absent: it stands. */
  readonly nominated?: string;
  readonly victims?: readonly string[];
  /** Made when read, and gone (undefined) once the scheduler has been told of the next change. */
  readonly candidates?: readonly Candidate[] | undefined;
  /** Nodes equal on all criteria, when there are several; the first by name was taken. */
  readonly best?: readonly string[] | undefined;
}

/** Claims (`namespace/name`) that the caller binds or has provisioned once the Pod is bound to its node. */
export interface VolumeDecision {
  readonly bind: readonly { readonly claim: string; readonly volume: string }[];
  readonly provision: readonly string[];
}

/**
 * What the scheduler did with one Pod. Node maps are in ascending order of names. Of a Pod that was placed, `filter`, `scorePlugins`, `scores` and
 * `best` are made when read, and gone (undefined) once the scheduler has been told of the next change.
 */
export interface Decision {
  readonly outcome:
    | 'scheduled'
    | 'unschedulable'
    | 'preempting'
    | 'gated'
    | 'ignored'
    | 'preassigned'
    | 'rejected'
    | 'deleting'
    | 'completed';
  /** Node of a scheduled or preassigned Pod. */
  readonly node?: string | undefined;
  /** The whole FailedScheduling message. */
  readonly message?: string | undefined;
  readonly preFilter?: PreFilterOutcome | undefined;
  /** Only of a Pod with a nominated node: whether that node passed, in which case no other was looked at. */
  readonly nominatedNodeFit?: boolean | undefined;
  /** Per evaluated node: `ok`, or who refused it. */
  readonly filter?: ReadonlyMap<string, 'ok' | NodeRefusal> | undefined;
  /** Names of the score plugins that did not skip, and per feasible node the total followed by their weighted scores. */
  readonly scorePlugins?: readonly string[] | undefined;
  readonly scores?: ReadonlyMap<string, readonly number[]> | undefined;
  /** Nodes that share the top total. */
  readonly best?: readonly string[] | undefined;
  readonly volumes?: VolumeDecision | undefined;
  readonly postFilter?: PostFilterOutcome | undefined;
}
