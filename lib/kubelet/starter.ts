import { accountRestart, restartDelay } from './backoff.js';
import type { ContainerRecord } from './container.js';
import { ContainerRun } from './container-run.js';
import { environmentFault } from './environment.js';
import { imageProblem } from './image.js';
import type { PodRecord } from './pod.js';
import type { RunEnd } from './run.js';
import { endWith, runEnd } from './run.js';

/** Why a container is not started now. */
export interface HeldBack {
  /** When to try again: a known time, milliseconds, or whenever the kubelet looks again. Absent: never. */
  readonly until?: number | 'retry';
}

/** Says in the container's status why it waits; returns whether that is news. */
const wait = (pod: PodRecord, record: ContainerRecord, reason: string, message: string): boolean => {
  const news = record.wait(reason, message);
  pod.dirty ||= news;
  return news;
};

const crashLoop = (pod: PodRecord, record: ContainerRecord): HeldBack | undefined => {
  if (!record.hasRun) return undefined;
  const delay = restartDelay(record.backoff, record.finishedAt);
  const until = record.finishedAt + delay * 1000;
  if (until <= pod.now) return undefined;
  const { name, namespace = '', uid } = pod.pod.metadata;
  const where = `${record.container.name} in pod ${name}_${namespace}(${uid})`;
  const message = `back-off ${delay}s restarting failed container=${record.container.name} pod=${name}_${namespace}(${uid})`;
  if (wait(pod, record, 'CrashLoopBackOff', message))
    pod.event('Warning', 'BackOff', `Back-off restarting failed container ${where}`);
  return { until };
};

/** What keeps a container from starting now: its status and the events say it in the kubelet's words. */
export const heldBack = (pod: PodRecord, record: ContainerRecord): HeldBack | undefined => {
  const { container } = record;
  const backoff = crashLoop(pod, record);
  if (backoff !== undefined) return backoff;
  const problem = imageProblem(container.image ?? '');
  if (problem !== undefined) {
    if (wait(pod, record, 'InvalidImageName', problem)) {
      pod.event('Warning', 'InspectFailed', problem);
      pod.event('Warning', 'Failed', 'Error: InvalidImageName');
    }
    return {};
  }
  if ((container.env ?? container.envFrom) === undefined) return undefined;
  const fault = environmentFault(pod.pod, container, pod.objects);
  if (fault === undefined) return undefined;
  wait(pod, record, 'CreateContainerConfigError', fault);
  pod.tellOnce('Failed', `Error: ${fault}`);
  return { until: 'retry' };
};

/** Starts a container: the new run, and how it will end as far as that is known. */
export const startContainer = (pod: PodRecord, record: ContainerRecord): { run: ContainerRun; end: RunEnd | undefined } => {
  const { container } = record;
  if (record.hasRun) record.backoff = accountRestart(record.backoff, record.finishedAt, pod.now);
  const behaviour = pod.host.behaviour(pod.pod, container.name);
  const run = new ContainerRun(pod.host, pod.pod, container, behaviour, record.init && !record.sidecar);
  record.begin(run);
  pod.dirty = true;
  pod.host.note(run);
  const taken = pod.open(record, run);
  if (taken === undefined) return { run, end: runEnd(container, record.init, behaviour, pod) };
  const message = `listen ${taken.protocol.toLowerCase()} 0.0.0.0:${taken.port}: bind: address already in use`;
  return { run, end: endWith(1, Math.max(behaviour.startsIn ?? 0, 1), message) };
};
