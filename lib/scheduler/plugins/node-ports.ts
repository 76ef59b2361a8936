import { type Plugin, unschedulable } from '../framework.js';

const name = 'NodePorts';
const refusal = unschedulable(name, "node(s) didn't have free ports for the requested pod ports");

/** Host ports: one holder per node, address, protocol and port. */
export const nodePorts: Plugin = {
  name,
  preFilter({ hostPorts }) {
    if (hostPorts.length === 0) return undefined;
    return { filter: (node) => (hostPorts.some((port) => node.hostPorts.conflicts(port)) ? refusal : undefined) };
  },
};
