import type { Plugin } from '../framework.js';
import { getOrInsert } from '../get-or-insert.js';
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

const roomTexts = new WeakMap<PodInfo['requests'], string>();

/** Pods that ask for the same mostly share one object that says so. */
const roomText = (requests: PodInfo['requests']): string =>
  getOrInsert(roomTexts, requests, () => {
    const { milliCPU, memory, ephemeralStorage, scalars, scoredMilliCPU, scoredMemory, scoredScalars } = requests;
    const sizes = [milliCPU, memory, ephemeralStorage, scoredMilliCPU, scoredMemory];
    return JSON.stringify([sizes, [...scalars], [...scoredScalars]]);
  });

/** All that plugins of the aspect look at, as text. Most Pods say little, and need little to say it. */
export const contentOf: Readonly<Record<Aspect, (pod: PodInfo) => string>> = {
  place: ({ spec: { tolerations, nodeSelector, affinity } }) => {
    const parts = [tolerations, nodeSelector, affinity?.nodeAffinity];
    return parts.every((part) => part === undefined) ? '' : JSON.stringify(parts);
  },
  room: ({ requests, hostPorts }) => (hostPorts.length === 0 ? '' : JSON.stringify(hostPorts)) + roomText(requests),
  images: ({ spec: { initContainers = [], containers, volumes = [] } }) => {
    const images = [...initContainers, ...containers].map(({ image }) => image);
    const references = volumes.flatMap(({ image }) => image?.reference ?? []);
    return images.length === 1 && references.length === 0 ? `=${images[0]}` : JSON.stringify([images, references]);
  },
  features: ({ spec: { initContainers = [], containers, hostNetwork, hostUsers } }) => {
    const rules = [...initContainers, ...containers].flatMap(({ restartPolicyRules }) => restartPolicyRules ?? []);
    return rules.length === 0 && hostNetwork === undefined ? '' : JSON.stringify([rules, hostNetwork, hostUsers]);
  },
};
