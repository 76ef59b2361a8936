import { type Plugin, unresolvable } from '../framework.js';

const name = 'NodeName';
const refusal = unresolvable(name, "node(s) didn't match the requested node name");

/** Honours `spec.nodeName`. */
export const nodeName: Plugin = {
  name,
  preFilter({ spec: { nodeName: wanted } }) {
    return wanted ? { filter: (node) => (node.name === wanted ? undefined : refusal) } : undefined;
  },
};
