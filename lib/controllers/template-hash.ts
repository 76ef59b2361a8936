import type { PodTemplateSpec } from '../api/generated/types.js';
import { suffixOf } from '../apiserver/identity.js';

/** The name of a template: equal templates have equal hashes. `collisions` is hashed in when the name was taken by another. */
export const templateHash = (template: PodTemplateSpec, collisions = 0): string =>
  suffixOf(`${JSON.stringify(template)}${collisions === 0 ? '' : `#${collisions}`}`, 10);
