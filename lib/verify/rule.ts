import type { Pod } from '../api/generated/types.js';
import type { Admitted, KubeObject, ObjectRef } from '../api/object.js';
import type { ClusterEvent } from '../apiserver/event.js';
import type { ApplyResult } from '../cluster/apply-result.js';
import type { Cluster } from '../cluster/cluster.js';
import type { ClusterConfig } from '../cluster/config.js';
import type { Manifest, Provenance, SourceLocation } from '../manifest/manifest.js';
import type { Network } from '../network/network.js';
import type { Path } from '../network/path.js';
import type { Assumed } from './assumed.js';
import type { Evidence, FindingCode, Severity } from './finding.js';
import type { Destination } from './intent.js';
import type { Reference } from './references.js';
import type { PodTemplate } from './template.js';
import type { VerifyInput } from './verify.js';

/** A connection that must be traced: a declared call, an intent, or an Ingress backend. */
export interface Connection {
  readonly from: ObjectRef;
  readonly to: Destination;
  readonly must: 'arrive' | 'not arrive';
  /** Container that makes a declared call. */
  readonly container?: string | undefined;
  readonly provenance: Provenance;
  readonly path: Path;
}

/** A settled dry run, as the rules see it. What is costly to know is worked out when a rule first asks. */
export interface DryRun {
  readonly input: VerifyInput;
  readonly cluster: Cluster;
  readonly results: readonly ApplyResult[];
  /** Manifests that the API server accepted. */
  readonly accepted: readonly Manifest[];
  /** Of those of them that are Pods or make Pods. */
  readonly templates: readonly PodTemplate[];
  /** Whether no two manifests are of one object. */
  readonly distinct: boolean;
  /** Pods that the manifests made, directly or through controllers. */
  readonly pods: readonly Admitted<Pod>[];
  readonly network: Network;
  readonly connections: readonly Connection[];
  readonly references: readonly Reference[];
  /** Explicit dependencies that form a circle. */
  readonly cycle?: readonly ObjectRef[] | undefined;
  /** `closed`: what is not declared does not exist. */
  readonly world: 'open' | 'closed';
  /** What had to be taken for granted to run at all. */
  readonly assumed: readonly Assumed[];
  readonly config: ClusterConfig;
  /** Accepted manifests of a kind, of whatever version. */
  acceptedOf(kind: string): readonly Manifest[];
  /** Whether an accepted manifest is of the API group. */
  hasGroup(group: string): boolean;
  /** Identity of a manifest's object in the cluster: with the namespace that the server fills in. */
  refOf(manifest: Pick<Manifest, 'object'>): ObjectRef;
  manifestOf(ref: ObjectRef): Manifest | undefined;
  /** Events about an object, oldest first. */
  eventsOf(ref: ObjectRef): readonly ClusterEvent[];
  /** An error was already found at this object: what follows from it is not said again. */
  blamed(ref: ObjectRef): boolean;
}

/** A change of the input that may remove a finding; it is tried before it is proposed as verified. */
export type Change =
  | { readonly edit: ObjectRef; readonly to: (object: KubeObject) => KubeObject }
  | { readonly add: KubeObject }
  | { readonly remove: ObjectRef }
  | { readonly cluster: (config: ClusterConfig) => ClusterConfig }
  /** A declared call or intent is to another place. */
  | { readonly destination: Destination; readonly instead: Destination }
  /** All of them together. */
  | { readonly changes: readonly Change[] };

/** A way out, in the author's terms. Without a change it is advice that a dry run cannot try. */
export interface Candidate {
  readonly text: string;
  readonly change?: Change;
}

/** What a rule says; where it was written is added by `verify`. */
export interface Draft {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly message: string;
  /** Field of the object that is to blame (`spec.template.spec.containers[0].image`), for the source line. */
  readonly field?: string | undefined;
  /** Where the finding points if not to the object: the intent, the second of two duplicates. */
  readonly source?: SourceLocation | undefined;
  readonly evidence?: readonly Evidence[];
  /** The intent that is broken, as it is written. */
  readonly intent?: string | undefined;
  /** Ways out, smallest first. */
  readonly fixes?: readonly Candidate[];
}

/** Looks at a settled cluster and says what is wrong. Pure; linear in the number of objects. */
export type Rule = (run: DryRun) => readonly Draft[];
