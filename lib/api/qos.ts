import type { PodSpec, ResourceRequirements } from './generated/types.js';
import { milliValue } from './quantity.js';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** Resources of the Pod as a whole, which stand in place of its containers'. */
export const podLevelResources = (spec: PodSpec): ResourceRequirements | undefined => {
  if (spec.resources === undefined) return undefined;
  const names = [...Object.keys(spec.resources.requests ?? {}), ...Object.keys(spec.resources.limits ?? {})];
  return names.some((name) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) ? spec.resources : undefined;
};

/** Of cpu and memory. */
interface Sums {
  requestedCpu: number;
  requestedMemory: number;
  limitedCpu: number;
  limitedMemory: number;
  /** Every container has every limit. */
  isLimited: boolean;
}

const count = (sums: Sums, { limits, requests }: ResourceRequirements): void => {
  if (requests !== undefined) {
    const cpu = milliValue(requests.cpu);
    const memory = milliValue(requests.memory);
    if (cpu > 0) sums.requestedCpu += cpu;
    if (memory > 0) sums.requestedMemory += memory;
  }
  const cpu = limits === undefined ? 0 : milliValue(limits.cpu);
  const memory = limits === undefined ? 0 : milliValue(limits.memory);
  if (cpu > 0) sums.limitedCpu += cpu;
  if (memory > 0) sums.limitedMemory += memory;
  if (!(cpu > 0 && memory > 0)) sums.isLimited = false;
};

const none: ResourceRequirements = {};

/** Quality of service class of a Pod. https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
export const qosClass = (spec: PodSpec): QosClass => {
  const whole = spec.resources === undefined ? undefined : podLevelResources(spec);
  const { containers, initContainers } = spec;
  const sums: Sums = { requestedCpu: 0, requestedMemory: 0, limitedCpu: 0, limitedMemory: 0, isLimited: true };
  if (whole !== undefined) count(sums, whole);
  else {
    if (containers !== undefined)
      for (let index = 0; index < containers.length; index++) count(sums, containers[index]?.resources ?? none);
    if (initContainers !== undefined) for (const { resources } of initContainers) count(sums, resources ?? none);
  }
  const { requestedCpu, requestedMemory, limitedCpu, limitedMemory, isLimited } = sums;
  if (requestedCpu + requestedMemory + limitedCpu + limitedMemory === 0) return 'BestEffort';
  const isEqual = requestedCpu === limitedCpu && requestedMemory === limitedMemory;
  return isLimited && isEqual ? 'Guaranteed' : 'Burstable';
};
