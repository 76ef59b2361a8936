import { goText } from '../go-text.js';
import type { KubeObject } from '../object.js';
import type { ServedVersion } from './definition.js';
import { isObject, own } from './json.js';

const nameDescription =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';

/** Parts of a JSONPath: `.a`, `['a']`, `[0]`, `[*]`, `[?(@.type=="Ready")]`. */
const parts = /\.((?:\\.|[^.[\\])+)|\['((?:\\.|[^'\\])*)'\]|\[(-?\d+|\*)\]|\[\?\(@((?:\.[\w-]+)+)\s*==\s*["']([^"']*)["']\)\]/g;

const step = (values: readonly unknown[], [, field, quoted, index, path, wanted]: RegExpMatchArray): readonly unknown[] => {
  const name = (field ?? quoted)?.replace(/\\(.)/g, '$1');
  if (name !== undefined)
    return values.flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? [own(value, name)] : []));
  const items = values.flatMap((value) => (Array.isArray(value) ? (value as readonly unknown[]) : []));
  if (index === '*') return items;
  if (index !== undefined) return values.flatMap((value) => (Array.isArray(value) ? value.slice(Number(index)).slice(0, 1) : []));
  return items.filter((item) => valuesAt(item, path ?? '').some((value) => goText(value) === wanted));
};

/** The values that a JSONPath of a printer column finds. */
const valuesAt = (value: unknown, path: string): readonly unknown[] => {
  let found: readonly unknown[] = [value];
  for (const part of path.matchAll(parts)) found = step(found, part);
  return found;
};

const units = [
  ['y', 365 * 24 * 3600],
  ['d', 24 * 3600],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** From how many of a unit on the next smaller one is left out, as `kubectl get` shows ages: `119s`, `2m5s`, `10m`, `3d4h`. */
const alone: Readonly<Record<string, number>> = { y: 8, d: 8, h: 8, m: 10, s: 0 };
const least: Readonly<Record<string, number>> = { y: 2, d: 2, h: 3, m: 2, s: 0 };

/** A duration in seconds as ages are shown. */
const ageText = (seconds: number): string => {
  if (seconds < -1) return '<invalid>';
  const whole = Math.max(0, Math.floor(seconds));
  for (const [index, [unit, size]] of units.entries()) {
    const count = Math.floor(whole / size);
    if (count < (least[unit] ?? 0)) continue;
    const next = units[index + 1];
    const rest = next === undefined ? 0 : Math.floor((whole % size) / next[1]);
    return count >= (alone[unit] ?? 0) || next === undefined || rest === 0
      ? `${count}${unit}`
      : `${count}${unit}${rest}${next[0]}`;
  }
  return `${whole}s`;
};

const cell = (type: string, value: unknown, now: number): unknown => {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return typeof value === 'object' ? JSON.stringify(value) : goText(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date': {
      if (typeof value !== 'string') return null;
      const at = Date.parse(value);
      return Number.isNaN(at) ? '<invalid>' : ageText((now - at) / 1000);
    }
    default:
      return null;
  }
};

/** A custom resource as `kubectl get` asks for it (`as=Table`): the columns of its definition. `now` in milliseconds since 1970. */
export const tableOf = (resource: KubeObject, { columns }: ServedVersion, now: number): object => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: { resourceVersion: resource.metadata.resourceVersion },
  columnDefinitions: [
    { name: 'Name', type: 'string', format: 'name', description: nameDescription, priority: 0 },
    ...columns.map(({ name, type, format = '', description = '', jsonPath, priority = 0 }) => ({
      name,
      type,
      format,
      description: description === '' ? `Custom resource definition column (in JSONPath format): ${jsonPath}` : description,
      priority,
    })),
  ],
  rows: [
    {
      cells: [resource.metadata.name, ...columns.map(({ type, jsonPath }) => cell(type, valuesAt(resource, jsonPath)[0], now))],
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: resource.metadata },
    },
  ],
});
