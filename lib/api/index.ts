export { decode, decodeText } from './decode.js';
export { applyDefaults } from './default/index.js';
export { type Admitted, groupOf, type KubeObject, type ObjectRef, refKey, refOf, refText } from './object.js';
export { invalid } from './refusal.js';
export { type RemovedVersion, removedVersion } from './removed.js';
export {
  apiVersionOf,
  isBuiltInGroup,
  isNamespaced,
  type Resource,
  resourceOf,
  resources,
  resourcesOfKind,
} from './resources.js';
export { validateCreate, validateUpdate } from './validate/index.js';
export type { FieldError, FieldErrorType, Refusal, Verdict } from './verdict.js';
