import { judgeStatus, type ServedVersion, scaleOf, withReplicas } from '../api/crd/index.js';
import type { FieldValidation } from '../api/decode.js';
import type { KubeObject, ObjectRef } from '../api/object.js';
import { invalid } from '../api/refusal.js';
import type { Verdict } from '../api/verdict.js';
import { readCustom, versionOf } from './custom-resources.js';
import type { Stored } from './kinds.js';
import { mergePatch } from './patch.js';
import { notFound } from './refusals.js';
import { patchReplicas } from './scale.js';
import { scaleObject } from './scale-of.js';
import type { ApiServer } from './server.js';

interface Options {
  readonly dryRun?: boolean | undefined;
  readonly fieldValidation?: FieldValidation | undefined;
}

/** What a request for the status of a custom resource makes of it; all else in `sent` is ignored. */
const replaceStatus = (sent: KubeObject, version: ServedVersion, previous: Stored): Verdict<Stored> => {
  const { status: _old, ...rest } = previous;
  const next = { ...rest, ...(sent.status !== undefined && { status: sent.status }) } as Stored;
  const { errors, warnings } = judgeStatus(next, version, previous);
  return errors.length === 0 ? { ok: true, value: next, warnings } : invalid(next, errors);
};

/** Merge patch of the status or the scale of a custom resource, as `kubectl patch --subresource` and `kubectl scale` send it. */
export const patchSubresource = (
  api: ApiServer,
  ref: ObjectRef,
  subresource: 'status' | 'scale',
  patch: unknown,
  options: Options = {},
): Verdict<Stored> => {
  const version = versionOf(api.store, ref);
  const live = api.get(ref);
  const missing = notFound({ ...ref, plural: version?.plural }, ref.name);
  if (version === undefined || live === undefined) return missing;
  if (subresource === 'scale') {
    const { scale } = version;
    if (scale === undefined) return missing;
    return patchReplicas(
      api,
      live,
      patch,
      {
        read: (resource) => {
          const { replicas = 0, current, selector } = scaleOf(resource, scale);
          return scaleObject(resource, { replicas, current, selector });
        },
        write: (resource, replicas) => withReplicas(resource, scale, replicas) as KubeObject,
      },
      options,
    );
  }
  if (!version.hasStatus) return missing;
  const read = readCustom(mergePatch(live, patch) as KubeObject, api, options.fieldValidation);
  if (!read.ok) return read;
  const next = replaceStatus(read.value, version, live);
  if (!next.ok || options.dryRun) return next;
  return { ...next, value: api.store.put(next.value) };
};
