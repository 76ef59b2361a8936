import type { NodeRefusal } from '../decision.js';
import { maxNodeScore, type Plugin } from '../framework.js';
import type { NodeInfo } from '../node-info.js';
import type { PodResource } from '../pod-requests.js';

const name = 'NodeResourcesFit';

/** Whether `size` less what Pods hold of it is too little. What is not asked for never lacks, even on an overcommitted node. */
const lacks = (asked: number, held: number, size: number): boolean => asked > 0 && asked > size - held;

const fits = (requests: PodResource, { allocatable, requested, pods }: NodeInfo): boolean => {
  if (pods.size + 1 > allocatable.pods) return false;
  if (lacks(requests.milliCPU, requested.milliCPU, allocatable.milliCPU)) return false;
  if (lacks(requests.memory, requested.memory, allocatable.memory)) return false;
  if (lacks(requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage)) return false;
  if (requests.scalars.size === 0) return true;
  for (const [resource, asked] of requests.scalars) {
    if (lacks(asked, requested.scalars.get(resource) ?? 0, allocatable.scalars.get(resource) ?? 0)) return false;
  }
  return true;
};

/** All that the node lacks; evicting Pods helps only where the node is large enough when empty. */
const insufficient = (requests: PodResource, { allocatable, requested, pods }: NodeInfo): NodeRefusal => {
  const reasons = pods.size + 1 > allocatable.pods ? ['Too many pods'] : [];
  let resolvable = true;
  const check = (resource: string, asked: number, held: number, size: number): void => {
    if (!lacks(asked, held, size)) return;
    reasons.push(`Insufficient ${resource}`);
    if (asked > size) resolvable = false;
  };
  check('cpu', requests.milliCPU, requested.milliCPU, allocatable.milliCPU);
  check('memory', requests.memory, requested.memory, allocatable.memory);
  check('ephemeral-storage', requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage);
  for (const [resource, asked] of requests.scalars) {
    check(resource, asked, requested.scalars.get(resource) ?? 0, allocatable.scalars.get(resource) ?? 0);
  }
  return { plugin: name, code: resolvable ? 'Unschedulable' : 'UnschedulableAndUnresolvable', reasons };
};

const leastRequested = (requested: number, allocatable: number): number =>
  requested > allocatable ? 0 : Math.floor(((allocatable - requested) * maxNodeScore) / allocatable);

/** Room for what the Pod requests; scores with the strategy LeastAllocated over CPU and memory. */
export const nodeResourcesFit: Plugin = {
  name,
  weight: 1,
  preFilter({ requests }) {
    return { filter: (node) => (fits(requests, node) ? undefined : insufficient(requests, node)) };
  },
  preScore({ requests }) {
    return {
      score: ({ allocatable, nonZeroMilliCPU, nonZeroMemory }) => {
        let sum = 0;
        let resources = 0;
        if (allocatable.milliCPU > 0) {
          sum += leastRequested(nonZeroMilliCPU + requests.scoredMilliCPU, allocatable.milliCPU);
          resources++;
        }
        if (allocatable.memory > 0) {
          sum += leastRequested(nonZeroMemory + requests.scoredMemory, allocatable.memory);
          resources++;
        }
        return resources === 0 ? 0 : Math.floor(sum / resources);
      },
    };
  },
};
