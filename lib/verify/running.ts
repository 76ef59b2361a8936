import type { KubeObject } from '../api/object.js';
import type { Manifest } from '../manifest/manifest.js';

/** The server has seen the object: it comes from a running cluster and not from an author. */
const isLive = ({ metadata }: KubeObject): boolean => metadata.uid !== undefined || metadata.creationTimestamp !== undefined;

/** What runs before a change: objects of a cluster as they are, and manifests that were applied to it. */
export interface Running {
  readonly live: readonly KubeObject[];
  readonly applied: readonly Manifest[];
}

export const runningOf = (against: readonly Manifest[] = []): Running => ({
  live: against.map(({ object }) => object).filter(isLive),
  applied: against.filter(({ object }) => !isLive(object)),
});
