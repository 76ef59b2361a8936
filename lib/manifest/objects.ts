import type { KubeObject } from '../api/object.js';

type Steps = readonly (string | number)[];

/** An object of a document, or why a part of it is none; `steps` lead to it. */
export type Found =
  | { readonly steps: Steps; readonly object: KubeObject }
  | { readonly steps: Steps; readonly message: string; readonly severity?: 'warning' };

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}...` : text);

const nameOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `the ${typeof value} ${shown(JSON.stringify(value))}`;
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** What an object lacks to be one, undefined if nothing. The rest is for the API server to judge. */
const fault = (value: Readonly<Record<string, unknown>>): string | undefined => {
  const { apiVersion, kind, metadata } = value;
  const missing: string[] = [];
  const wrong: string[] = [];
  const isGiven = (field: unknown): boolean => field !== undefined && field !== null;
  const check = (path: string, field: unknown): void => {
    if (!isGiven(field) || field === '') missing.push(path);
    else if (typeof field !== 'string') wrong.push(`${path} must be a string, but is ${nameOf(field)}`);
  };
  check('apiVersion', apiVersion);
  check('kind', kind);
  if (isGiven(metadata) && !isMap(metadata)) {
    wrong.push(`metadata must be a map, but is ${nameOf(metadata)}`);
  } else {
    const { name, generateName, namespace } = isMap(metadata) ? metadata : {};
    if (isGiven(generateName)) check('metadata.generateName', generateName);
    if (!isGiven(generateName) || isGiven(name)) check('metadata.name', name);
    if (isGiven(namespace) && namespace !== '') check('metadata.namespace', namespace);
  }
  const lacks = missing.length === 0 ? [] : [`${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`];
  const faults = [...lacks, ...wrong];
  return faults.length === 0 ? undefined : `not a Kubernetes object: ${faults.join('; ')}`;
};

/** Items of a typed list (`PodList`) need not repeat what the list says. */
const withTypeOf = (list: Readonly<Record<string, unknown>>, item: unknown): unknown => {
  const { kind, apiVersion } = list;
  if (!isMap(item) || !isText(kind) || kind === 'List' || !kind.endsWith('List')) return item;
  if (isText(item.kind) && isText(item.apiVersion)) return item;
  return { apiVersion, kind: kind.slice(0, -'List'.length), ...item };
};

/**
 * The objects of a document, Lists (and Lists in them) flattened. As on kubectl, whatever has `items` is a list.
 */
export const objectsIn = (value: unknown, steps: Steps = []): readonly Found[] => {
  if (!isMap(value)) return [{ steps, message: `not a Kubernetes object: ${nameOf(value)}` }];
  const { items } = value;
  if (Array.isArray(items)) return items.flatMap((item, index) => objectsIn(withTypeOf(value, item), [...steps, 'items', index]));
  if (value.kind === 'List') return [];
  if (value.kind === 'Kustomization' && !isMap(value.metadata)) {
    const message = 'a Kustomization is no object of the cluster: check what it makes (kubectl kustomize DIR | plimsoll check -)';
    return [{ steps, message, severity: 'warning' }];
  }
  const message = fault(value);
  return message === undefined ? [{ steps, object: value as KubeObject }] : [{ steps, message }];
};
