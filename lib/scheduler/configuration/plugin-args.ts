import type { NodeAffinity, TopologySpreadConstraint } from '../../api/generated/types.js';
import type { Faults } from '../../api/validate/faults.js';
import { validateLabelName } from '../../api/validate/labels.js';
import type { Path } from '../../api/validate/path.js';
import { validateNodeSelector } from '../../api/validate/scheduling.js';
import { defaultInterPodAffinityArgs, type InterPodAffinityArgs } from '../plugins/inter-pod-affinity.js';
import { defaultNodeResourcesFitArgs, type NodeResourcesFitArgs } from '../plugins/node-resources-fit.js';
import { cpuAndMemory, type ResourceWeight, type ScoringStrategy, type ShapePoint } from '../plugins/scoring-strategy.js';
import { type PodTopologySpreadArgs, systemDefaulting } from '../topology-spread.js';
import type { PluginArgs } from './configuration.js';

/** Reads and defaults the arguments of one plugin, as kube-scheduler's validation does; `at`: where they stand. */
type ReadArgs<Name extends keyof PluginArgs, Args> = (args: PluginArgs[Name], at: Path, faults: Faults) => Args;

const checkRange = (value: number, min: number, max: number, at: Path, faults: Faults): void => {
  if (value < min || value > max) faults.invalid(at, value, `not in valid range [${min}, ${max}]`);
};

export const readDefaultPreemption: ReadArgs<'DefaultPreemption', void> = (args, at, faults) => {
  const { minCandidateNodesPercentage: percentage = 10, minCandidateNodesAbsolute: absolute = 100 } = args;
  const [percentageAt, absoluteAt] = [at.child('minCandidateNodesPercentage'), at.child('minCandidateNodesAbsolute')];
  checkRange(percentage, 0, 100, percentageAt, faults);
  if (absolute < 0) faults.invalid(absoluteAt, absolute, 'not in valid range [0, inf)');
  if (percentage !== 0 || absolute !== 0) return;
  faults.invalid(percentageAt, percentage, 'cannot be zero at the same time as minCandidateNodesAbsolute');
  faults.invalid(absoluteAt, absolute, 'cannot be zero at the same time as minCandidateNodesPercentage');
};

export const readInterPodAffinity: ReadArgs<'InterPodAffinity', InterPodAffinityArgs> = (args, at, faults) => {
  const { hardPodAffinityWeight = defaultInterPodAffinityArgs.hardPodAffinityWeight } = args;
  checkRange(hardPodAffinityWeight, 0, 100, at.child('hardPodAffinityWeight'), faults);
  return { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods: args.ignorePreferredTermsOfExistingPods === true };
};

const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const required = 'requiredDuringSchedulingIgnoredDuringExecution';

export const readNodeAffinity: ReadArgs<'NodeAffinity', { readonly addedAffinity?: NodeAffinity }> = (args, at, faults) => {
  const { addedAffinity } = args;
  if (addedAffinity === undefined) return {};
  const place = at.child('addedAffinity');
  const selector = addedAffinity[required];
  if (selector !== undefined) validateNodeSelector(selector, place.child(required), faults);
  for (const [i, { preference, weight }] of (addedAffinity[preferred] ?? []).entries()) {
    const term = place.child(preferred).index(i);
    if (!(weight >= 1 && weight <= 100)) faults.invalid(term.child('weight'), weight, 'must be in the range 1-100');
    validateNodeSelector({ nodeSelectorTerms: [preference ?? {}] }, term.child('preference'), faults);
  }
  return { addedAffinity };
};

const weigh = (resources: PluginArgs['NodeResourcesBalancedAllocation']['resources'] = []): readonly ResourceWeight[] =>
  // Without a weight, or with 0, a resource weighs 1.
  resources.length === 0 ? cpuAndMemory : resources.map(({ name, weight }) => ({ name: name ?? '', weight: weight || 1 }));

export const readBalancedAllocation: ReadArgs<
  'NodeResourcesBalancedAllocation',
  { readonly resources: readonly ResourceWeight[] }
> = (args, at, faults) => {
  const resources = weigh(args.resources);
  const seen = new Set<string>();
  for (const [i, { name, weight }] of resources.entries()) {
    const place = at.child('resources').index(i);
    if (seen.has(name)) faults.duplicate(place.child('name'), name);
    seen.add(name);
    if (weight !== 1) faults.invalid(place.child('weight'), weight, 'must be 1');
  }
  return { resources };
};

const checkShapePoints = (shape: readonly ShapePoint[], at: Path, faults: Faults): void => {
  if (shape.length === 0) faults.required(at, 'at least one point must be specified');
  const unsorted = shape.findIndex(({ utilization }, i) => i > 0 && (shape[i - 1]?.utilization ?? 0) >= utilization);
  if (unsorted > 0) {
    const place = at.index(unsorted).child('utilization');
    faults.invalid(place, shape[unsorted]?.utilization, 'values must be sorted in increasing order');
  }
  for (const [i, { utilization, score }] of shape.entries()) {
    checkRange(utilization, 0, 100, at.index(i).child('utilization'), faults);
    checkRange(score, 0, 10, at.index(i).child('score'), faults);
  }
};

