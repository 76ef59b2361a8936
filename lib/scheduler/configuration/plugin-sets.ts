import { nearest } from '../../api/decode/suggest.js';
import type { Faults } from '../../api/validate/faults.js';
import type { Path } from '../../api/validate/path.js';
import type { Plugin } from '../framework.js';
import { defaultPlugins } from '../profile.js';
import type { ExtensionPoint, PluginReference, PluginSet, PluginSets } from './configuration.js';
import { extensionPoints } from './shapes.js';

/** Default plugins that have nothing to decide: the simulated cluster binds by itself. */
const bindsOnly = 'DefaultBinder';

const filters = ['NodeUnschedulable', 'NodeName', 'TaintToleration'];
const preFilters = [
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
  'VolumeRestrictions',
  'NodeVolumeLimits',
  'VolumeBinding',
  'VolumeZone',
  'PodTopologySpread',
  'InterPodAffinity',
  'NodeDeclaredFeatures',
  'DynamicResources',
];
const preScores = [
  'TaintToleration',
  'NodeAffinity',
  'NodeResourcesFit',
  'PodTopologySpread',
  'InterPodAffinity',
  'NodeResourcesBalancedAllocation',
];

/** The plugins of each extension point. */
const members: Readonly<Record<ExtensionPoint, readonly string[]>> = {
  preEnqueue: ['SchedulingGates', 'DynamicResources', 'DefaultPreemption'],
  queueSort: ['PrioritySort'],
  preFilter: preFilters,
  filter: [...filters, ...preFilters],
  postFilter: ['DynamicResources', 'DefaultPreemption'],
  preScore: [...preScores, 'VolumeBinding', 'DynamicResources'],
  score: [...preScores, 'VolumeBinding', 'DynamicResources', 'ImageLocality'],
  reserve: ['VolumeBinding', 'DynamicResources'],
  permit: [],
  preBind: ['VolumeBinding', 'DynamicResources'],
  bind: [bindsOnly],
  postBind: [],
};

const removed: ReadonlySet<string> = new Set(['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits']);

const defaults: readonly PluginReference[] = [
  ...defaultPlugins.map(({ name, weight }) => ({ name, weight })),
  { name: bindsOnly },
];

export const pluginNames: readonly string[] = defaults.map(({ name }) => name);

/** A name that no plugin has. */
export const unknownPlugin = (name: string): string => {
  if (removed.has(name)) return 'was removed from kube-scheduler: NodeVolumeLimits does its work';
  const meant = nearest(name, pluginNames, 4);
  return `is no plugin of kube-scheduler${meant === undefined ? ', and no other can be simulated' : `, did you mean "${meant}"?`}`;
};

/** The defaults as the set changes them: what it enables anew takes the place of the default, what is not one comes last. */
const merge = ({ enabled = [], disabled = [] }: PluginSet): readonly PluginReference[] => {
  const without = new Set(disabled.map(({ name }) => name));
  const custom = new Map(enabled.map((reference) => [reference.name, reference]));
  const replaced = new Set<PluginReference>();
  const kept = without.has('*') ? [] : defaults.filter(({ name }) => !without.has(name));
  const merged = kept.map((reference) => {
    const own = custom.get(reference.name);
    if (own !== undefined) replaced.add(own);
    return own ?? reference;
  });
  return [...merged, ...enabled.filter((reference) => !replaced.has(reference))];
};

/** The plugins of one extension point in order: those that the point itself has anew, those of multiPoint, then what it adds. */
const expand = (
  point: ExtensionPoint,
  { enabled = [], disabled = [] }: PluginSet,
  multiPoint: readonly PluginReference[],
): readonly PluginReference[] => {
  const without = new Set(disabled.map(({ name }) => name));
  if (without.has('*')) return enabled;
  const candidates = multiPoint.filter(({ name }) => members[point].includes(name) && !without.has(name));
  const overrides = enabled.filter(({ name }) => candidates.some((candidate) => candidate.name === name));
  const inherited = candidates.filter(({ name }) => !enabled.some((own) => own.name === name));
  return [...overrides, ...inherited, ...enabled.filter((own) => !overrides.includes(own))];
};

