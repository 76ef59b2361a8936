import { Faults } from '../../api/validate/faults.js';
import { Path } from '../../api/validate/path.js';
import type { FieldError, Refusal, Verdict } from '../../api/verdict.js';
import type { Plugin } from '../framework.js';
import { defaultInterPodAffinityArgs, interPodAffinityWith } from '../plugins/inter-pod-affinity.js';
import { nodeAffinityWith } from '../plugins/node-affinity.js';
import { nodeResourcesBalancedAllocationWith } from '../plugins/node-resources-balanced-allocation.js';
import { nodeResourcesFitWith } from '../plugins/node-resources-fit.js';
import { podTopologySpreadWith } from '../plugins/pod-topology-spread.js';
import { defaultPlugins, defaultProfile, type Profile } from '../profile.js';
import { systemDefaulting } from '../topology-spread.js';
import type { KubeSchedulerConfiguration, PluginArgs, SchedulerProfile } from './configuration.js';
import {
  readBalancedAllocation,
  readDefaultPreemption,
  readInterPodAffinity,
  readNodeAffinity,
  readNodeResourcesFit,
  readPodTopologySpread,
  readVolumeBinding,
} from './plugin-args.js';
import { arrange, expandPlugins, pluginNames, unknownPlugin } from './plugin-sets.js';
import { checkShape, withoutNulls } from './shape.js';
import { argsShapes, configurationShape } from './shapes.js';

const apiVersion = 'kubescheduler.config.k8s.io/v1';
const kind = 'KubeSchedulerConfiguration';

const refusal = (causes: readonly FieldError[]): Refusal => ({
  ok: false,
  code: 422,
  reason: 'Invalid',
  message: `${kind} is invalid: ${causes.map(({ message }) => message).join('; ')}`,
  causes,
});

const root = Path.of('');

/** Reads one configuration, collecting what is wrong with it. */
class Reader {
  readonly faults = new Faults();
  readonly warnings: string[] = [];

  profile(profile: SchedulerProfile, percentage: number | undefined, at: Path): Profile {
    const { schedulerName = '' } = profile;
    if (schedulerName === '') this.faults.required(at.child('schedulerName'));
    this.percentage(profile.percentageOfNodesToScore, at);
    const points = expandPlugins(profile.plugins ?? {}, at.child('plugins'), this.faults);
    const own = new Map<string, Plugin>(defaultPlugins.map((plugin) => [plugin.name, plugin]));
    let interPodAffinity = defaultInterPodAffinityArgs;
    let podTopologySpread = systemDefaulting;
    const use = (plugin: Plugin): void => void own.set(plugin.name, plugin);
    this.#args(profile, at, {
      DefaultPreemption: (args, place) => readDefaultPreemption(args, place, this.faults),
      DynamicResources: () => undefined,
      InterPodAffinity: (args, place) => {
        interPodAffinity = readInterPodAffinity(args, place, this.faults);
        use(interPodAffinityWith(interPodAffinity));
      },
      NodeAffinity: (args, place) => use(nodeAffinityWith(readNodeAffinity(args, place, this.faults))),
      NodeResourcesBalancedAllocation: (args, place) =>
        use(nodeResourcesBalancedAllocationWith(readBalancedAllocation(args, place, this.faults))),
      NodeResourcesFit: (args, place) => use(nodeResourcesFitWith(readNodeResourcesFit(args, place, this.faults))),
      PodTopologySpread: (args, place) => {
        podTopologySpread = readPodTopologySpread(args, place, this.faults);
        use(podTopologySpreadWith(podTopologySpread));
      },
      VolumeBinding: (args, place) => readVolumeBinding(args, place, this.faults),
    });
    return {
      schedulerName,
      plugins: arrange(points, (name) => own.get(name)),
      percentageOfNodesToScore: profile.percentageOfNodesToScore ?? percentage,
      interPodAffinity,
      podTopologySpread,
    };
  }

  percentage(percentage: number | undefined, at: Path): void {
    if (percentage === undefined || (percentage >= 0 && percentage <= 100)) return;
    this.faults.invalid(at.child('percentageOfNodesToScore'), percentage, 'not in valid range [0-100]');
  }

  /** Hands the arguments of each plugin, once their shape is right, to whoever reads them. */
  #args(
    { pluginConfig = [] }: SchedulerProfile,
    at: Path,
    readers: { readonly [Name in keyof PluginArgs]: (args: PluginArgs[Name], place: Path) => void },
  ): void {
    const seen = new Set<string>();
    for (const [i, { name, args = {} }] of pluginConfig.entries()) {
      const place = at.child('pluginConfig').index(i);
      if (seen.has(name)) this.faults.duplicate(place, name);
      seen.add(name);
      if (!Object.hasOwn(argsShapes, name)) {
        const why = pluginNames.includes(name) ? 'takes no arguments' : unknownPlugin(name);
        this.warnings.push(`${place.child('name')}: ${name} ${why}`);
        continue;
      }
      const argsAt = place.child('args');
      const before = this.faults.list.length;
      checkShape(args, argsShapes[name], argsAt, this.faults);
      if (args.kind !== undefined && args.kind !== `${name}Args`) {
        this.faults.invalid(argsAt, args.kind, 'has to match plugin args');
      }
      // Each reader takes the arguments of its own plugin.
      if (this.faults.list.length === before) (readers[name] as (args: object, place: Path) => void)(args, argsAt);
    }
  }
}

const checkNames = (profiles: readonly SchedulerProfile[], faults: Faults): void => {
  const at = root.child('profiles');
  const first = new Map<string, number>();
  for (const [i, { schedulerName }] of profiles.entries()) {
    if (schedulerName === undefined || schedulerName === '') continue;
    const before = first.get(schedulerName);
    if (before === undefined) first.set(schedulerName, i);
    else faults.duplicate(at.index(i).child('schedulerName'), at.index(before).child('schedulerName').toString());
  }
};

const unsimulated = 'extenders: the scheduler extenders are taken to refuse no node and to score all alike';

/**
 * The profiles of a KubeSchedulerConfiguration, validated as kube-scheduler validates its file; causes of a refusal name the field. `document`: parsed
 * YAML or JSON, or an object of that type.
 */
export const profilesOf = (document: unknown): Verdict<readonly Profile[]> => {
  const reader = new Reader();
  const { faults } = reader;
  const configuration = withoutNulls(document) as KubeSchedulerConfiguration;
  checkShape(configuration, configurationShape, root, faults);
  if (faults.list.length > 0) return refusal(faults.list);
  const { profiles = [], percentageOfNodesToScore, extenders = [] } = configuration;
  if (configuration.apiVersion !== undefined && configuration.apiVersion !== apiVersion)
    faults.notSupported(root.child('apiVersion'), configuration.apiVersion, [apiVersion]);
  if (configuration.kind !== undefined && configuration.kind !== kind)
    faults.notSupported(root.child('kind'), configuration.kind, [kind]);
  reader.percentage(percentageOfNodesToScore, root);
  const [only = {}, ...others] = profiles;
  // Of several each must have a name.
  const named = others.length > 0 ? profiles : [{ schedulerName: defaultProfile.schedulerName, ...only }];
  checkNames(named, faults);
  const at = root.child('profiles');
  const value = named.map((profile, i) => reader.profile(profile, percentageOfNodesToScore, at.index(i)));
  if (faults.list.length > 0) return refusal(faults.list);
  return { ok: true, value, warnings: [...reader.warnings, ...(extenders.length > 0 ? [unsimulated] : [])] };
};
