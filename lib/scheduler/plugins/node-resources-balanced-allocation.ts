import { maxNodeScore, type Plugin, type Score } from '../framework.js';
import type { PodResource } from '../pod-requests.js';
import { requestedAmounts } from './resource-amounts.js';
import { cpuAndMemory, type ResourceWeight } from './scoring-strategy.js';

/** 100 when the shares in use are equal, less the more they differ: by their standard deviation, which of two is half of their difference. */
const balanceOfTwo = (a: number, b: number): number =>
  Math.trunc((1 - Math.abs((Math.min(1, a) - Math.min(1, b)) / 2)) * maxNodeScore);

const balanceOf = (uses: readonly number[]): number => {
  const [first = 0, second = 0] = uses;
  // One resource cannot be out of balance with another.
  if (uses.length < 2) return maxNodeScore;
  if (uses.length === 2) return balanceOfTwo(first, second);
  const shares = uses.map((use) => Math.min(1, use));
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) * (share - mean), 0) / shares.length);
  return Math.trunc((1 - deviation) * maxNodeScore);
};

/** Between 50 and 100: more, the more the Pod improves the balance. */
const improvement = (withPod: number, without: number): number =>
  maxNodeScore / 2 + Math.trunc((maxNodeScore / 2 + withPod - without) / 2);

/** The score over CPU and memory, which nearly every cluster has, without lists in between. */
const defaultScore = ({ milliCPU, memory }: PodResource): Score => ({
  score: ({ allocatable, requested }) => {
    // A resource that the node does not have does not count.
    if (allocatable.milliCPU === 0 || allocatable.memory === 0) return improvement(maxNodeScore, maxNodeScore);
    const without = balanceOfTwo(requested.milliCPU / allocatable.milliCPU, requested.memory / allocatable.memory);
    const withPod = balanceOfTwo(
      (requested.milliCPU + milliCPU) / allocatable.milliCPU,
      (requested.memory + memory) / allocatable.memory,
    );
    return improvement(withPod, without);
  },
});

const scoreOver = (resources: readonly ResourceWeight[], requests: PodResource): Score => {
  const amounts = resources.map(({ name }) => requestedAmounts(name, requests));
  return {
    score: (node) => {
      const present = amounts.filter(({ size }) => size(node) > 0);
      const without = balanceOf(present.map(({ held, size }) => held(node) / size(node)));
      const withPod = balanceOf(present.map(({ asked, held, size }) => (asked + held(node)) / size(node)));
      return improvement(withPod, without);
    },
  };
};

/** NodeResourcesBalancedAllocationArgs of the profile. */
export interface NodeResourcesBalancedAllocationArgs {
  readonly resources: readonly ResourceWeight[];
}

/** Prefers nodes whose use of their resources the Pod brings closer together. */
export const nodeResourcesBalancedAllocationWith = ({ resources }: NodeResourcesBalancedAllocationArgs): Plugin => ({
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  preScore({ requests }) {
    // A Pod without requests changes no balance; scoring it would gather such Pods on one node.
    if (resources.every(({ name }) => requestedAmounts(name, requests).asked === 0)) return undefined;
    return resources === cpuAndMemory ? defaultScore(requests) : scoreOver(resources, requests);
  },
});

export const nodeResourcesBalancedAllocation = nodeResourcesBalancedAllocationWith({ resources: cpuAndMemory });
