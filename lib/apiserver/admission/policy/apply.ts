import { strategicPatch } from '../../patch.js';

type Json = unknown;

// Fields that an apply replaces as a whole (`x-kubernetes-list-type` and `-map-type` atomic): a policy may not set these.
const atomic = new Set([
  'add',
  'args',
  'accessModes',
  'command',
  'drop',
  'labelSelector',
  'matchExpressions',
  'matchFields',
  'nameservers',
  'nodeSelector',
  'nodeSelectorTerms',
  'options',
  'preferredDuringSchedulingIgnoredDuringExecution',
  'requiredDuringSchedulingIgnoredDuringExecution',
  'searches',
  'selector',
  'sources',
  'supplementalGroups',
  'sysctls',
  'tolerations',
]);

const atomicsOf = (value: Json, path: string): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => atomicsOf(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]: [string, Json]) => {
    const place = `${path}.${name}`;
    return [...(atomic.has(name) && typeof item === 'object' ? [place] : []), ...atomicsOf(item, place)];
  });
};

/** Applies what `Object{...}` says to an object as server-side apply does; refuses what would drop what it does not name. */
export const applyConfiguration = (
  object: Json,
  configuration: Json,
): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly error: string } => {
  const { metadata, spec, ...rest } = configuration as { readonly metadata?: Json; readonly spec?: Json };
  // Labels and annotations may be called anything.
  const atomics = [...atomicsOf(spec, '.spec'), ...atomicsOf(rest, '')];
  if (atomics.length > 0) {
    const text = `may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`;
    return { ok: false, error: `error applying patch: invalid ApplyConfiguration: ${text}` };
  }
  return {
    ok: true,
    value: strategicPatch(object, { ...(metadata !== undefined && { metadata }), ...(spec !== undefined && { spec }), ...rest }),
  };
};
