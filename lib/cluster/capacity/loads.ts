import type { Node, Pod } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { NodeInfo } from '../../scheduler/node-info.js';
import { PodInfo } from '../../scheduler/pod-info.js';

/** Nodes with the sums over their Pods, as the scheduler keeps them. */
export const loadsOf = (nodes: readonly Admitted<Node>[], pods: readonly Admitted<Pod>[]): ReadonlyMap<string, NodeInfo> => {
  const loads = new Map(nodes.map((node) => [node.metadata.name, new NodeInfo(node)]));
  for (const pod of pods) loads.get(pod.spec?.nodeName ?? '')?.addPod(new PodInfo(pod));
  return loads;
};
