import type { PodSpec, ResourceRequirements } from './generated/types.js';
import { milliValue } from './quantity.js';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'] as const;

type Sums = Record<(typeof counted)[number], number>;

/** Resources of the Pod as a whole, which stand in place of its containers'. */
export const podLevelResources = (spec: PodSpec): ResourceRequirements | undefined => {
  if (spec.resources === undefined) return undefined;
  const names = [...Object.keys(spec.resources.requests ?? {}), ...Object.keys(spec.resources.limits ?? {})];
  return names.some((name) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) ? spec.resources : undefined;
};

/** Quality of service class of a Pod. https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
export const qosClass = (spec: PodSpec): QosClass => {
  const whole = podLevelResources(spec);
  const requested: Sums = { cpu: 0, memory: 0 };
  const limited: Sums = { cpu: 0, memory: 0 };
  let isLimited = true;
  const count = (resources: ResourceRequirements | undefined): void => {
    for (const name of counted) {
      const limit = milliValue(resources?.limits?.[name]);
      if (limit <= 0) isLimited = false;
      limited[name] += Math.max(limit, 0);
      requested[name] += Math.max(milliValue(resources?.requests?.[name]), 0);
    }
  };
  if (whole !== undefined) count(whole);
  else {
    for (const { resources } of spec.containers ?? []) count(resources);
    for (const { resources } of spec.initContainers ?? []) count(resources);
  }
  if (requested.cpu + requested.memory + limited.cpu + limited.memory === 0) return 'BestEffort';
  return isLimited && counted.every((name) => requested[name] === limited[name]) ? 'Guaranteed' : 'Burstable';
};
