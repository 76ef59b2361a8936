import { extended } from '../api/extended.js';
import type { ContainerStatus, HostIP, Pod, PodCondition, PodSpec, PodStatus } from '../api/generated/types.js';
import { qosClass } from '../api/qos.js';
import { allPositive, isPlainlyReady, podConditions } from './conditions.js';
import type { PodPhase } from './phase.js';
import { podPhase } from './phase.js';

/** What a Pod's status derives from, beside the statuses of its containers. */
export interface StatusInput {
  readonly pod: Pod;
  readonly sandboxReady: boolean;
  /** All containers have been stopped for good. */
  readonly over: boolean;
  /** The kubelet gave the Pod up: eviction, deadline. */
  readonly failure: { readonly reason: string; readonly message: string } | undefined;
  /** None when the node has none. */
  readonly hostIPs: readonly HostIP[];
  readonly podIP: string | undefined;
  readonly startTime: string;
  /** Conditions published before: their times last while their status does. */
  readonly conditions: readonly PodCondition[];
}

const owned = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

const scheduled: PodCondition = { type: 'PodScheduled', status: 'True' };

/** The Pods of a rollout mostly come to the same state together, and then share their conditions: there are few that tell no reason. */
const recent = new Map<PodCondition, PodCondition>();

/** With the time when it came to its status, which lasts while the status does. */
const stamped = (condition: PodCondition, before: readonly PodCondition[], timestamp: string): PodCondition => {
  let lastTransitionTime = timestamp;
  for (const old of before) {
    if (old.type !== condition.type) continue;
    if (old.status === condition.status) lastTransitionTime = old.lastTransitionTime ?? timestamp;
    break;
  }
  const isCommon = condition.status === 'True' && condition.reason === undefined;
  const known = isCommon ? recent.get(condition) : undefined;
  if (known?.lastTransitionTime === lastTransitionTime) return known;
  const made = extended(condition, { lastTransitionTime });
  if (isCommon) recent.set(condition, made);
  return made;
};

const none: readonly PodCondition[] = [];

/** Conditions that others set. */
const othersOf = (conditions: readonly PodCondition[]): readonly PodCondition[] => {
  for (const { type } of conditions) if (!owned.has(type)) return conditions.filter((condition) => !owned.has(condition.type));
  return none;
};

let lastReady:
  | { readonly scheduledAt: string; readonly timestamp: string; readonly conditions: readonly PodCondition[] }
  | undefined;

/** The first conditions of a Pod that came up at once: those that come up together share them. */
const readyConditions = (before: readonly PodCondition[], timestamp: string): readonly PodCondition[] => {
  const scheduledAt = before[0]?.lastTransitionTime ?? timestamp;
  if (lastReady?.scheduledAt !== scheduledAt || lastReady.timestamp !== timestamp) {
    const conditions = [...allPositive, scheduled].map((condition) => stamped(condition, before, timestamp));
    lastReady = { scheduledAt, timestamp, conditions };
  }
  return lastReady.conditions;
};

/** Whether nothing is known of a Pod but that it has a node. */
const isOnlyScheduled = (conditions: readonly PodCondition[] | undefined): boolean => {
  if (conditions === undefined || conditions.length !== 1) return false;
  return conditions[0]?.type === 'PodScheduled' && conditions[0].status === 'True';
};

const allConditions = (
  { pod, sandboxReady, conditions: before }: StatusInput,
  spec: PodSpec,
  statuses: readonly ContainerStatus[],
  phase: PodPhase,
  timestamp: string,
): readonly PodCondition[] => {
  const known = pod.status?.conditions;
  const others = known === undefined ? none : othersOf(known);
  const conditions = [...others];
  for (const condition of podConditions({ spec, statuses, phase, sandboxReady, others })) {
    conditions.push(stamped(condition, before, timestamp));
  }
  conditions.push(stamped(scheduled, before, timestamp));
  return conditions;
};

/** Whether the status is what the server gives a Pod and the scheduler adds, field by field. */
const isNew = (status: PodStatus): boolean => {
  const keys = Object.keys(status);
  return keys.length === 3 && keys[0] === 'phase' && keys[1] === 'qosClass' && keys[2] === 'conditions';
};

/** The status of a Pod as the kubelet reports it; what it does not own stays as it is. `statuses`: those of init containers first. */
export const podStatus = (input: StatusInput, statuses: readonly ContainerStatus[], timestamp: string): PodStatus => {
  const { pod, failure, hostIPs, podIP, startTime, conditions: before } = input;
  const spec = pod.spec ?? { containers: [] };
  const known = pod.status ?? {};
  const phase: PodPhase = failure === undefined ? podPhase(spec, statuses, input.over) : 'Failed';
  const isFresh = input.sandboxReady && failure === undefined && isOnlyScheduled(before) && isOnlyScheduled(known.conditions);
  const conditions =
    isFresh && isPlainlyReady(spec, statuses)
      ? readyConditions(before, timestamp)
      : allConditions(input, spec, statuses, phase, timestamp);
  const qos = known.qosClass ?? qosClass(spec);
  const hostIP = hostIPs[0]?.ip;
  const inits = spec.initContainers?.length ?? 0;
  const isPlain = inits === 0 && failure === undefined && hostIP !== undefined && podIP !== undefined;
  // What the other way comes to for nearly all Pods, without its dozen of copies.
  if (isPlain && isNew(known)) {
    const podIPs = [{ ip: podIP }];
    return { phase, qosClass: qos, conditions, hostIP, hostIPs, podIP, podIPs, startTime, containerStatuses: statuses };
  }
  return extended(known, {
    phase,
    ...failure,
    conditions,
    ...(hostIP === undefined ? {} : { hostIP, hostIPs }),
    ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }),
    startTime,
    qosClass: qos,
    ...(inits === 0 ? {} : { initContainerStatuses: statuses.slice(0, inits) }),
    containerStatuses: inits === 0 ? statuses : statuses.slice(inits),
  });
};
