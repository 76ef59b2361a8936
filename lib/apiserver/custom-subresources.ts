import { judgeStatus, type ServedVersion, scaleOf, withReplicas } from '../api/crd/index.js';
import type { FieldValidation } from '../api/decode.js';
import { type KubeObject, type ObjectRef, refKey } from '../api/object.js';
import { invalid } from '../api/refusal.js';
import type { Verdict } from '../api/verdict.js';
import { readCustom, versionOf } from './custom-resources.js';
import type { Stored } from './kinds.js';
import { mergePatch } from './patch.js';
import { notFound } from './refusals.js';
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

/** The scale subresource of a custom resource. */
const scaleObject = (resource: Stored, version: ServedVersion): Verdict<Stored> => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = resource.metadata;
  if (version.scale === undefined) return notFound({ ...resource, plural: version.plural }, name);
  const { replicas, current, selector } = scaleOf(resource, version.scale);
  return {
    ok: true,
    value: {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: {
        name,
        uid,
        ...(namespace && { namespace }),
        ...(resourceVersion && { resourceVersion }),
        ...(creationTimestamp && { creationTimestamp }),
      },
      spec: { replicas: replicas ?? 0 },
      status: { replicas: current, ...(selector !== '' && { selector }) },
    },
    warnings: [],
  };
};

/** A custom resource with the replicas of its scale. */
const scaled = (resource: Stored, version: ServedVersion, scale: KubeObject): KubeObject => {
  const { replicas } = (scale.spec ?? {}) as { readonly replicas?: number };
  return version.scale === undefined ? resource : (withReplicas(resource, version.scale, replicas ?? 0) as KubeObject);
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
  const live = api.store.get(refKey(ref));
  const missing = notFound({ ...ref, plural: version?.plural }, ref.name);
  if (version === undefined || live === undefined) return missing;
  if (subresource === 'scale') {
    const scale = scaleObject(live, version);
    if (!scale.ok) return scale;
    const updated = api.update(scaled(live, version, mergePatch(scale.value, patch) as KubeObject), options);
    return updated.ok ? scaleObject(updated.value, version) : updated;
  }
  if (!version.hasStatus) return missing;
  const read = readCustom(mergePatch(live, patch) as KubeObject, api, options.fieldValidation);
  if (!read.ok) return read;
  const next = replaceStatus(read.value, version, live);
  if (!next.ok || options.dryRun) return next;
  return { ...next, value: api.store.put(next.value) };
};
