import type { Node, Pod, Taint, Toleration } from '../api/generated/types.js';
import { type Admitted, refOf } from '../api/object.js';
import { withCondition } from './conditions.js';
import { type Controller, type ControllerContext, keyFor, noKeys, splitKey } from './controller.js';

const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? ''));
};

/** Seconds that a Pod may stay beside these taints; undefined for ever, 0 not at all. */
const stay = (pod: Pod, taints: readonly Taint[]): number | undefined => {
  let shortest: number | undefined;
  for (const taint of taints) {
    const matching = (pod.spec?.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    const limits = matching.flatMap(({ tolerationSeconds }) =>
      tolerationSeconds === undefined ? [] : [Math.max(0, tolerationSeconds)],
    );
    const limit = limits.length > 0 ? Math.min(...limits) : undefined;
    if (limit !== undefined && (shortest === undefined || limit < shortest)) shortest = limit;
  }
  return shortest;
};

const noTaints: readonly Taint[] = [];

const evictingTaints = (node: Admitted<Node> | undefined): readonly Taint[] =>
  node?.spec?.taints?.filter(({ effect }) => effect === 'NoExecute') ?? noTaints;

const evict = (pod: Admitted<Pod>, { api, clock, event }: ControllerContext): void => {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: clock.timestamp,
  };
  api.updateStatus(pod, { ...pod.status, conditions: withCondition(pod.status?.conditions, condition) });
  event('Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyFor(pod)}`, pod);
  api.delete(refOf(pod));
};

/** Deletes Pods from nodes whose NoExecute taints they do not tolerate, or tolerated for long enough. */
export const taintEvictionController: Controller = {
  name: 'taint-eviction-controller',
  kinds: ['Node', 'Pod'],
  keysFor: ({ type, object, previous }, store) => {
    if (object.kind === 'Pod') {
      const node = (object as Pod).spec?.nodeName;
      const isNew = type !== 'deleted' && node !== undefined && (previous as Pod | undefined)?.spec?.nodeName === undefined;
      return isNew && evictingTaints(store.find('Node', undefined, node)).length > 0 ? [keyFor(object)] : noKeys;
    }
    if (type === 'deleted' || previous?.spec === object.spec) return noKeys;
    if (evictingTaints(object as Admitted<Node>).length + evictingTaints(previous as Admitted<Node> | undefined).length === 0)
      return noKeys;
    return store
      .list('Pod')
      .filter((pod) => pod.spec?.nodeName === object.metadata.name)
      .map(keyFor);
  },
  reconcile: (key, context) => {
    const { store, clock } = context;
    const pod = store.find('Pod', ...splitKey(key));
    if (pod?.spec?.nodeName === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const taints = evictingTaints(store.find('Node', undefined, pod.spec.nodeName));
    if (taints.length === 0) return;
    const seconds = stay(pod, taints);
    if (seconds === undefined) return;
    const since = Math.min(
      clock.now,
      ...taints.flatMap(({ timeAdded }) => (timeAdded === undefined ? [] : [Date.parse(timeAdded)])),
    );
    const left = seconds - (clock.now - since) / 1000;
    if (left > 0) context.after(left, key);
    else evict(pod, context);
  },
};
