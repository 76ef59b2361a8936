import type { KubeObject } from '../api/object.js';

/** `spec.containers[0].name`, `metadata.labels[a/b]` as steps. */
const stepsOf = (path: string): readonly string[] =>
  [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, bracket, name]) => bracket ?? name ?? '');

const without = (holder: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(holder).filter(([key]) => key !== name));

const edited = (value: unknown, steps: readonly string[], change: (old: unknown) => unknown): unknown => {
  const [step, ...rest] = steps;
  if (step === undefined) return change(value);
  if (Array.isArray(value)) {
    const index = Number(step);
    const next = edited(value[index], rest, change);
    return next === undefined ? value.filter((_, at) => at !== index) : Object.assign([...value], { [index]: next });
  }
  const holder = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const next = edited(Object.hasOwn(holder, step) ? holder[step] : undefined, rest, change);
  return next === undefined ? without(holder, step) : { ...without(holder, step), [step]: next };
};

/** The object with another value of a field; the value `undefined` (or a change that returns it) removes the field or list item. */
export const withField = (path: string, value: unknown | ((old: unknown) => unknown)) => {
  const steps = stepsOf(path);
  const change = typeof value === 'function' ? (value as (old: unknown) => unknown) : () => value;
  return (object: KubeObject): KubeObject => edited(object, steps, change) as KubeObject;
};

/** The value of a field, undefined where a step is missing. */
export const fieldOf = (object: KubeObject, path: string): unknown => {
  let value: unknown = object;
  for (const step of stepsOf(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
};
