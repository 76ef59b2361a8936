export { type ServedVersion, servedVersion } from './definition.js';
export { formatWarnings } from './format-warnings.js';
export { judgeResource, judgeStatus, newResource, nextResource, readResource } from './resource.js';
export { scaleOf, withReplicas } from './scale.js';
export { tableOf } from './table.js';
