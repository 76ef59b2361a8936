export { readPaths } from './files.js';
export { readText } from './read.js';
