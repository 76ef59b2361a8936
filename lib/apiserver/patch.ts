/** Patches of the Kubernetes API: JSON merge patch (RFC 7386), strategic merge patch, and the three-way merge of `kubectl apply`. */

type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sets an own property whatever its name, `__proto__` included. */
const set = (object: Record<string, Json>, name: string, value: Json): void => {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
};

const copy = (object: JsonObject): Record<string, Json> => {
  const made: Record<string, Json> = {};
  for (const name of Object.keys(object)) set(made, name, object[name]);
  return made;
};

const own = (object: JsonObject, name: string): Json => (Object.hasOwn(object, name) ? object[name] : undefined);

/** RFC 7386: null removes, objects merge, everything else replaces. */
export const mergePatch = (target: Json, patch: Json): Json => {
  if (!isObject(patch)) return patch;
  const result = isObject(target) ? copy(target) : {};
  for (const name of Object.keys(patch)) {
    if (patch[name] === null) delete result[name];
    else set(result, name, mergePatch(own(result, name), patch[name]));
  }
  return result;
};

// Fields whose lists merge item by item (patchStrategy `merge` in the API types), and the keys that tell the items apart.
const mergeKeys = new Map<string, readonly string[]>([
  ['containers', ['name']],
  ['initContainers', ['name']],
  ['ephemeralContainers', ['name']],
  ['volumes', ['name']],
  ['env', ['name']],
  ['imagePullSecrets', ['name']],
  ['secrets', ['name']],
  ['volumeMounts', ['mountPath']],
  ['volumeDevices', ['devicePath']],
  ['ports', ['containerPort', 'port']],
  ['hostAliases', ['ip']],
  ['topologySpreadConstraints', ['topologyKey']],
  ['conditions', ['type']],
  ['ownerReferences', ['uid']],
]);

/** The key that all items of these lists have, if the field's lists merge by key. */
const mergeKeyOf = (field: string, ...lists: readonly Json[]): string | undefined => {
  const items = lists.flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : []));
  return mergeKeys.get(field)?.find((key) => items.every((item) => isObject(item) && Object.hasOwn(item, key)));
};

const strategicList = (field: string, target: Json, patch: readonly Json[]): Json => {
  if (field === 'finalizers') return [...new Set([...(Array.isArray(target) ? target : []), ...patch])];
  if (patch.some((item) => isObject(item) && item.$patch === 'replace'))
    return patch.filter((item) => !(isObject(item) && item.$patch === 'replace'));
  const key = mergeKeyOf(field, target, patch);
  if (key === undefined || !Array.isArray(target)) return patch.filter((item) => !(isObject(item) && item.$patch === 'delete'));
  const result: Json[] = [...target];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const at = result.findIndex((other) => isObject(other) && other[key] === item[key]);
    if (item.$patch === 'delete') {
      if (at >= 0) result.splice(at, 1);
    } else if (at >= 0) result[at] = strategicPatch(result[at], item);
    else result.push(item);
  }
  return result;
};

/** Strategic merge patch: as a merge patch, but lists of the known fields merge by key, and `$patch` replaces or deletes. */
export const strategicPatch = (target: Json, patch: Json, field = ''): Json => {
  if (Array.isArray(patch)) return strategicList(field, target, patch);
  if (!isObject(patch)) return patch;
  if (patch.$patch === 'replace' || patch.$patch === 'delete') {
    const { $patch, ...rest } = patch;
    return $patch === 'delete' ? {} : rest;
  }
  const result = isObject(target) ? copy(target) : {};
  for (const name of Object.keys(patch)) {
    if (name.startsWith('$')) continue;
    if (patch[name] === null) delete result[name];
    else set(result, name, strategicPatch(own(result, name), patch[name], name));
  }
  return result;
};

/** `live` without what the author wrote last time and writes no more. */
const withoutDropped = (live: Json, last: Json, next: Json, field = ''): Json => {
  if (Array.isArray(live) && Array.isArray(last)) {
    const key = mergeKeyOf(field, live, last, next);
    if (key === undefined) return live;
    const find = (list: Json, item: Json): Json =>
      Array.isArray(list) && isObject(item) ? list.find((other) => isObject(other) && other[key] === item[key]) : undefined;
    return live.flatMap((item: Json) => {
      const was = find(last, item);
      const is = find(next, item);
      if (was === undefined) return [item];
      return is === undefined ? [] : [withoutDropped(item, was, is)];
    });
  }
  if (!isObject(live) || !isObject(last)) return live;
  const result = copy(live);
  for (const name of Object.keys(last)) {
    if (!Object.hasOwn(result, name)) continue;
    if (!isObject(next) || !Object.hasOwn(next, name)) delete result[name];
    else set(result, name, withoutDropped(result[name], last[name], next[name], name));
  }
  return result;
};

/** `threeWayMerge` of a custom resource, whose lists are replaced whole. */
export const threeWayMergePatch = (live: Json, last: Json, next: Json): Json =>
  mergePatch(withoutDropped(live, last, next), next);

/** What `kubectl apply` makes of an object: fields the author dropped since last time go, what the author writes wins, the rest stays. */
export const threeWayMerge = (live: Json, last: Json, next: Json): Json => strategicPatch(withoutDropped(live, last, next), next);
