import { resourceTable } from './generated/resources.js';
import { groupOf } from './object.js';

/** A kind of the API as the server serves it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Its name in the generated schema table. */
  readonly type: string;
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
}

const words = (text: string): string[] => (text === '' ? [] : text.split(' '));

/** Every built-in kind and version of Kubernetes 1.36, one entry a version. */
export const resources: readonly Resource[] = resourceTable.map(
  ([group, version, kind, plural, namespaced, type, verbs, subresources]) => ({
    group,
    version,
    kind,
    plural,
    namespaced,
    type,
    verbs: words(verbs),
    subresources: words(subresources),
  }),
);

/** `apps/v1` of a resource, `v1` in the core group. */
export const apiVersionOf = (resource: Resource): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;

let byVersion: Map<string, Map<string, Resource>> | undefined;
let groups: Set<string> | undefined;

const index = (): Map<string, Map<string, Resource>> => {
  const versions = new Map<string, Map<string, Resource>>();
  for (const resource of resources) {
    const apiVersion = apiVersionOf(resource);
    const kinds = versions.get(apiVersion) ?? new Map<string, Resource>();
    versions.set(apiVersion, kinds.set(resource.kind, resource));
  }
  return versions;
};

/** The resource of a built-in kind in exactly this version, undefined for anything else (custom resources too). */
export const resourceOf = (apiVersion: string, kind: string): Resource | undefined => {
  byVersion ??= index();
  return byVersion.get(apiVersion)?.get(kind);
};

/** The groups the API server serves itself; every other group belongs to custom resources. */
export const isBuiltInGroup = (group: string): boolean => {
  groups ??= new Set(resources.map((resource) => resource.group));
  return groups.has(group);
};

/** The built-in kinds of that name in any group and version. */
export const resourcesOfKind = (kind: string): readonly Resource[] => resources.filter((resource) => resource.kind === kind);

/**
 * Whether objects of the kind live in a namespace; undefined when it is not built in: then its CustomResourceDefinition
 * decides.
 */
export const isNamespaced = (apiVersion: string, kind: string): boolean | undefined => {
  const exact = resourceOf(apiVersion, kind);
  if (exact !== undefined) return exact.namespaced;
  return resources.find((resource) => resource.kind === kind && resource.group === groupOf(apiVersion))?.namespaced;
};
