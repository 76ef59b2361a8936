import type { Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../api/generated/types.js';
import { matcherOf } from '../api/label-selector.js';
import type { Admitted } from '../api/object.js';
import { controllerRefOf, type Store } from '../apiserver/store.js';
import { withCondition } from './conditions.js';
import { type Controller, type ControllerContext, keyFor, splitKey } from './controller.js';
import { scaledValue } from './percent.js';
import { isFinished, isReady, isTerminating } from './pods.js';

const selected = (budget: Admitted<PodDisruptionBudget>, store: Store): readonly Admitted<Pod>[] => {
  const { selector } = budget.spec ?? {};
  const namespace = budget.metadata.namespace ?? '';
  const labels = selector?.matchLabels ?? {};
  const pods = Object.keys(labels).length > 0 ? store.podsWith(namespace, labels) : store.list('Pod', namespace);
  const matches = matcherOf(selector);
  return pods.filter((pod) => matches(pod.metadata.labels) && !isFinished(pod));
};

/** How many Pods the controllers of these Pods want; undefined when one has no controller that says so. */
const wantedByControllers = (pods: readonly Admitted<Pod>[], store: Store): number | undefined => {
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const ref = controllerRefOf(pod);
    let owner = ref && store.withUid(ref.uid);
    const root = owner && controllerRefOf(owner);
    if (root !== undefined) owner = store.withUid(root.uid) ?? owner;
    const replicas = (owner?.spec as { readonly replicas?: number } | undefined)?.replicas;
    if (owner === undefined || replicas === undefined) return undefined;
    scales.set(owner.metadata.uid, replicas);
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
};

interface Expectation {
  readonly expected: number;
  readonly desired: number;
}

const expectationOf = (budget: PodDisruptionBudget, pods: readonly Admitted<Pod>[], store: Store): Expectation | undefined => {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (typeof minAvailable === 'number') return { expected: pods.length, desired: minAvailable };
  const expected = wantedByControllers(pods, store);
  if (expected === undefined) return undefined;
  if (maxUnavailable !== undefined)
    return { expected, desired: Math.max(0, expected - scaledValue(maxUnavailable, expected, Math.ceil)) };
  return { expected, desired: scaledValue(minAvailable, expected, Math.ceil) };
};

const reconcileBudget = (budget: Admitted<PodDisruptionBudget>, { api, store, clock }: ControllerContext): void => {
  const pods = selected(budget, store);
  const expectation = expectationOf(budget, pods, store);
  // An eviction counts as a disruption until its Pod is seen to go.
  const disruptedPods = Object.fromEntries(
    Object.entries(budget.status?.disruptedPods ?? {}).filter(([name]) =>
      pods.some((pod) => pod.metadata.name === name && !isTerminating(pod)),
    ),
  );
  const currentHealthy = pods.filter(
    (pod) => isReady(pod) && !isTerminating(pod) && !Object.hasOwn(disruptedPods, pod.metadata.name),
  ).length;
  const { expected, desired } = expectation ?? { expected: 0, desired: 0 };
  const disruptionsAllowed = expected === 0 ? 0 : Math.max(0, currentHealthy - desired);
  const condition = {
    type: 'DisruptionAllowed',
    status: disruptionsAllowed > 0 ? 'True' : 'False',
    reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    lastTransitionTime: clock.timestamp,
    observedGeneration: budget.metadata.generation,
  };
  const status: PodDisruptionBudgetStatus = {
    conditions: withCondition(budget.status?.conditions, condition),
    currentHealthy,
    desiredHealthy: desired,
    disruptionsAllowed,
    expectedPods: expected,
    observedGeneration: budget.metadata.generation,
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
  };
  api.updateStatus(budget, status);
};

/** Counts how many Pods of a disruption budget may go. */
export const disruptionController: Controller = {
  name: 'controllermanager',
  kinds: ['PodDisruptionBudget', 'Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'],
  observes: true,
  keysFor: ({ object }, store) => {
    if (object.kind === 'PodDisruptionBudget') return [keyFor(object)];
    const budgets = store.list('PodDisruptionBudget', object.metadata.namespace);
    if (object.kind !== 'Pod') return budgets.map(keyFor);
    return budgets.filter((budget) => matcherOf(budget.spec?.selector)(object.metadata.labels)).map(keyFor);
  },
  reconcile: (key, context) => {
    const budget = context.store.find('PodDisruptionBudget', ...splitKey(key));
    if (budget !== undefined) reconcileBudget(budget, context);
  },
};
