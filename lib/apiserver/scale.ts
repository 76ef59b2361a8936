import { type KubeObject, type ObjectRef, refKey } from '../api/object.js';
import type { Verdict } from '../api/verdict.js';
import type { User } from './admission/plugin.js';
import type { Stored } from './kinds.js';
import { mergePatch } from './patch.js';
import { notFound } from './refusals.js';
import { scaleOf } from './scale-of.js';
import type { ApiServer } from './server.js';

interface Options {
  readonly dryRun?: boolean | undefined;
  readonly user?: User | undefined;
}

/** Merge patch of the scale of a Deployment, ReplicaSet, StatefulSet or ReplicationController, as `kubectl scale` sends it. */
export const patchScale = (api: ApiServer, ref: ObjectRef, patch: unknown, options: Options = {}): Verdict<Stored> => {
  const live = api.store.get(refKey(ref));
  if (live === undefined) return notFound(ref, ref.name);
  const { spec } = mergePatch(scaleOf(live), patch) as KubeObject;
  const { replicas = 0 } = (spec ?? {}) as { readonly replicas?: number };
  const scaled = { ...live, spec: { ...(live.spec as object), replicas } };
  const updated = api.update(scaled, { ...options, subresource: 'scale' });
  return updated.ok ? { ...updated, value: scaleOf(updated.value) } : updated;
};
