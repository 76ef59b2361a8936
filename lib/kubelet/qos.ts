import type { Container, PodSpec } from '../api/generated/types.js';
import { podLevelResources, qosClass } from '../api/qos.js';
import { quantityValue } from '../api/quantity.js';
import { isSidecar } from './restart-policy.js';

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
  const request = podLevelResources(spec) === undefined ? 0 : quantityValue(spec.resources?.requests?.memory);
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
