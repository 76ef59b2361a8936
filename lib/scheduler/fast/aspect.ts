import type { Plugin } from '../framework.js';
import { dynamicResources } from '../plugins/dynamic-resources.js';
import { imageLocality } from '../plugins/image-locality.js';
import { nodeAffinity } from '../plugins/node-affinity.js';
import { nodeDeclaredFeatures } from '../plugins/node-declared-features.js';
import { nodeName } from '../plugins/node-name.js';
import { nodePorts } from '../plugins/node-ports.js';
import { nodeResourcesBalancedAllocation } from '../plugins/node-resources-balanced-allocation.js';
import { nodeResourcesFit } from '../plugins/node-resources-fit.js';
import { nodeUnschedulable } from '../plugins/node-unschedulable.js';
import { taintToleration } from '../plugins/taint-toleration.js';
import type { PodInfo } from '../pod-info.js';

/**
 * Part of a Pod's spec that plugins hold against single nodes. Pods that agree in it share their judgement of all nodes. Filters run in
 * this order; those about Pods of other nodes run before `features`.
 */
export type Aspect = 'place' | 'room' | 'images' | 'features';

const aspectOfPlugin: ReadonlyMap<string, Aspect> = new Map([
  [nodeUnschedulable.name, 'place'],
  [nodeName.name, 'place'],
  [taintToleration.name, 'place'],
  [nodeAffinity.name, 'place'],
  [nodePorts.name, 'room'],
  [nodeResourcesFit.name, 'room'],
  [nodeResourcesBalancedAllocation.name, 'room'],
  [imageLocality.name, 'images'],
  [dynamicResources.name, 'images'],
  [nodeDeclaredFeatures.name, 'features'],
]);

/** undefined: the plugin looks at more than single nodes, or at volumes. */
export const aspectOf = ({ name }: Plugin): Aspect | undefined => aspectOfPlugin.get(name);

/** All that plugins of the aspect look at, as text. */
export const contentOf: Readonly<Record<Aspect, (pod: PodInfo) => string>> = {
  place: ({ spec: { tolerations, nodeSelector, affinity } }) =>
    JSON.stringify([tolerations, nodeSelector, affinity?.nodeAffinity]),
  room: ({ requests, hostPorts }) => {
    const { milliCPU, memory, ephemeralStorage, scalars, scoredMilliCPU, scoredMemory } = requests;
    return JSON.stringify([milliCPU, memory, ephemeralStorage, scoredMilliCPU, scoredMemory, [...scalars], hostPorts]);
  },
  images: ({ spec: { initContainers = [], containers, volumes } }) =>
    JSON.stringify([[...initContainers, ...containers].map(({ image }) => image), volumes?.map(({ image }) => image?.reference)]),
  features: ({ spec: { initContainers = [], containers, hostNetwork, hostUsers } }) => {
    const rules = [...initContainers, ...containers].map(({ restartPolicyRules }) => restartPolicyRules);
    return JSON.stringify([rules, hostNetwork, hostUsers]);
  },
};
