import type { ContainerStatus, PodSpec } from '../api/generated/types.js';
import { isSidecar, restartsAfterExit } from './restart-policy.js';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** Exit code of a container that is not running, from its present or, while it waits for a restart, its last state. */
const exitCodeOf = (status: ContainerStatus): number | undefined =>
  status.state?.terminated?.exitCode ??
  (status.state?.waiting === undefined ? undefined : status.lastState?.terminated?.exitCode);

const hasStarted = (status: ContainerStatus): boolean =>
  status.state?.running !== undefined || status.state?.terminated !== undefined;

export const anyContainerStarted = (spec: PodSpec, statuses: readonly ContainerStatus[]): boolean =>
  statuses.some((status) => hasStarted(status) && spec.containers.some(({ name }) => name === status.name));

/** Whether there is nothing but main containers, and all of them run: most Pods are most of the time as plain as this. */
export const isPlainlyRunning = ({ initContainers, containers }: PodSpec, statuses: readonly ContainerStatus[]): boolean => {
  if (initContainers !== undefined || statuses.length !== containers.length || statuses.length === 0) return false;
  for (let i = 0; i < statuses.length; i++) {
    const status = statuses[i];
    if (status?.state?.running === undefined || status.name !== containers[i]?.name) return false;
  }
  return true;
};

/**
 * Phase of a Pod from what its containers do. `terminal`: the kubelet has stopped all containers for good.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase
 */
export const podPhase = (spec: PodSpec, statuses: readonly ContainerStatus[], terminal = false): PodPhase => {
  if (isPlainlyRunning(spec, statuses)) return 'Running';
  const byName = new Map(statuses.map((status) => [status.name, status]));
  let initPending = 0;
  let initFailed = false;
  let sidecarPending = 0;
  let unknown = 0;
  let running = 0;
  let waiting = 0;

  for (const container of spec.initContainers ?? []) {
    const status = byName.get(container.name);
    const exitCode = status === undefined ? undefined : exitCodeOf(status);
    if (!isSidecar(container)) {
      if (exitCode === undefined) initPending++;
      else if (exitCode !== 0 && !restartsAfterExit(container, spec, exitCode)) initFailed = true;
    } else if (status === undefined) {
      unknown++;
    } else if (status.state?.running !== undefined) {
      running++;
      if (status.started !== true) sidecarPending++;
    } else if (exitCode === undefined) {
      sidecarPending++;
      if (status.state?.waiting === undefined) unknown++;
      else waiting++;
    }
  }

  let stopped = 0;
  let succeeded = 0;
  let restarting = 0;
  for (const container of spec.containers) {
    const status = byName.get(container.name);
    const exitCode = status === undefined ? undefined : exitCodeOf(status);
    if (status?.state?.running !== undefined) running++;
    else if (exitCode !== undefined) {
      stopped++;
      // A container that waits for its restart has stopped, but it has not succeeded.
      if (status?.state?.terminated?.exitCode === 0) succeeded++;
      if (restartsAfterExit(container, spec, exitCode)) restarting++;
    } else if (status?.state?.waiting !== undefined) waiting++;
    else unknown++;
  }

  if (initFailed) return 'Failed';
  if (initPending > 0 || (sidecarPending > 0 && !anyContainerStarted(spec, statuses)) || waiting > 0) return 'Pending';
  if (unknown > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if (!terminal && restarting > 0) return 'Running';
  return stopped === succeeded ? 'Succeeded' : 'Failed';
};
