import type { KubeObject, ObjectRef } from '../api/object.js';
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

/** Where an object keeps what its Scale says. */
interface Scaling {
  readonly read: (object: Stored) => Stored;
  readonly write: (object: Stored, replicas: number) => KubeObject;
}

/** Merge patch of the Scale of an object; what becomes of it is an update. */
export const patchReplicas = (
  api: ApiServer,
  live: Stored,
  patch: unknown,
  { read, write }: Scaling,
  options: Parameters<ApiServer['update']>[1],
): Verdict<Stored> => {
  const { spec } = mergePatch(read(live), patch) as KubeObject;
  const { replicas = 0 } = (spec ?? {}) as { readonly replicas?: number };
  const updated = api.update(write(live, replicas), options);
  return updated.ok ? { ...updated, value: read(updated.value) } : updated;
};

const workload: Scaling = {
  read: scaleOf,
  write: (object, replicas) => ({ ...object, spec: { ...(object.spec as object), replicas } }),
};

/** Merge patch of the scale of a Deployment, ReplicaSet, StatefulSet or ReplicationController, as `kubectl scale` sends it. */
export const patchScale = (api: ApiServer, ref: ObjectRef, patch: unknown, options: Options = {}): Verdict<Stored> => {
  const live = api.get(ref);
  if (live === undefined) return notFound(ref, ref.name);
  return patchReplicas(api, live, patch, workload, { ...options, subresource: 'scale' });
};
