import type { Container, Pod, PodSpec } from '../api/generated/types.js';
import { quantityValue } from '../api/quantity.js';
import type { ContainerBehaviour } from './behaviour.js';
import type { CommandEnd } from './command.js';
import { commandEnd } from './command.js';
import { isSidecar } from './restart-policy.js';

/** How a run of a container ends. */
export interface RunEnd {
  /** Seconds after its start. */
  readonly after: number;
  readonly code: number;
  readonly reason: 'Completed' | 'Error' | 'OOMKilled';
  readonly message?: string;
}

/** Where a container runs, as far as its end depends on it. */
export interface RunPlace {
  readonly pod: Pod;
  readonly spec: PodSpec;
  /** Bytes of memory of the node: the limit of what has no limit. */
  readonly nodeMemory: number;
}

export const endWith = (code: number, after: number, message?: string): RunEnd => ({
  after,
  code,
  reason: code === 0 ? 'Completed' : 'Error',
  ...(message === undefined ? {} : { message }),
});

/** Whether a container whose command says nothing is there to end: init containers and Pods that do not restart. */
const meantToEnd = (container: Container, init: boolean, { pod, spec }: RunPlace): boolean => {
  if (init) return !isSidecar(container);
  if ((container.restartPolicy ?? spec.restartPolicy ?? 'Always') === 'Always') return false;
  // A bare Pod that is not restarted may still serve (`kubectl run --restart=Never --port=80`); those of a Job are there to end.
  return (container.ports ?? []).length === 0 || (pod.metadata?.ownerReferences ?? []).some(({ kind }) => kind === 'Job');
};

const ordinaryEnd = (container: Container, init: boolean, behaviour: ContainerBehaviour, place: RunPlace): RunEnd | undefined => {
  if (behaviour.exits !== undefined) return endWith(behaviour.exits.code, behaviour.exits.after ?? 1);
  // Whoever says how a container answers or grows says that it runs.
  if (behaviour.listens !== undefined || behaviour.probes !== undefined || behaviour.memory !== undefined) return undefined;
  const end: CommandEnd = commandEnd(container);
  if (end === 'never') return undefined;
  if (end === 'unknown') return meantToEnd(container, init, place) ? endWith(0, 1) : undefined;
  return endWith(end.code, end.after);
};

/** Bytes that the container writes to volumes in memory: they count as its memory. */
const writtenToMemory = (spec: PodSpec, behaviour: ContainerBehaviour): number => {
  if (behaviour.writes === undefined) return 0;
  const writes = new Map(Object.entries(behaviour.writes));
  return (spec.volumes ?? [])
    .filter(({ emptyDir }) => emptyDir?.medium === 'Memory')
    .reduce((sum, { name }) => sum + quantityValue(writes.get(name)), 0);
};

const outOfMemory = (container: Container, behaviour: ContainerBehaviour, place: RunPlace): RunEnd | undefined => {
  const own = quantityValue(container.resources?.limits?.memory) || quantityValue(place.spec.resources?.limits?.memory);
  // What takes nothing has room on any node.
  if (own === 0 && behaviour.memory === undefined && behaviour.writes === undefined) return undefined;
  const limit = own || place.nodeMemory;
  const free = limit - writtenToMemory(place.spec, behaviour);
  const killed = (after: number): RunEnd => ({ after, code: 137, reason: 'OOMKilled' });
  if (free <= 0) return killed(1);
  if (behaviour.memory === undefined) return undefined;
  const { growsTo, over = 60 } = behaviour.memory;
  if (growsTo === 'unbounded') return killed(over);
  const target = quantityValue(growsTo);
  return target > free ? killed(Math.ceil((over * free) / target)) : undefined;
};

/** How the run of a container ends, undefined when it runs on. */
export const runEnd = (
  container: Container,
  init: boolean,
  behaviour: ContainerBehaviour,
  place: RunPlace,
): RunEnd | undefined => {
  const ordinary = ordinaryEnd(container, init, behaviour, place);
  const killed = outOfMemory(container, behaviour, place);
  if (ordinary === undefined || killed === undefined) return ordinary ?? killed;
  return killed.after <= ordinary.after ? killed : ordinary;
};

/** An emptyDir on disk that gets more than its size limit: the kubelet evicts the Pod. */
export const overfullVolume = (spec: PodSpec, behaviour: ContainerBehaviour): { name: string; sizeLimit: string } | undefined => {
  if (behaviour.writes === undefined) return undefined;
  const writes = new Map(Object.entries(behaviour.writes));
  for (const { name, emptyDir } of spec.volumes ?? []) {
    const limit = quantityValue(emptyDir?.sizeLimit);
    if (limit > 0 && emptyDir?.medium !== 'Memory' && quantityValue(writes.get(name)) > limit) {
      return { name, sizeLimit: String(emptyDir?.sizeLimit) };
    }
  }
  return undefined;
};
