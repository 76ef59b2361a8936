import type { Plugin } from '../framework.js';

/** Keeps Pods with scheduling gates out of the queue. https://kep.k8s.io/3521 */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue({ spec: { schedulingGates: gates = [] } }) {
    return gates.length === 0 ? undefined : `waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`;
  },
};
