import { type Plugin, unresolvable } from '../framework.js';
import { tolerates } from '../taints.js';

const name = 'NodeUnschedulable';
const refusal = unresolvable(name, 'node(s) were unschedulable');
const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Honours `spec.unschedulable` of nodes, unless the Pod tolerates the taint that stands for it. */
export const nodeUnschedulable: Plugin = {
  name,
  preFilter({ tolerations }) {
    if (tolerations.some((toleration) => tolerates(toleration, taint))) return undefined;
    return { filter: (node) => (node.unschedulable ? refusal : undefined) };
  },
};
