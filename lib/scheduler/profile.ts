import type { Plugin } from './framework.js';
import { defaultPreemption } from './plugins/default-preemption.js';
import { dynamicResources } from './plugins/dynamic-resources.js';
import { imageLocality } from './plugins/image-locality.js';
import { defaultInterPodAffinityArgs, type InterPodAffinityArgs, interPodAffinity } from './plugins/inter-pod-affinity.js';
import { nodeAffinity } from './plugins/node-affinity.js';
import { nodeDeclaredFeatures } from './plugins/node-declared-features.js';
import { nodeName } from './plugins/node-name.js';
import { nodePorts } from './plugins/node-ports.js';
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation.js';
import { nodeResourcesFit } from './plugins/node-resources-fit.js';
import { nodeUnschedulable } from './plugins/node-unschedulable.js';
import { nodeVolumeLimits } from './plugins/node-volume-limits.js';
import { podTopologySpread } from './plugins/pod-topology-spread.js';
import { prioritySort } from './plugins/priority-sort.js';
import { schedulingGates } from './plugins/scheduling-gates.js';
import { taintToleration } from './plugins/taint-toleration.js';
import { volumeBinding } from './plugins/volume-binding.js';
import { volumeRestrictions } from './plugins/volume-restrictions.js';
import { volumeZone } from './plugins/volume-zone.js';
import { type PodTopologySpreadArgs, systemDefaulting } from './topology-spread.js';

/** How the Pods of one `schedulerName` are scheduled. */
export interface Profile {
  readonly schedulerName: string;
  /**
   * Every extension point runs those that have it, in this order. Where a configuration orders extension points differently, a plugin
   * stands here several times, with some of its extension points each.
   */
  readonly plugins: readonly Plugin[];
  /** Between 1 and 100, or 0 for kube-scheduler's own choice by the size of the cluster; undefined for all nodes. */
  readonly percentageOfNodesToScore: number | undefined;
  /** Arguments that a profile as a whole is asked for. */
  readonly interPodAffinity: InterPodAffinityArgs;
  readonly podTopologySpread: PodTopologySpreadArgs;
}

/** The plugins of kube-scheduler 1.36, in the order of its default profile. */
export const defaultPlugins: readonly Plugin[] = [
  schedulingGates,
  prioritySort,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeRestrictions,
  nodeVolumeLimits,
  volumeBinding,
  volumeZone,
  podTopologySpread,
  interPodAffinity,
  nodeDeclaredFeatures,
  dynamicResources,
  defaultPreemption,
  nodeResourcesBalancedAllocation,
  imageLocality,
];

export const defaultProfile: Profile = {
  schedulerName: 'default-scheduler',
  plugins: defaultPlugins,
  percentageOfNodesToScore: undefined,
  interPodAffinity: defaultInterPodAffinityArgs,
  podTopologySpread: systemDefaulting,
};
