import type { NodeAffinity, TopologySpreadConstraint } from '../../api/generated/types.js';

/** A plugin of an extension point; the weight matters where it scores. */
export interface PluginReference {
  readonly name: string;
  readonly weight?: number | undefined;
}

/** `disabled: [{ name: '*' }]` takes all default plugins away. */
export interface PluginSet {
  readonly enabled?: readonly PluginReference[] | undefined;
  readonly disabled?: readonly PluginReference[] | undefined;
}

/** Plugins by extension point; `multiPoint` means all that a plugin has. */
export type PluginSets = { readonly [Point in ExtensionPoint | 'multiPoint']?: PluginSet | undefined };

export type ExtensionPoint =
  | 'preEnqueue'
  | 'queueSort'
  | 'preFilter'
  | 'filter'
  | 'postFilter'
  | 'preScore'
  | 'score'
  | 'reserve'
  | 'permit'
  | 'preBind'
  | 'bind'
  | 'postBind';

interface ResourceSpec {
  readonly name: string;
  readonly weight?: number | undefined;
}

interface ScoringStrategySpec {
  readonly type?: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio' | undefined;
  readonly resources?: readonly ResourceSpec[] | undefined;
  readonly requestedToCapacityRatio?:
    | { readonly shape?: readonly { readonly utilization: number; readonly score: number }[] | undefined }
    | undefined;
}

/** The arguments of the default plugins that have any. */
export interface PluginArgs {
  readonly DefaultPreemption: {
    readonly minCandidateNodesPercentage?: number | undefined;
    readonly minCandidateNodesAbsolute?: number | undefined;
  };
  readonly DynamicResources: { readonly filterTimeout?: string | undefined; readonly bindingTimeout?: string | undefined };
  readonly InterPodAffinity: {
    readonly hardPodAffinityWeight?: number | undefined;
    readonly ignorePreferredTermsOfExistingPods?: boolean | undefined;
  };
  readonly NodeAffinity: { readonly addedAffinity?: NodeAffinity | undefined };
  readonly NodeResourcesBalancedAllocation: { readonly resources?: readonly ResourceSpec[] | undefined };
  readonly NodeResourcesFit: {
    readonly ignoredResources?: readonly string[] | undefined;
    readonly ignoredResourceGroups?: readonly string[] | undefined;
    readonly scoringStrategy?: ScoringStrategySpec | undefined;
  };
  readonly PodTopologySpread: {
    readonly defaultConstraints?: readonly Omit<TopologySpreadConstraint, 'labelSelector'>[] | undefined;
    readonly defaultingType?: 'System' | 'List' | undefined;
  };
  readonly VolumeBinding: { readonly bindTimeoutSeconds?: number | undefined };
}

/** Arguments of one plugin; `apiVersion` and `kind` of the arguments may be left out. */
type PluginConfig = {
  readonly [Name in keyof PluginArgs]: {
    readonly name: Name;
    readonly args?: (PluginArgs[Name] & { readonly apiVersion?: string; readonly kind?: string }) | undefined;
  };
}[keyof PluginArgs];

/** How Pods with this `spec.schedulerName` are scheduled. */
export interface SchedulerProfile {
  /** Default, of a single profile: `default-scheduler`. */
  readonly schedulerName?: string | undefined;
  readonly percentageOfNodesToScore?: number | undefined;
  readonly plugins?: PluginSets | undefined;
  readonly pluginConfig?: readonly PluginConfig[] | undefined;
}

/**
 * The file that kube-scheduler reads with `--config`, as far as it decides where Pods go; settings about the process itself (leader election,
 * clients, back-off) are read over.
 * https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/
 *
 * One default is another: where `percentageOfNodesToScore` is not given, all nodes are looked at. 0 is kube-scheduler's own choice by the
 * size of the cluster; the search for the first Pod then begins at the first node, and each search where the one before ended.
 */
export interface KubeSchedulerConfiguration {
  readonly apiVersion?: 'kubescheduler.config.k8s.io/v1' | undefined;
  readonly kind?: 'KubeSchedulerConfiguration' | undefined;
  readonly percentageOfNodesToScore?: number | undefined;
  /** At least one; default: one with the default plugins. */
  readonly profiles?: readonly SchedulerProfile[] | undefined;
  readonly extenders?: readonly object[] | undefined;
}
