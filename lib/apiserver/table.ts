import { tableOf } from '../api/crd/index.js';
import type { ObjectRef } from '../api/object.js';
import type { Verdict } from '../api/verdict.js';
import { versionOf } from './custom-resources.js';
import { notFound } from './refusals.js';
import type { ApiServer } from './server.js';

/** A custom resource as a Table: what `kubectl get` prints. */
export const getTable = (api: ApiServer, ref: ObjectRef): Verdict<object> => {
  const version = versionOf(api.store, ref);
  const resource = api.get(ref);
  if (version === undefined || resource === undefined) return notFound({ ...ref, plural: version?.plural }, ref.name);
  return { ok: true, value: tableOf(resource, version, api.clock.now), warnings: [] };
};
