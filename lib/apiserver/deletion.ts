import type { Pod } from '../api/generated/types.js';
import type { User } from './admission/plugin.js';
import type { Stored } from './kinds.js';

export interface DeleteOptions {
  /** What becomes of the object's dependents; `Background` unless said. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  /** Seconds a Pod gets to end; its own `terminationGracePeriodSeconds` unless said. */
  readonly gracePeriodSeconds?: number | undefined;
  /** The request is only tried. */
  readonly dryRun?: boolean | undefined;
  /** Who makes the request; a cluster administrator unless said. */
  readonly user?: User | undefined;
}

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

/** Seconds until the object is gone: only a Pod that runs on a node has any. */
export const graceOf = (object: Stored, options: DeleteOptions): number => {
  if (object.kind !== 'Pod') return 0;
  const { spec, status } = object as Pod;
  const runs = spec?.nodeName !== undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
  return runs ? (options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30) : 0;
};
