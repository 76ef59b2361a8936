import type { NodeInfo } from '../node-info.js';
import type { PodResource } from '../pod-requests.js';

/** One resource as a score of nodes reads it, in the units of `Resource`. */
export interface ResourceAmounts {
  /** What the Pod asks for. */
  readonly asked: number;
  /** What the Pods of the node hold, and what the node has; 0 where the resource does not count. */
  held(node: NodeInfo): number;
  size(node: NodeInfo): number;
}

/** Resources whose names carry a domain that is not Kubernetes' own. */
export const isExtended = (resource: string): boolean =>
  resource.includes('/') && !resource.includes('kubernetes.io/') && !resource.startsWith('requests.');

const nobody: ResourceAmounts = { asked: 0, held: () => 0, size: () => 0 };

const ephemeralStorage = (asked: number): ResourceAmounts => ({
  asked,
  held: ({ requested }) => requested.ephemeralStorage,
  size: ({ allocatable }) => allocatable.ephemeralStorage,
});

/** A Pod that does not ask for such a resource is not scored for it. */
const scalar = (resource: string, asked: number): ResourceAmounts =>
  asked === 0
    ? nobody
    : {
        asked,
        held: ({ requested }) => requested.scalars.get(resource) ?? 0,
        size: ({ allocatable }) => allocatable.scalars.get(resource) ?? 0,
      };

/** Where containers that request no CPU or memory count with a default. */
export const scoredAmounts = (resource: string, pod: PodResource): ResourceAmounts => {
  switch (resource) {
    case 'cpu':
      return {
        asked: pod.scoredMilliCPU,
        held: ({ nonZeroMilliCPU }) => nonZeroMilliCPU,
        size: ({ allocatable }) => allocatable.milliCPU,
      };
    case 'memory':
      return {
        asked: pod.scoredMemory,
        held: ({ nonZeroMemory }) => nonZeroMemory,
        size: ({ allocatable }) => allocatable.memory,
      };
    case 'ephemeral-storage':
      return ephemeralStorage(pod.ephemeralStorage);
    default:
      return scalar(resource, pod.scoredScalars.get(resource) ?? 0);
  }
};

/** As requested. */
export const requestedAmounts = (resource: string, pod: PodResource): ResourceAmounts => {
  switch (resource) {
    case 'cpu':
      return {
        asked: pod.milliCPU,
        held: ({ requested }) => requested.milliCPU,
        size: ({ allocatable }) => allocatable.milliCPU,
      };
    case 'memory':
      return { asked: pod.memory, held: ({ requested }) => requested.memory, size: ({ allocatable }) => allocatable.memory };
    case 'ephemeral-storage':
      return ephemeralStorage(pod.ephemeralStorage);
    default:
      return scalar(resource, pod.scalars.get(resource) ?? 0);
  }
};
