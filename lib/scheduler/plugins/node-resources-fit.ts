import type { NodeRefusal } from '../decision.js';
import type { Plugin, Score } from '../framework.js';
import { getOrInsert } from '../get-or-insert.js';
import type { NodeInfo } from '../node-info.js';
import type { PodResource } from '../pod-requests.js';
import { isExtended, scoredAmounts } from './resource-amounts.js';
import { cpuAndMemory, leastRequested, type ScoringStrategy, strategyScore } from './scoring-strategy.js';

const name = 'NodeResourcesFit';

/** Whether `size` less what Pods hold of it is too little. What is not asked for never lacks, even on an overcommitted node. */
const lacks = (asked: number, held: number, size: number): boolean => asked > 0 && asked > size - held;

const fits = (requests: PodResource, { allocatable, requested, pods }: NodeInfo): boolean => {
  if (pods.size + 1 > allocatable.pods) return false;
  if (lacks(requests.milliCPU, requested.milliCPU, allocatable.milliCPU)) return false;
  if (lacks(requests.memory, requested.memory, allocatable.memory)) return false;
  const { ephemeralStorage } = requests;
  if (ephemeralStorage > 0 && lacks(ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage)) return false;
  if (requests.scalars.size === 0) return true;
  for (const [resource, asked] of requests.scalars) {
    if (lacks(asked, requested.scalars.get(resource) ?? 0, allocatable.scalars.get(resource) ?? 0)) return false;
  }
  return true;
};

/** All that nodes lack for these requests. Most nodes lack the same: they share a refusal. */
const insufficiency = (requests: PodResource): ((node: NodeInfo) => NodeRefusal) => {
  const scalars = [...requests.scalars];
  const resources = ['cpu', 'memory', 'ephemeral-storage', ...scalars.map(([resource]) => resource)];
  const known = new Map<string, NodeRefusal>();
  return ({ allocatable, requested, pods }) => {
    // Per resource: 0 enough, 1 too little is free, 2 the node is too small, so that evicting Pods does not help.
    let lacking = pods.size + 1 > allocatable.pods ? '1' : '0';
    const check = (asked: number, held: number, size: number): void => {
      lacking += !lacks(asked, held, size) ? '0' : asked > size ? '2' : '1';
    };
    check(requests.milliCPU, requested.milliCPU, allocatable.milliCPU);
    check(requests.memory, requested.memory, allocatable.memory);
    check(requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage);
    for (const [resource, asked] of scalars) {
      check(asked, requested.scalars.get(resource) ?? 0, allocatable.scalars.get(resource) ?? 0);
    }
    return getOrInsert(known, lacking, () => ({
      plugin: name,
      code: lacking.includes('2') ? 'UnschedulableAndUnresolvable' : 'Unschedulable',
      reasons: [
        ...(lacking.startsWith('1') ? ['Too many pods'] : []),
        ...resources.filter((_, i) => lacking[i + 1] !== '0').map((resource) => `Insufficient ${resource}`),
      ],
    }));
  };
};

/** NodeResourcesFitArgs of the profile. */
export interface NodeResourcesFitArgs {
  /** Extended resources that the filter passes over, by name and by the group before the `/`. */
  readonly ignoredResources: readonly string[];
  readonly ignoredResourceGroups: readonly string[];
  readonly scoringStrategy: ScoringStrategy;
}

const leastAllocated: ScoringStrategy = { type: 'LeastAllocated', resources: cpuAndMemory, shape: [] };

/** LeastAllocated over CPU and memory, which nearly every cluster has, without lists in between. */
const defaultScore = ({ scoredMilliCPU, scoredMemory }: PodResource): Score => ({
  score: ({ allocatable, nonZeroMilliCPU, nonZeroMemory }) => {
    let sum = 0;
    let resources = 0;
    if (allocatable.milliCPU > 0) {
      sum += leastRequested(nonZeroMilliCPU + scoredMilliCPU, allocatable.milliCPU);
      resources++;
    }
    if (allocatable.memory > 0) {
      sum += leastRequested(nonZeroMemory + scoredMemory, allocatable.memory);
      resources++;
    }
    return resources === 0 ? 0 : Math.floor(sum / resources);
  },
});

const scoreBy = (strategy: ScoringStrategy, pod: PodResource): Score => {
  const amounts = strategy.resources.map(({ name: resource }) => scoredAmounts(resource, pod));
  const total = strategyScore(strategy);
  return {
    score: (node) =>
      total(
        amounts.map(({ asked, held }) => asked + held(node)),
        amounts.map(({ size }) => size(node)),
      ),
  };
};

/** Room for what the Pod requests; scores with the strategy of the profile. */
export const nodeResourcesFitWith = (args: NodeResourcesFitArgs): Plugin => {
  const { ignoredResources, ignoredResourceGroups, scoringStrategy } = args;
  const isIgnored = (resource: string): boolean =>
    isExtended(resource) &&
    (ignoredResources.includes(resource) || ignoredResourceGroups.includes(resource.slice(0, resource.indexOf('/'))));
  const ignoresAny = ignoredResources.length + ignoredResourceGroups.length > 0;
  const filtered = (requests: PodResource): PodResource =>
    ignoresAny ? { ...requests, scalars: new Map([...requests.scalars].filter(([resource]) => !isIgnored(resource))) } : requests;
  return {
    name,
    weight: 1,
    preFilter({ requests }) {
      const asked = filtered(requests);
      const insufficient = insufficiency(asked);
      return { filter: (node) => (fits(asked, node) ? undefined : insufficient(node)) };
    },
    preScore: ({ requests }) =>
      scoringStrategy === leastAllocated ? defaultScore(requests) : scoreBy(scoringStrategy, requests),
  };
};

export const defaultNodeResourcesFitArgs: NodeResourcesFitArgs = {
  ignoredResources: [],
  ignoredResourceGroups: [],
  scoringStrategy: leastAllocated,
};

export const nodeResourcesFit = nodeResourcesFitWith(defaultNodeResourcesFitArgs);
