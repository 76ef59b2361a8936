import type { ObjectRef } from '../api/object.js';
import type { SourceLocation } from '../manifest/manifest.js';

/** `error` closes the gate; `assumption` says what could not be proven. */
export type Severity = 'error' | 'warning' | 'advice' | 'assumption';

/** A part of the proof behind a finding, as data; the report words it. */
export type Evidence =
  /** A field of the object and what is wrong with it. */
  | { readonly kind: 'field'; readonly path: string; readonly message: string; readonly source?: SourceLocation | undefined }
  /** Nodes that a Pod does not fit on, for one reason. */
  | { readonly kind: 'nodes'; readonly nodes: readonly string[]; readonly reason: string; readonly asks?: string; readonly free?: string; readonly heldBy?: readonly { readonly object: ObjectRef; readonly amount: string }[] }
  /** One step of a connection. */
  | { readonly kind: 'hop'; readonly at: string; readonly outcome: 'passed' | 'blocked' | 'assumed'; readonly text: string; readonly object?: ObjectRef | undefined }
  /** The state of a container. */
  | { readonly kind: 'container'; readonly container: string; readonly state: string; readonly text: string }
  /** Another object that plays a part. */
  | { readonly kind: 'object'; readonly object: ObjectRef; readonly text: string; readonly source?: SourceLocation | undefined };

/** The smallest change found that removes the finding. */
export interface Fix {
  /** Imperative, complete, in the author's terms: `set spec.selector.app to "web"`. */
  readonly text: string;
  /** The dry run was repeated with this change and the finding was gone, without a new error. */
  readonly verified: boolean;
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly constructPath?: string | undefined;
  readonly source?: SourceLocation | undefined;
  /** One sentence. Kubernetes' own text where it has one. */
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly fix?: Fix | undefined;
  /** Why the author accepted it; suppressed findings are counted and never close the gate. */
  readonly suppressed?: string | undefined;
}

/** In the order in which things go wrong in life; the report sorts by it. */
export const stages = ['input', 'refused', 'pending', 'not starting', 'not ready', 'not reachable', 'not permitted', 'design'] as const;
export type Stage = (typeof stages)[number];

/** Everything Plimsoll can say. One entry a code: help, reports and docs are made from it. */
export const findingCodes = {
  'input/syntax': { stage: 'input', title: 'the file is not valid YAML or JSON' },
  'input/limit': { stage: 'input', title: 'the input is larger or deeper than is sane' },
  'input/not-an-object': { stage: 'input', title: 'the document is not a Kubernetes object' },
  'input/duplicate': { stage: 'input', title: 'two objects share kind, namespace and name' },
  'api/refused': { stage: 'refused', title: 'the API server would refuse the object' },
  'api/unknown-field': { stage: 'refused', title: 'a field the API does not have' },
  'api/unknown-kind': { stage: 'refused', title: 'a kind the cluster does not serve' },
  'api/removed-version': { stage: 'refused', title: 'an API version that Kubernetes 1.36 no longer serves' },
  'api/immutable': { stage: 'refused', title: 'a change of a field that cannot change' },
  'api/warning': { stage: 'refused', title: 'the API server accepts with a warning' },
  'schedule/unschedulable': { stage: 'pending', title: 'a Pod fits on no node' },
  'schedule/gated': { stage: 'pending', title: 'a Pod waits for its scheduling gates' },
  'reference/missing-object': { stage: 'not starting', title: 'a reference to an object that does not exist' },
  'reference/missing-key': { stage: 'not starting', title: 'a reference to a key that the object does not have' },
  'reference/missing-class': { stage: 'pending', title: 'a class that does not exist' },
  'workload/create-failed': { stage: 'pending', title: 'a controller cannot create its Pods' },
  'pod/crash-loop': { stage: 'not starting', title: 'a container ends again and again' },
  'pod/failed': { stage: 'not starting', title: 'a Pod ended in failure' },
  'pod/oom-killed': { stage: 'not starting', title: 'a container is killed at its memory limit' },
  'pod/init-blocked': { stage: 'not starting', title: 'an init container never completes' },
  'pod/port-conflict': { stage: 'not starting', title: 'two containers of a Pod open the same port' },
  'pod/not-ready': { stage: 'not ready', title: 'a Pod never becomes ready' },
  'pod/liveness': { stage: 'not ready', title: 'a liveness probe restarts the container' },
  'service/no-endpoints': { stage: 'not reachable', title: 'a Service that selects no ready Pod' },
  'service/port-mismatch': { stage: 'not reachable', title: 'a Service port that no container opens' },
  'network/unreachable': { stage: 'not reachable', title: 'a connection that must work does not arrive' },
  'network/dns-blocked': { stage: 'not reachable', title: 'a client cannot ask the cluster DNS' },
  'network/reachable': { stage: 'not reachable', title: 'a connection that must not work arrives' },
  'selector/matches-nothing': { stage: 'not reachable', title: 'a selector that matches no Pod' },
  'intent/runs-on': { stage: 'pending', title: 'a Pod runs elsewhere than intended' },
  'rbac/unknown-resource': { stage: 'not permitted', title: 'a rule for a resource that the cluster does not serve' },
  'rbac/missing-role': { stage: 'not permitted', title: 'a binding to a role that does not exist' },
  'design/bare-pod': { stage: 'design', title: 'a bare Pod does not heal' },
  'design/many-containers': { stage: 'design', title: 'many containers share one Pod' },
  'design/large-pod': { stage: 'design', title: 'a Pod that fills most of a node' },
  'design/volatile-data': { stage: 'design', title: 'data that must outlive the Pod on a volume that does not' },
  'assumption/image': { stage: 'design', title: 'images exist and can be pulled' },
  'assumption/listens': { stage: 'design', title: 'processes listen on their ports' },
  'assumption/outside': { stage: 'design', title: 'something outside these manifests exists' },
  'assumption/unjudged': { stage: 'design', title: 'something this release does not judge' },
} as const satisfies Record<string, { readonly stage: Stage; readonly title: string }>;

export type FindingCode = keyof typeof findingCodes;
