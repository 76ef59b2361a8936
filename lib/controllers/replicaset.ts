import type {
  LabelSelector,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  ReplicaSetStatus,
  ReplicationController,
} from '../api/generated/types.js';
import { matcherOfLabels } from '../api/label-selector.js';
import type { Admitted } from '../api/object.js';
import { timestampAt } from '../apiserver/clock.js';
import { controllerRefOf } from '../apiserver/store.js';
import { createInBatches } from './batches.js';
import { claimPods } from './claim.js';
import { conditionOf, withCondition, withoutCondition } from './conditions.js';
import { type Controller, type ControllerContext, noKeys, objectOf } from './controller.js';
import { inDeletionOrder } from './deletion-order.js';
import { keysOfCountedPods } from './owner-keys.js';
import { isActive, isAvailable, isFinished, isReady, isTerminating, nextAvailability, podOf } from './pods.js';
import { sharing } from './shared.js';

/** A ReplicaSet, or the ReplicationController that it succeeded. */
type Replicator = ReplicaSet | ReplicationController;

/** Pods that one reconciliation creates or deletes at most. */
const burst = 500;

/** Seconds that the Pods of a new set have to start before they are counted: mostly they are ready then, and counted once. */
export const patience = 1;

/** Active Pods of all ReplicaSets that share this one's controller. */
const relatedPods = (
  set: Admitted<Replicator>,
  own: readonly Admitted<Pod>[],
  { store }: ControllerContext,
): readonly Admitted<Pod>[] => {
  const owner = controllerRefOf(set);
  if (owner === undefined) return own;
  return store
    .controlledBy('ReplicaSet', owner.uid)
    .flatMap((sibling) => store.controlledBy('Pod', sibling.metadata.uid).filter(isActive));
};

/** Creates Pods; says how many it made, and why not all. */
const createPods = (
  set: Admitted<Replicator>,
  template: PodTemplateSpec,
  count: number,
  { api, event }: ControllerContext,
): { readonly made: number; readonly failure: string | undefined } => {
  let made = 0;
  const failure = createInBatches(count, () => {
    const created = api.create(podOf(template, set, { generateName: `${set.metadata.name}-` }), { trusted: true });
    if (created.ok) event('Normal', 'SuccessfulCreate', `Created pod: ${created.value.metadata.name}`, set);
    else event('Warning', 'FailedCreate', `Error creating: ${created.message}`, set);
    if (created.ok) made++;
    return created.ok ? undefined : created.message;
  });
  return { made, failure };
};

const deletePods = (
  set: Admitted<Replicator>,
  active: readonly Admitted<Pod>[],
  surplus: number,
  context: ControllerContext,
): void => {
  const { api, clock, event } = context;
  for (const pod of inDeletionOrder(active, relatedPods(set, active, context), clock.now).slice(0, surplus)) {
    api.delete({ apiVersion: 'v1', kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name });
    event('Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, set);
  }
};

const withFailure = (
  before: ReplicaSetStatus['conditions'],
  message: string,
  now: number,
): NonNullable<ReplicaSetStatus['conditions']> => {
  if (before !== undefined && conditionOf(before, 'ReplicaFailure') !== undefined) return before;
  const condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message };
  return withCondition(before, { ...condition, lastTransitionTime: timestampAt(now) });
};

const sharedStatus = sharing<ReplicaSetStatus>();