const strategyTypes: readonly ScoringStrategy['type'][] = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];

const readStrategy = (
  spec: NonNullable<PluginArgs['NodeResourcesFit']['scoringStrategy']>,
  at: Path,
  faults: Faults,
): ScoringStrategy => {
  const { type, requestedToCapacityRatio: ratio } = spec;
  const known = strategyTypes.find((each) => each === type);
  if (known === undefined) faults.notSupported(at.child('type'), type ?? '', strategyTypes);
  const resources = weigh(spec.resources);
  for (const [i, { name, weight }] of resources.entries()) {
    if (weight <= 0 || weight > 100) {
      const detail = `resource weight of ${name} not in valid range (0, 100]`;
      faults.invalid(at.child('resources').index(i).child('weight'), weight, detail);
    }
  }
  const place = at.child('requestedToCapacityRatio');
  // A point without one of its numbers has 0, as everywhere where Go reads.
  const shape = (ratio?.shape ?? []).map(({ utilization, score }) => ({ utilization: utilization ?? 0, score: score ?? 0 }));
  if (type !== 'RequestedToCapacityRatio') {
    if (ratio !== undefined) faults.forbidden(place, 'must be nil when type is not RequestedToCapacityRatio');
  } else if (ratio === undefined) {
    faults.required(place, 'must be specified when type is RequestedToCapacityRatio');
  } else checkShapePoints(shape, place.child('shape'), faults);
  return { type: known ?? 'LeastAllocated', resources, shape };
};

export const readNodeResourcesFit: ReadArgs<'NodeResourcesFit', NodeResourcesFitArgs> = (args, at, faults) => {
  const { ignoredResources = [], ignoredResourceGroups = [], scoringStrategy } = args;
  for (const [i, name] of ignoredResources.entries()) validateLabelName(name, at.child('ignoredResources').index(i), faults);
  for (const [i, group] of ignoredResourceGroups.entries()) {
    const place = at.child('ignoredResourceGroups').index(i);
    if (group.includes('/')) faults.invalid(place, group, "resource group name can't contain '/'");
    validateLabelName(group, place, faults);
  }
  return {
    ignoredResources,
    ignoredResourceGroups,
    scoringStrategy:
      scoringStrategy === undefined
        ? defaultNodeResourcesFitArgs.scoringStrategy
        : readStrategy(scoringStrategy, at.child('scoringStrategy'), faults),
  };
};

const actions = ['DoNotSchedule', 'ScheduleAnyway'];

const checkConstraint = (constraint: Partial<TopologySpreadConstraint>, at: Path, faults: Faults): void => {
  const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', labelSelector } = constraint;
  if (maxSkew <= 0) faults.invalid(at.child('maxSkew'), maxSkew, 'not in valid range (0, inf)');
  if (topologyKey === '') faults.required(at.child('topologyKey'), 'can not be empty');
  else validateLabelName(topologyKey, at.child('topologyKey'), faults);
  if (whenUnsatisfiable === '') faults.required(at.child('whenUnsatisfiable'), 'can not be empty');
  else if (!actions.includes(whenUnsatisfiable)) faults.notSupported(at.child('whenUnsatisfiable'), whenUnsatisfiable, actions);
  if (labelSelector !== undefined) {
    faults.forbidden(at.child('labelSelector'), 'constraint must not define a selector, as they deduced for each pod');
  }
};

export const readPodTopologySpread: ReadArgs<'PodTopologySpread', PodTopologySpreadArgs> = (args, at, faults) => {
  const { defaultingType = 'System', defaultConstraints = [] } = args;
  const type = at.child('defaultingType');
  if (defaultingType !== 'System' && defaultingType !== 'List') faults.notSupported(type, defaultingType, ['System', 'List']);
  else if (defaultingType === 'System' && defaultConstraints.length > 0)
    faults.invalid(type, defaultingType, 'when .defaultConstraints are not empty');
  const place = at.child('defaultConstraints');
  const seen = new Set<string>();
  for (const [i, constraint] of defaultConstraints.entries()) {
    checkConstraint(constraint, place.index(i), faults);
    const pair = `{${constraint.topologyKey}, ${constraint.whenUnsatisfiable}}`;
    if (seen.has(pair)) faults.duplicate(place.index(i), pair);
    seen.add(pair);
  }
  return defaultingType === 'List' ? { defaultConstraints, isSystemDefaulted: false } : systemDefaulting;
};

export const readVolumeBinding: ReadArgs<'VolumeBinding', void> = ({ bindTimeoutSeconds = 0 }, at, faults) => {
  if (bindTimeoutSeconds < 0) {
    const place = at.child('bindTimeoutSeconds');
    faults.invalid(place, bindTimeoutSeconds, 'invalid BindTimeoutSeconds, should not be a negative value');
  }
};