const checkNames = ({ enabled = [] }: PluginSet, point: ExtensionPoint | undefined, at: Path, faults: Faults): void => {
  const seen = new Set<string>();
  for (const [i, { name }] of enabled.entries()) {
    const place = at.child('enabled').index(i).child('name');
    if (!pluginNames.includes(name)) faults.invalid(place, name ?? '', unknownPlugin(name ?? ''));
    else if (point !== undefined && !members[point].includes(name))
      faults.invalid(place, name, `the plugin has nothing to do at ${point}`);
    else if (seen.has(name)) faults.duplicate(place, name);
    seen.add(name);
  }
};

/** Plugins that work at `point` from what they found at the point before, and are missing there. */
const checkPrepared = (
  points: Readonly<Record<ExtensionPoint, readonly PluginReference[]>>,
  [before, point]: readonly [ExtensionPoint, ExtensionPoint],
  at: Path,
  faults: Faults,
): void => {
  for (const { name } of points[point]) {
    if (!members[before].includes(name) || points[before].some((other) => other.name === name)) continue;
    faults.invalid(at.child(before), name, `${point} of the plugin works from what ${before} finds: disable both or none`);
  }
};

/** Which plugins run at which extension point, in order and with their weights, once defaults and the profile's own sets are put together. */
export const expandPlugins = (
  sets: PluginSets,
  at: Path,
  faults: Faults,
): Readonly<Record<ExtensionPoint, readonly PluginReference[]>> => {
  const { multiPoint = {} } = sets;
  checkNames(multiPoint, undefined, at.child('multiPoint'), faults);
  const merged = merge(multiPoint);
  const entries = extensionPoints.map((point) => {
    checkNames(sets[point] ?? {}, point, at.child(point), faults);
    return [point, expand(point, sets[point] ?? {}, merged)] as const;
  });
  const points = Object.fromEntries(entries) as Record<ExtensionPoint, readonly PluginReference[]>;
  checkPrepared(points, ['preFilter', 'filter'], at, faults);
  checkPrepared(points, ['preScore', 'score'], at, faults);
  if (points.queueSort.length !== 1) faults.invalid(at.child('queueSort'), undefined, 'exactly one queue sort plugin is needed');
  if (points.bind.length === 0) faults.required(at.child('bind'), 'at least one bind plugin is needed');
  return points;
};

/** The extension points of each plugin, in the order of the points: what decides about a node comes before what scores it. */
export const arrange = (
  points: Readonly<Record<ExtensionPoint, readonly PluginReference[]>>,
  pluginOf: (name: string) => Plugin | undefined,
): readonly Plugin[] => {
  const arranged: Plugin[] = [];
  const at = (point: ExtensionPoint, part: (plugin: Plugin, weight: number) => Plugin | undefined): void => {
    for (const { name, weight } of points[point]) {
      const plugin = pluginOf(name);
      const taken = plugin && part(plugin, weight || 1);
      if (taken !== undefined) arranged.push(taken);
    }
  };
  const filtering = new Set(points.filter.map(({ name }) => name));
  at('preEnqueue', ({ name, preEnqueue }) => preEnqueue && { name, preEnqueue });
  at('queueSort', ({ name, queueSort }) => queueSort && { name, queueSort });
  at('filter', ({ name, preFilter }) => preFilter && { name, preFilter });
  at('preFilter', (plugin) => (filtering.has(plugin.name) ? undefined : refusingOnly(plugin)));
  at('postFilter', ({ name, postFilter }) => postFilter && { name, postFilter });
  at('score', ({ name, preScore }, weight) => preScore && { name, weight, preScore });
  return arranged;
};

/** PreFilter without its Filter: it refuses Pods as a whole, and names the nodes that come into question. */
const refusingOnly = ({ name, preFilter }: Plugin): Plugin | undefined =>
  preFilter && {
    name,
    preFilter: (pod, cache) => {
      const result = preFilter(pod, cache);
      return result === undefined || !('filter' in result) ? result : { nodeNames: result.nodeNames, filter: () => undefined };
    },
  };
