import type { PodTemplateSpec } from '../api/generated/types.js';
import { suffixOf } from '../apiserver/identity.js';

const hashes = new WeakMap<PodTemplateSpec, string>();

/** The name of a template: equal templates have equal hashes. `collisions` is hashed in when the name was taken by another. */
export const templateHash = (template: PodTemplateSpec, collisions = 0): string => {
  const known = collisions === 0 ? hashes.get(template) : undefined;
  if (known !== undefined) return known;
  const hash = suffixOf(`${JSON.stringify(template)}${collisions === 0 ? '' : `#${collisions}`}`, 10);
  if (collisions === 0) hashes.set(template, hash);
  return hash;
};
