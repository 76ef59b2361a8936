import type { Node, Taint } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { equal } from '../apiserver/equal.js';
import type { Stored } from '../apiserver/kinds.js';
import type { Store } from '../apiserver/store.js';
import { conditionOf } from './conditions.js';
import { type Controller, type ControllerContext, keyFor, splitKey } from './controller.js';

const unschedulable = 'node.kubernetes.io/unschedulable';
const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';

/** A node that reports no condition is taken to be well. */
const readiness = (node: Node): string => conditionOf(node.status?.conditions, 'Ready')?.status ?? 'True';

/** When no node answers, the fault is more likely the control plane's than the nodes': then no Pod is evicted. */
const isFullyDisrupted = (store: Store): boolean => store.list('Node').every((node) => readiness(node) !== 'True');

const wantedTaints = (node: Admitted<Node>, store: Store): readonly Taint[] => {
  const ready = readiness(node);
  const key = ready === 'Unknown' ? unreachable : notReady;
  return [
    ...(node.spec?.unschedulable ? [{ key: unschedulable, effect: 'NoSchedule' }] : []),
    ...(ready === 'True' ? [] : [{ key, effect: 'NoSchedule' }]),
    ...(ready === 'True' || isFullyDisrupted(store) ? [] : [{ key, effect: 'NoExecute' }]),
  ];
};

const syncTaints = (node: Admitted<Node>, { api, store, clock }: ControllerContext): void => {
  const before = node.spec?.taints ?? [];
  const own = new Set([unschedulable, notReady, unreachable]);
  const kept = before.filter(({ key }) => !own.has(key));
  const wanted = wantedTaints(node, store).map(
    (taint) =>
      before.find(({ key, effect }) => key === taint.key && effect === taint.effect) ?? { ...taint, timeAdded: clock.timestamp },
  );
  const taints = [...kept, ...wanted];
  const same = taints.length === before.length && taints.every((taint) => before.some((other) => equal(taint, other)));
  if (same) return;
  const { taints: _before, ...spec } = node.spec ?? {};
  api.update({ ...(node as Admitted as Stored), spec: { ...spec, ...(taints.length > 0 && { taints }) } }, { trusted: true });
};

/** Nobody answers for the Pods of a node that is not ready: they are not ready either. */
const loseReadiness = (node: Admitted<Node>, { api, store, clock, event }: ControllerContext): void => {
  for (const pod of store.list('Pod')) {
    if (pod.spec?.nodeName !== node.metadata.name || conditionOf(pod.status?.conditions, 'Ready')?.status !== 'True') continue;
    const conditions = (pod.status?.conditions ?? []).map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: clock.timestamp } : condition,
    );
    api.updateStatus(pod, { ...pod.status, conditions });
    event('Warning', 'NodeNotReady', 'Node is not ready', pod);
  }
};

/** Taints nodes by their state, so that Pods stay away from those that are cordoned or silent. */
export const nodeLifecycleController: Controller = {
  name: 'node-controller',
  kinds: ['Node'],
  keysFor: ({ type, object, previous }, store) => {
    const changed = type === 'modified' && previous !== undefined && readiness(previous as Node) !== readiness(object as Node);
    return changed ? store.list('Node').map(keyFor) : type === 'deleted' ? [] : [keyFor(object)];
  },
  reconcile: (key, context) => {
    const [, name] = splitKey(key);
    const node = context.store.find('Node', undefined, name);
    if (node === undefined) return;
    if (readiness(node) !== 'True') loseReadiness(node, context);
    syncTaints(node, context);
  },
};
