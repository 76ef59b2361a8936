import type { PodSpec, ResourceRequirements } from './generated/types.js';
import { milliValue } from './quantity.js';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'] as const;

/** Resources of the Pod as a whole, which stand in place of its containers'. */
export const podLevelResources = (spec: PodSpec): ResourceRequirements | undefined => {
  if (spec.resources === undefined) return undefined;
  const names = [...Object.keys(spec.resources.requests ?? {}), ...Object.keys(spec.resources.limits ?? {})];
  return names.some((name) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) ? spec.resources : undefined;
};

interface Sums {
  readonly requests: Record<(typeof counted)[number], number>;
  readonly limits: Record<(typeof counted)[number], number>;
  /** Every container has every limit. */
  isLimited: boolean;
}

const count = (sums: Sums, { limits, requests }: ResourceRequirements): void => {
  for (const name of counted) {
    const limit = limits === undefined ? 0 : milliValue(limits[name]);
    const request = requests === undefined ? 0 : milliValue(requests[name]);
    if (limit > 0) sums.limits[name] += limit;
    else sums.isLimited = false;
    if (request > 0) sums.requests[name] += request;
  }
};

const none: ResourceRequirements = {};

/** Quality of service class of a Pod. https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
export const qosClass = (spec: PodSpec): QosClass => {
  const whole = podLevelResources(spec);
  const { containers, initContainers } = spec;
  const sums: Sums = { requests: { cpu: 0, memory: 0 }, limits: { cpu: 0, memory: 0 }, isLimited: true };
  if (whole !== undefined) count(sums, whole);
  else {
    if (containers !== undefined) for (const { resources } of containers) count(sums, resources ?? none);
    if (initContainers !== undefined) for (const { resources } of initContainers) count(sums, resources ?? none);
  }
  const { requests, limits, isLimited } = sums;
  if (requests.cpu + requests.memory + limits.cpu + limits.memory === 0) return 'BestEffort';
  const isEqual = requests.cpu === limits.cpu && requests.memory === limits.memory;
  return isLimited && isEqual ? 'Guaranteed' : 'Burstable';
};
