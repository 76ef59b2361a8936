import { maxNodeScore, type Plugin } from '../framework.js';

/** 100 when the shares of CPU and memory in use are equal, less the more they differ. */
const balance = (cpu: number, allocatableCPU: number, memory: number, allocatableMemory: number): number => {
  // A resource that the node does not have cannot be out of balance with another.
  if (allocatableCPU === 0 || allocatableMemory === 0) return maxNodeScore;
  const cpuShare = Math.min(1, cpu / allocatableCPU);
  const memoryShare = Math.min(1, memory / allocatableMemory);
  return Math.trunc((1 - Math.abs((cpuShare - memoryShare) / 2)) * maxNodeScore);
};

/** Prefers nodes whose use of CPU and memory the Pod brings closer together. */
export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  preScore({ requests: { milliCPU, memory } }) {
    // A Pod without requests changes no balance; scoring it would gather such Pods on one node.
    if (milliCPU === 0 && memory === 0) return undefined;
    return {
      score: ({ allocatable, requested }) => {
        const without = balance(requested.milliCPU, allocatable.milliCPU, requested.memory, allocatable.memory);
        const withPod = balance(
          requested.milliCPU + milliCPU,
          allocatable.milliCPU,
          requested.memory + memory,
          allocatable.memory,
        );
        return maxNodeScore / 2 + Math.trunc((maxNodeScore / 2 + withPod - without) / 2);
      },
    };
  },
};
