import { groupOf, type KubeObject } from './object.js';
import type { FieldError, Refusal } from './verdict.js';

/** `Deployment.apps`, `Pod`: how the server names a kind in its refusals. */
const qualified = (object: KubeObject): string => {
  const group = groupOf(object.apiVersion);
  return group === '' ? object.kind : `${object.kind}.${group}`;
};

/**
 * The refusal of an object that breaks rules of its fields, worded as the server's Status: `Deployment.apps "web" is invalid:
 * spec.replicas: Invalid value: -1: must be ...`, several faults in brackets, one that occurs twice said once.
 */
export const invalid = (object: KubeObject, errors: readonly FieldError[]): Refusal => {
  const messages = [...new Set(errors.map((error) => error.message))];
  const faults = messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`;
  return {
    ok: false,
    code: 422,
    reason: 'Invalid',
    message: `${qualified(object)} "${object.metadata.name ?? ''}" is invalid: ${faults}`,
    causes: errors,
  };
};