const statusOf = (
  set: Admitted<Replicator>,
  pods: readonly Admitted<Pod>[],
  failure: string | undefined,
  now: number,
): ReplicaSetStatus => {
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const labels = set.spec?.template?.metadata?.labels;
  let replicas = 0;
  let fullyLabeled = 0;
  let ready = 0;
  let available = 0;
  let terminating = 0;
  for (const pod of pods) {
    if (isFinished(pod)) continue;
    if (isTerminating(pod)) {
      terminating++;
      continue;
    }
    replicas++;
    if (pod.metadata.labels === labels || matcherOfLabels(labels ?? {})(pod.metadata.labels)) fullyLabeled++;
    if (!isReady(pod)) continue;
    ready++;
    if (minReadySeconds === 0 || isAvailable(pod, minReadySeconds, now)) available++;
  }
  const before = set.status?.conditions;
  const status: { -readonly [Field in keyof ReplicaSetStatus]: ReplicaSetStatus[Field] } = { replicas };
  if (fullyLabeled > 0) status.fullyLabeledReplicas = fullyLabeled;
  if (ready > 0) status.readyReplicas = ready;
  if (available > 0) status.availableReplicas = available;
  status.terminatingReplicas = terminating;
  status.observedGeneration = set.metadata.generation;
  const conditions = failure === undefined ? withoutCondition(before, 'ReplicaFailure') : withFailure(before, failure, now);
  if (conditions.length > 0) status.conditions = conditions;
  return sharedStatus(status);
};

/** A ReplicationController selects by a plain map of labels. */
const selectors = new WeakMap<object, LabelSelector>();

const selectorOf = ({ kind, spec }: Admitted<Replicator>): LabelSelector => {
  const selector = spec?.selector ?? {};
  if (kind === 'ReplicaSet') return selector as LabelSelector;
  const known = selectors.get(selector) ?? { matchLabels: selector as Readonly<Record<string, string>> };
  selectors.set(selector, known);
  return known;
};

/** A set that nobody has counted yet, and whose owner looks only at the counts. */
const isNew = (set: Admitted<Replicator>): boolean =>
  set.status?.observedGeneration === undefined && controllerRefOf(set) !== undefined;

const reconcile = (key: string, set: Admitted<Replicator>, context: ControllerContext): void => {
  const { spec } = set;
  const pods = claimPods(set, selectorOf(set), context);
  const active = pods.every(isActive) ? pods : pods.filter(isActive);
  const surplus = active.length - (spec?.replicas ?? 1);
  let failure: string | undefined;
  if (set.metadata.deletionTimestamp === undefined && surplus > 0) deletePods(set, active, Math.min(surplus, burst), context);
  if (set.metadata.deletionTimestamp === undefined && surplus < 0) {
    if (spec?.template === undefined) return;
    const created = createPods(set, spec.template, Math.min(-surplus, burst), context);
    failure = created.failure;
    if (failure === undefined && isNew(set) && -surplus <= burst) context.later(key, patience);
    else if (created.made > 0) context.later(key);
    if (failure === undefined) return;
  }
  context.api.updateStatus(set, statusOf(set, pods, failure, context.clock.now));
  if (failure !== undefined) {
    context.retry(key);
    return;
  }
  const wait = nextAvailability(active, spec?.minReadySeconds ?? 0, context.clock.now);
  if (wait !== undefined) context.after(wait, key);
};

/** The status is the controller's own: it tells it nothing. */
const isStatusOnly = (before: Admitted<Replicator>, after: Admitted<Replicator>): boolean =>
  before.spec === after.spec &&
  before.metadata.labels === after.metadata.labels &&
  before.metadata.deletionTimestamp === after.metadata.deletionTimestamp;

const keepingReplicas = (kind: 'ReplicaSet' | 'ReplicationController', name: string): Controller => ({
  name,
  kinds: [kind, 'Pod'],
  // It comes back by itself to count the Pods that it made.
  knowsItsOwn: true,
  keysFor: (change, store) => {
    const { object, previous } = change;
    if (object.kind === 'Pod') return keysOfCountedPods(kind, change, store);
    return previous !== undefined && isStatusOnly(previous, object) ? noKeys : object.metadata.uid;
  },
  reconcile: (key, context) => {
    const set = objectOf<Replicator>(context.store, key);
    if (set?.spec !== undefined) reconcile(key, set, context);
  },
});

/** Keeps the number of Pods of a ReplicaSet. */
export const replicaSetController = keepingReplicas('ReplicaSet', 'replicaset-controller');

/** Keeps the number of Pods of a ReplicationController. */
export const replicationController = keepingReplicas('ReplicationController', 'replication-controller');
