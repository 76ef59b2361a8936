import { requiredFeatures } from '../plugins/node-declared-features.js';
import { nodeLabels } from './node-labels.js';
import { podAffinity } from './pod-affinity.js';
import { ports } from './ports.js';
import type { Explainer } from './question.js';
import { resources } from './resources.js';
import { spread } from './spread.js';
import { cordons, taints } from './taints.js';
import { claims, sharing, volumeLimits } from './volumes.js';

const features: Explainer = {
  facts: ({ pod }) => [{ kind: 'features', features: requiredFeatures(pod.spec) }],
  remedies: () => [],
};

/** By plugin. One that is not here has nothing to say beyond its reason. */
export const explainers: ReadonlyMap<string, Explainer> = new Map([
  ['NodeUnschedulable', cordons],
  ['TaintToleration', taints],
  ['NodeAffinity', nodeLabels],
  ['NodePorts', ports],
  ['NodeResourcesFit', resources],
  ['VolumeRestrictions', sharing],
  ['NodeVolumeLimits', volumeLimits],
  ['VolumeBinding', claims],
  ['VolumeZone', claims],
  ['PodTopologySpread', spread],
  ['InterPodAffinity', podAffinity],
  ['NodeDeclaredFeatures', features],
]);
