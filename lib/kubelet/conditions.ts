import type { Container, ContainerStatus, PodCondition, PodSpec } from '../api/generated/types.js';
import type { PodPhase } from './phase.js';
import { anyContainerStarted, isPlainlyRunning } from './phase.js';
import { isSidecar } from './restart-policy.js';

/** What the conditions of a Pod derive from. Statuses of init containers come before the others; none at all means unknown. */
export interface ConditionInput {
  readonly spec: PodSpec;
  readonly statuses: readonly ContainerStatus[];
  readonly phase: PodPhase;
  /** A sandbox with an address exists. */
  readonly sandboxReady: boolean;
  /** Conditions that others set: readiness gates read them. */
  readonly others?: readonly PodCondition[] | undefined;
}

const positive = {
  PodReadyToStartContainers: { type: 'PodReadyToStartContainers', status: 'True' },
  Initialized: { type: 'Initialized', status: 'True' },
  Ready: { type: 'Ready', status: 'True' },
  ContainersReady: { type: 'ContainersReady', status: 'True' },
} satisfies Readonly<Record<string, PodCondition>>;
const negative = (type: string, reason: string, message?: string): PodCondition => ({
  type,
  status: 'False',
  reason,
  ...(message === undefined ? {} : { message }),
});

const listed = (kind: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`containers with ${kind} status: [${names.join(' ')}]`];

/** Names of the containers without a status, and of those with a status that fails `test`. */
const sortOut = (
  containers: readonly Container[],
  byName: ReadonlyMap<string, ContainerStatus>,
  test: (status: ContainerStatus, container: Container) => boolean,
): { unknown: string[]; failing: string[] } => {
  const unknown: string[] = [];
  const failing: string[] = [];
  for (const container of containers) {
    const status = byName.get(container.name);
    if (status === undefined) unknown.push(container.name);
    else if (!test(status, container)) failing.push(container.name);
  }
  return { unknown, failing };
};

const initialized = (input: ConditionInput, byName: ReadonlyMap<string, ContainerStatus>): PodCondition => {
  const inits = input.spec.initContainers ?? [];
  if (input.statuses.length === 0 && inits.length > 0) return negative('Initialized', 'UnknownContainerStatuses');
  const { unknown, failing } = sortOut(inits, byName, (status, container) =>
    isSidecar(container) ? status.started === true : status.ready,
  );
  if (input.phase === 'Succeeded' && unknown.length === 0) return { ...positive.Initialized, reason: 'PodCompleted' };
  // Sidecars may restart later; a Pod that was initialized once stays so.
  if (anyContainerStarted(input.spec, input.statuses)) return positive.Initialized;
  const messages = [...listed('unknown', unknown), ...listed('incomplete', failing)];
  return messages.length === 0 ? positive.Initialized : negative('Initialized', 'ContainersNotInitialized', messages.join(', '));
};

const containersReady = (input: ConditionInput, byName: ReadonlyMap<string, ContainerStatus>): PodCondition => {
  const type = 'ContainersReady';
  if (input.statuses.length === 0) return negative(type, 'UnknownContainerStatuses');
  const lasting = [...(input.spec.initContainers ?? []).filter(isSidecar), ...input.spec.containers];
  const { unknown, failing } = sortOut(lasting, byName, (status) => status.ready);
  if (input.phase === 'Succeeded' && unknown.length === 0) return negative(type, 'PodCompleted');
  if (input.phase === 'Failed') return negative(type, 'PodFailed');
  const messages = [...listed('unknown', unknown), ...listed('unready', failing)];
  return messages.length === 0 ? positive.ContainersReady : negative(type, 'ContainersNotReady', messages.join(', '));
};

const ready = (input: ConditionInput, containers: PodCondition): PodCondition => {
  if (containers.status !== 'True') return { ...containers, type: 'Ready' };
  const messages = (input.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const status = input.others?.find(({ type }) => type === conditionType)?.status;
    if (status === undefined) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return status === 'True' ? [] : [`the status of pod readiness gate "${conditionType}" is not "True", but ${status}`];
  });
  return messages.length === 0 ? positive.Ready : negative('Ready', 'ReadinessGatesNotReady', messages.join(', '));
};

const isReady = ({ ready }: ContainerStatus): boolean => ready;

/** Those of a Pod that runs and is ready. */
export const allPositive: readonly PodCondition[] = [
  positive.PodReadyToStartContainers,
  positive.Initialized,
  positive.Ready,
  positive.ContainersReady,
];

/** Whether all that matters to readiness is that the main containers run, and all of them are ready. */
export const isPlainlyReady = (spec: PodSpec, statuses: readonly ContainerStatus[]): boolean =>
  spec.readinessGates === undefined && isPlainlyRunning(spec, statuses) && statuses.every(isReady);

/** The conditions that the kubelet owns, in its order: PodReadyToStartContainers, Initialized, Ready, ContainersReady. */
export const podConditions = (input: ConditionInput): readonly PodCondition[] => {
  const { spec, statuses, phase, sandboxReady } = input;
  if (sandboxReady && phase === 'Running' && isPlainlyReady(spec, statuses)) return allPositive;
  const byName = new Map(input.statuses.map((status) => [status.name, status]));
  const containers = containersReady(input, byName);
  return [
    sandboxReady ? positive.PodReadyToStartContainers : { type: 'PodReadyToStartContainers', status: 'False' },
    initialized(input, byName),
    ready(input, containers),
    containers,
  ];
};
