import type { KubeObject, ObjectRef } from '../api/object.js';
import type { Refusal, Verdict } from '../api/verdict.js';
import type { Applied } from '../apiserver/server.js';
import type { PodBehaviour } from '../kubelet/behaviour.js';
import type { Manifest } from '../manifest/manifest.js';

/** What became of one manifest, as `kubectl apply` says it. */
export interface ApplyResult {
  readonly manifest: Manifest;
  /** What it became; what it would have become, as far as it says so, if it was refused. */
  readonly ref: ObjectRef;
  readonly outcome: Applied['outcome'];
  readonly warnings: readonly string[];
  /** Why it was refused, if it was. */
  readonly refusal: Refusal | undefined;
}

export interface ApplyOptions {
  readonly behaviours?: ReadonlyMap<string, PodBehaviour> | undefined;
  readonly defaulted?: readonly (Verdict<KubeObject> | undefined)[] | undefined;
}
