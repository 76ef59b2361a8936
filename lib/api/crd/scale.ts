import type { CustomResourceSubresourceScale } from '../generated/types.js';
import { goText } from '../go-text.js';
import type { Faults } from '../validate/faults.js';
import { Path } from '../validate/path.js';
import { isObject, own } from './json.js';
import { isInt64 } from './number.js';

type Found = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

const partsOf = (path: string): readonly string[] => path.replace(/^\./, '').split('.');

const typeText = (value: unknown): string => {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return isInt64(value) ? 'int64' : 'float64';
  if (value === null) return '<nil>';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
};

const accessFault = (parts: readonly string[], value: unknown, wanted: string): Found => ({
  ok: false,
  error: `.${parts.join('.')} accessor error: ${goText(value)} is of the type ${typeText(value)}, expected ${wanted}`,
});

/** The value at a path such as `.spec.replicas`, undefined when it is not there. */
const valueAt = (resource: unknown, path: string): Found => {
  const parts = partsOf(path);
  let value = resource;
  for (const [index, part] of parts.entries()) {
    if (value === undefined) return { ok: true, value: undefined };
    if (!isObject(value)) {
      // The server names the path up to here, and what it wanted to find.
      return value === null
        ? { ok: true, value: undefined }
        : accessFault(parts.slice(0, index + 1), value, 'map[string]interface{}');
    }
    value = own(value, part);
  }
  return { ok: true, value };
};

const typed = (resource: unknown, path: string, type: 'int64' | 'string'): Found => {
  const found = valueAt(resource, path);
  if (!found.ok || found.value === undefined || typeText(found.value) === type) return found;
  return accessFault(partsOf(path), found.value, type);
};

const mostReplicas = 2 ** 31 - 1;

const checkReplicas = (resource: unknown, path: string, faults: Faults): void => {
  const at = Path.of(path);
  const found = typed(resource, path, 'int64');
  if (!found.ok) faults.invalid(at, 0, found.error);
  else if (Number(found.value ?? 0) < 0) faults.invalid(at, found.value, 'should be a non-negative integer');
  else if (Number(found.value ?? 0) > mostReplicas)
    faults.invalid(at, found.value, `should be less than or equal to ${mostReplicas}`);
};

/** Reports replicas and a selector of the scale subresource that are of another type than scaling needs. */
export const checkScale = (
  resource: unknown,
  scale: CustomResourceSubresourceScale,
  what: 'all' | 'status',
  faults: Faults,
): void => {
  if (what === 'all') checkReplicas(resource, scale.specReplicasPath, faults);
  checkReplicas(resource, scale.statusReplicasPath, faults);
  const selectorPath = scale.labelSelectorPath;
  if (selectorPath === undefined) return;
  const selector = typed(resource, selectorPath, 'string');
  if (!selector.ok) faults.invalid(Path.of(selectorPath), '', selector.error);
};

/** The replicas and the selector that the scale subresource shows; undefined replicas were never set. */
export const scaleOf = (
  resource: unknown,
  scale: CustomResourceSubresourceScale,
): { readonly replicas: number | undefined; readonly current: number; readonly selector: string } => {
  const number = (path: string): number | undefined => {
    const found = typed(resource, path, 'int64');
    return found.ok ? (found.value as number | undefined) : undefined;
  };
  const selector = scale.labelSelectorPath === undefined ? undefined : typed(resource, scale.labelSelectorPath, 'string');
  return {
    replicas: number(scale.specReplicasPath),
    current: number(scale.statusReplicasPath) ?? 0,
    selector: selector?.ok ? ((selector.value as string | undefined) ?? '') : '',
  };
};

/** The resource with other replicas. */
export const withReplicas = (resource: object, scale: CustomResourceSubresourceScale, replicas: number): object => {
  const put = (value: unknown, [name, ...rest]: readonly string[]): unknown =>
    name === undefined
      ? replicas
      : { ...(isObject(value) ? value : {}), [name]: put(isObject(value) ? own(value, name) : undefined, rest) };
  return put(resource, partsOf(scale.specReplicasPath)) as object;
};
