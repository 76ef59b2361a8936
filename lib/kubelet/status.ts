import { extended } from '../api/extended.js';
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../api/generated/types.js';
import { qosClass } from '../api/qos.js';
import { podConditions } from './conditions.js';
import type { PodPhase } from './phase.js';
import { podPhase } from './phase.js';

/** What a Pod's status derives from. */
export interface StatusInput {
  readonly pod: Pod;
  readonly initStatuses: readonly ContainerStatus[];
  readonly statuses: readonly ContainerStatus[];
  readonly sandboxReady: boolean;
  /** All containers have been stopped for good. */
  readonly terminal: boolean;
  /** The kubelet gave the Pod up: eviction, deadline. */
  readonly failure?: { readonly reason: string; readonly message: string } | undefined;
  readonly hostIP?: string | undefined;
  readonly podIP?: string | undefined;
  readonly startTime: string;
  /** Conditions published before: their times last while their status does. */
  readonly before: readonly PodCondition[];
  readonly timestamp: string;
}

const owned = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

/** Equal conditions of one moment are one object: the Pods of a rollout mostly come to the same state together. */
const recent = new Map<string, PodCondition>();
const mostRecent = 100;

const stamped = (condition: PodCondition, timestamp: string): PodCondition => {
  const key =
    condition.message === undefined ? `${timestamp} ${condition.type} ${condition.status} ${condition.reason ?? ''}` : '';
  const known = recent.get(key);
  if (known !== undefined) return known;
  const made = extended(condition, { lastTransitionTime: timestamp });
  if (key === '') return made;
  if (recent.size === mostRecent) recent.clear();
  recent.set(key, made);
  return made;
};

const withTimes = (conditions: readonly PodCondition[], { before, timestamp }: StatusInput): readonly PodCondition[] =>
  conditions.map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const lasting = old?.status === condition.status ? old.lastTransitionTime : undefined;
    return stamped(condition, lasting ?? timestamp);
  });

/** The status of a Pod as the kubelet reports it; what it does not own stays as it is. */
export const podStatus = (input: StatusInput): PodStatus => {
  const { pod, initStatuses, statuses, failure, hostIP, podIP } = input;
  const spec = pod.spec ?? { containers: [] };
  const all = [...initStatuses, ...statuses];
  const phase: PodPhase = failure === undefined ? podPhase(spec, all, input.terminal) : 'Failed';
  const others = (pod.status?.conditions ?? []).filter(({ type }) => !owned.has(type));
  const conditions = podConditions({ spec, statuses: all, phase, sandboxReady: input.sandboxReady, others });
  return extended(pod.status ?? {}, {
    phase,
    ...failure,
    conditions: [...others, ...withTimes([...conditions, { type: 'PodScheduled', status: 'True' }], input)],
    ...(hostIP === undefined ? {} : { hostIP, hostIPs: [{ ip: hostIP }] }),
    ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }),
    startTime: input.startTime,
    qosClass: pod.status?.qosClass ?? qosClass(spec),
    ...(initStatuses.length === 0 ? {} : { initContainerStatuses: initStatuses }),
    containerStatuses: statuses,
  });
};
