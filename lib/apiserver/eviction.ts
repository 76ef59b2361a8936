import type { Pod, PodDisruptionBudget } from '../api/generated/types.js';
import { matcherOf } from '../api/label-selector.js';
import type { Admitted } from '../api/object.js';
import type { Refusal } from '../api/verdict.js';
import { internalError, tooManyRequests } from './refusals.js';
import type { ApiServer } from './server.js';

const why = (budget: Admitted<PodDisruptionBudget>): string => {
  const { name } = budget.metadata;
  const { desiredHealthy = 0, currentHealthy = 0 } = budget.status ?? {};
  if (currentHealthy > desiredHealthy) return `The disruption budget ${name} does not allow evicting pods currently`;
  return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
};

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;

/** A Pod that is not ready may go whatever the budget says, if its policy or its health allows. */
const isFree = (pod: Pod, budget: Admitted<PodDisruptionBudget>): boolean => {
  if (isReady(pod)) return false;
  const { desiredHealthy = 0, currentHealthy = 0 } = budget.status ?? {};
  return budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (currentHealthy >= desiredHealthy && desiredHealthy > 0);
};

/** Takes one eviction from the Pod's disruption budget, or says why none is left (`pods/eviction` of policy/v1). */
export const spendBudget = (api: ApiServer, pod: Admitted<Pod>): Refusal | undefined => {
  const { store, clock } = api;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined)
    return undefined;
  const budgets = store
    .list('PodDisruptionBudget', pod.metadata.namespace)
    .filter((budget) => matcherOf(budget.spec?.selector)(pod.metadata.labels));
  const [budget, second] = budgets;
  if (budget === undefined) return undefined;
  if (second !== undefined)
    return internalError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  if (isFree(pod, budget)) return undefined;
  const allowed = budget.status?.disruptionsAllowed ?? 0;
  if (allowed <= 0) return tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", why(budget));
  const disruptedPods = { ...budget.status?.disruptedPods, [pod.metadata.name]: clock.timestamp };
  api.updateStatus(budget, { ...budget.status, disruptionsAllowed: allowed - 1, disruptedPods });
  return undefined;
};
