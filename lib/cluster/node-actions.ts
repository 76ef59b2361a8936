import type { NodeCondition } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf } from '../api/object.js';
import type { Verdict } from '../api/verdict.js';
import type { Stored } from '../apiserver/kinds.js';
import type { ApiServer } from '../apiserver/server.js';
import { controllerRefOf } from '../apiserver/store.js';

/** One Pod of a drain. */
export interface Eviction {
  readonly pod: ObjectRef;
  readonly verdict: Verdict<Stored>;
}

const nodeRef = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Node', name });

export const setUnschedulable = (api: ApiServer, node: string, unschedulable: boolean): Verdict<Stored> =>
  api.patch(nodeRef(node), { spec: { unschedulable: unschedulable || null } });

/** Cordons a node and evicts its Pods in rounds; DaemonSet Pods stay. */
export const drain = (api: ApiServer, node: string, settle: () => void): readonly Eviction[] => {
  setUnschedulable(api, node, true);
  settle();
  const evictions: Eviction[] = [];
  for (;;) {
    const pods = api.store
      .list('Pod')
      .filter(
        (pod) =>
          pod.spec?.nodeName === node &&
          pod.metadata.deletionTimestamp === undefined &&
          controllerRefOf(pod)?.kind !== 'DaemonSet',
      );
    const round = pods.map((pod): Eviction => ({ pod: refOf(pod), verdict: api.evict(refOf(pod)) }));
    evictions.push(...round);
    settle();
    if (!round.some(({ verdict }) => verdict.ok)) return evictions;
  }
};

/** A node's kubelet falls silent, or speaks again; what follows from it is the node controller's business. */
export const setNodeDown = (api: ApiServer, name: string, down: boolean): Verdict<Stored> => {
  const node = api.store.find('Node', undefined, name);
  if (node === undefined) return api.patch(nodeRef(name), {});
  const time = api.clock.timestamp;
  const ready: NodeCondition = down
    ? {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: time,
      }
    : {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastTransitionTime: time,
      };
  const conditions = [...(node.status?.conditions ?? []).filter(({ type }) => type !== 'Ready'), ready];
  api.updateStatus(node, { ...node.status, conditions });
  if (down) {
    api.record({
      type: 'Normal',
      reason: 'NodeNotReady',
      message: `Node ${name} status is now: NodeNotReady`,
      object: nodeRef(name),
      component: 'node-controller',
    });
  }
  return { ok: true, value: api.get(nodeRef(name)) ?? (node as Admitted as Stored), warnings: [] };
};
