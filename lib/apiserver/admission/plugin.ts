import type { PodSpec } from '../../api/generated/types.js';
import type { KubeObject } from '../../api/object.js';
import type { Refusal } from '../../api/verdict.js';
import type { Assumption } from '../assumption.js';
import type { Kind, Stored } from '../kinds.js';
import type { GroupKind, Store } from '../store.js';

/** Who makes a request. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What a plugin may look at. */
export interface AdmissionContext {
  readonly store: Store;
  /** `open`: what a request refers to may exist outside the manifests; then it is assumed, not refused. */
  readonly world: 'open' | 'closed';
  /** The request is only tried: nothing comes of it. */
  readonly dryRun?: true;
  /** Absent: a cluster administrator. */
  readonly user?: User;
  /** What the request is for, if not the whole object. */
  readonly subresource?: 'scale';
  assume(assumption: Assumption): void;
  /** Makes a namespace that an open world is taken to have. */
  createNamespace(name: string): void;
}

/** The spec of a Pod on its way through the chain: a copy of its own, whose fields plugins replace. */
export type PodDraft = { -readonly [Field in keyof PodSpec]: PodSpec[Field] };

/**
 * One admission plugin of kube-apiserver. What a plugin does to a Pod depends on its spec and namespace alone, so
 * `admitPod` runs once a template and not once a replica.
 */
export interface AdmissionPlugin {
  readonly name: string;
  /** The kinds that it concerns, all versions of their groups; without, every kind. `admitPod` is about Pods whatever stands here. */
  readonly kinds?: readonly GroupKind[];
  /** Does nothing as long as the cluster has no object of this kind. */
  readonly ruledBy?: Kind;
  /**
   * Mutating phase, Pods: returns why the Pod is forbidden, if it is (the text behind `pods "x" is forbidden: `). What
   * is put into `annotations` joins those of the Pod.
   */
  readonly admitPod?: (
    spec: PodDraft,
    namespace: string,
    context: AdmissionContext,
    annotations: Map<string, string>,
  ) => string | undefined;
  /** Mutating phase of a creation: why it goes no further. */
  readonly refuse?: (object: KubeObject, context: AdmissionContext) => Refusal | undefined;
  /** Mutating phase of a creation: the object as it goes on. */
  readonly admit?: (object: KubeObject, context: AdmissionContext) => KubeObject;
  /** Validating phase: the object is complete and valid. */
  readonly validate?: (object: Stored, context: AdmissionContext, previous?: Stored) => Refusal | undefined;
  /** Validating phase of a deletion. */
  readonly validateDelete?: (object: Stored, context: AdmissionContext) => Refusal | undefined;
  /** What the author of an object that `validate` lets pass is warned of. */
  readonly warn?: (object: Stored, context: AdmissionContext, previous?: Stored) => readonly string[];
}
