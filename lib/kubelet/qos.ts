import type { Container, PodSpec, ResourceRequirements } from '../api/generated/types.js';
import { milliValue, quantityValue } from '../api/quantity.js';
import { isSidecar } from './restart-policy.js';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'] as const;

const podLevel = (spec: PodSpec): ResourceRequirements | undefined => {
  const names = [...Object.keys(spec.resources?.requests ?? {}), ...Object.keys(spec.resources?.limits ?? {})];
  return names.some((name) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) ? spec.resources : undefined;
};

/** Quality of service class of a Pod. https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
export const qosClass = (spec: PodSpec): QosClass => {
  const whole = podLevel(spec);
  const each =
    whole === undefined ? [...spec.containers, ...(spec.initContainers ?? [])].map(({ resources }) => resources) : [whole];
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

const memoryRequest = (container: Container): number => quantityValue(container.resources?.requests?.memory);

/** Memory that the containers ask for together: the main ones and sidecars, or one init container if that is more. */
const aggregateMemory = (spec: PodSpec): number => {
  let sidecars = 0;
  let initPeak = 0;
  for (const container of spec.initContainers ?? []) {
    const request = memoryRequest(container);
    if (isSidecar(container)) sidecars += request;
    initPeak = Math.max(initPeak, isSidecar(container) ? sidecars : sidecars + request);
  }
  const main = spec.containers.reduce((sum, container) => sum + memoryRequest(container), sidecars);
  return Math.max(main, initPeak);
};

/** What the Pod asks for beyond its containers, shared equally between all of them (KEP-2837). */
const podShare = (spec: PodSpec): number => {
  const request = podLevel(spec) === undefined ? 0 : quantityValue(spec.resources?.requests?.memory);
  if (request === 0) return 0;
  return Math.trunc((request - aggregateMemory(spec)) / (spec.containers.length + (spec.initContainers?.length ?? 0)));
};

/**
 * How readily the kernel kills this container when the node runs out of memory: -997 last, 1000 first. `memoryCapacity`: bytes of the node.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-out-of-memory-behavior
 */
export const oomScoreAdj = (spec: PodSpec, container: Container, memoryCapacity: number): number => {
  const guaranteed = -997;
  const critical = spec.priorityClassName === 'system-node-critical' && (spec.priority ?? 0) >= 2_000_000_000;
  const qos = qosClass(spec);
  if (critical || qos === 'Guaranteed') return guaranteed;
  if (qos === 'BestEffort') return 1000;
  const share = podShare(spec);
  const score = (request: number): number => 1000 - Math.trunc((1000 * (request + share)) / memoryCapacity);
  let result = score(memoryRequest(container));
  if (isSidecar(container) && (spec.initContainers ?? []).some(({ name }) => name === container.name)) {
    // A sidecar is killed no sooner than the main container that asks for least.
    result = Math.min(result, score(Math.min(...spec.containers.map(memoryRequest))));
  }
  return Math.min(Math.max(result, 1000 + guaranteed), 999);
};
