import type { PodSpec, ResourceRequirements } from './generated/types.js';
import { milliValue } from './quantity.js';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'] as const;

/** Resources of the Pod as a whole, which stand in place of its containers'. */
export const podLevelResources = (spec: PodSpec): ResourceRequirements | undefined => {
  const names = [...Object.keys(spec.resources?.requests ?? {}), ...Object.keys(spec.resources?.limits ?? {})];
  return names.some((name) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) ? spec.resources : undefined;
};

/** Quality of service class of a Pod. https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
export const qosClass = (spec: PodSpec): QosClass => {
  const whole = podLevelResources(spec);
  const each =
    whole === undefined
      ? [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ resources }) => resources)
      : [whole];
  const sums = { requests: new Map<string, number>(), limits: new Map<string, number>() };
  let limited = true;
  for (const resources of each) {
    for (const list of ['requests', 'limits'] as const) {
      for (const name of counted) {
        const amount = milliValue(resources?.[list]?.[name]);
        if (amount > 0) sums[list].set(name, (sums[list].get(name) ?? 0) + amount);
        else if (list === 'limits') limited = false;
      }
    }
  }
  if (sums.requests.size === 0 && sums.limits.size === 0) return 'BestEffort';
  const equal = [...sums.requests].every(([name, amount]) => sums.limits.get(name) === amount);
  return limited && equal && sums.requests.size === sums.limits.size ? 'Guaranteed' : 'Burstable';
};
