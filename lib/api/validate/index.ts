import type { KubeObject } from '../object.js';
import type { FieldError } from '../verdict.js';

/** Field errors of a create. */
export const validateCreate = (_object: KubeObject): readonly FieldError[] => [];

/** Field errors of an update. */
export const validateUpdate = (_next: KubeObject, _current: KubeObject): readonly FieldError[] => [];
