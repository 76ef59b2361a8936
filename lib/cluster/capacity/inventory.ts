import type { Node, Pod } from '../../api/generated/types.js';
import { type Admitted, refOf } from '../../api/object.js';
import { as, type Stored } from '../../apiserver/kinds.js';
import { controllerRefOf } from '../../apiserver/store.js';
import type { Cluster } from '../cluster.js';

/** What the scheduler knows of a settled cluster. Pods are in order of creation; those that ended or are being deleted are left out. */
export interface Inventory {
  readonly cluster: Cluster;
  readonly nodes: readonly Admitted<Node>[];
  readonly pods: readonly Admitted<Pod>[];
  /** Those on nodes. */
  readonly bound: readonly Admitted<Pod>[];
  /** Those that the scheduler has not placed. */
  readonly pending: readonly Admitted<Pod>[];
  /** Everything else. */
  readonly others: readonly Stored[];
}

const isFinished = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

export const inventoryOf = (cluster: Cluster): Inventory => {
  const nodes: Admitted<Node>[] = [];
  const pods: Admitted<Pod>[] = [];
  const bound: Admitted<Pod>[] = [];
  const pending: Admitted<Pod>[] = [];
  const others: Stored[] = [];
  for (const object of cluster.objects()) {
    const pod = as('Pod', object);
    const node = as('Node', object);
    if (node !== undefined) nodes.push(node);
    else if (pod === undefined) others.push(object);
    else if (!isFinished(pod) && !cluster.isBuiltIn(refOf(object))) {
      const isBound = pod.spec?.nodeName !== undefined;
      if (!isBound && pod.metadata.deletionTimestamp !== undefined) continue;
      pods.push(pod);
      (isBound ? bound : pending).push(pod);
    }
  }
  return { cluster, nodes, pods, bound, pending, others };
};

const mirror = 'kubernetes.io/config.mirror';

/** Whether the Pod is there because its node is: a daemon, or a static Pod. */
export const belongsToNode = (pod: Admitted<Pod>): boolean => controllerRefOf(pod)?.kind === 'DaemonSet' || isStatic(pod);

/** Whether the Pod comes from a file on its node; the server only mirrors it. */
export const isStatic = ({ metadata }: Admitted<Pod>): boolean =>
  (metadata.annotations !== undefined && Object.hasOwn(metadata.annotations, mirror)) ||
  metadata.ownerReferences?.some(({ kind }) => kind === 'Node') === true;

/** The Pod as it was before it had a node. */
export const unbound = (pod: Admitted<Pod>): Admitted<Pod> => {
  const { nodeName: _, ...spec } = pod.spec ?? { containers: [] };
  return { ...pod, spec, status: {} };
};
