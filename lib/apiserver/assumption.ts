import type { ObjectRef } from '../api/object.js';

/** What the simulated cluster does not judge: closed, so that nothing passes silently. */
type AssumptionCode =
  /** An object outside the manifests is taken to exist (`world: open`). */
  | 'exists'
  /** A rule of the cluster that this release does not judge. */
  | 'unjudged'
  /** Something depends on what only the running system knows (metrics, a cloud, a webhook). */
  | 'outside';

export interface Assumption {
  readonly code: AssumptionCode;
  readonly text: string;
  readonly object?: ObjectRef | undefined;
}
