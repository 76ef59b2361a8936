import type { ExtensionPoint, PluginArgs } from './configuration.js';
import type { Shape } from './shape.js';

const pluginReference: Shape = { fields: { name: 'text', weight: 'integer' } };
const pluginSet: Shape = { fields: { enabled: { list: pluginReference }, disabled: { list: pluginReference } } };

export const extensionPoints: readonly ExtensionPoint[] = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
];

const profile: Shape = {
  fields: {
    schedulerName: 'text',
    percentageOfNodesToScore: 'integer',
    plugins: { fields: Object.fromEntries([...extensionPoints, 'multiPoint'].map((point) => [point, pluginSet])) },
    pluginConfig: { list: { fields: { name: 'text', args: 'any' } } },
  },
};

export const configurationShape: Shape = {
  fields: {
    apiVersion: 'text',
    kind: 'text',
    percentageOfNodesToScore: 'integer',
    profiles: { list: profile },
    extenders: { list: 'any' },
    // What is about the process, and not about where Pods go.
    parallelism: 'integer',
    leaderElection: 'any',
    clientConnection: 'any',
    enableProfiling: 'boolean',
    enableContentionProfiling: 'boolean',
    podInitialBackoffSeconds: 'integer',
    podMaxBackoffSeconds: 'integer',
    delayCacheUntilActive: 'boolean',
  },
};

const typeMeta = { apiVersion: 'text', kind: 'text' } as const;
const resource: Shape = { fields: { name: 'text', weight: 'integer' } };
const requirement: Shape = { fields: { key: 'text', operator: 'text', values: { list: 'text' } } };
const nodeTerm: Shape = { fields: { matchExpressions: { list: requirement }, matchFields: { list: requirement } } };

const nodeAffinity: Shape = {
  fields: {
    requiredDuringSchedulingIgnoredDuringExecution: { fields: { nodeSelectorTerms: { list: nodeTerm } } },
    preferredDuringSchedulingIgnoredDuringExecution: { list: { fields: { weight: 'integer', preference: nodeTerm } } },
  },
};

const spreadConstraint: Shape = {
  fields: {
    maxSkew: 'integer',
    topologyKey: 'text',
    whenUnsatisfiable: 'text',
    labelSelector: 'any',
    minDomains: 'integer',
    nodeAffinityPolicy: 'text',
    nodeTaintsPolicy: 'text',
    matchLabelKeys: { list: 'text' },
  },
};

const scoringStrategy: Shape = {
  fields: {
    type: 'text',
    resources: { list: resource },
    requestedToCapacityRatio: { fields: { shape: { list: { fields: { utilization: 'integer', score: 'integer' } } } } },
  },
};

export const argsShapes: Readonly<Record<keyof PluginArgs, Shape>> = {
  DefaultPreemption: {
    fields: { ...typeMeta, minCandidateNodesPercentage: 'integer', minCandidateNodesAbsolute: 'integer' },
  },
  DynamicResources: { fields: { ...typeMeta, filterTimeout: 'text', bindingTimeout: 'text' } },
  InterPodAffinity: {
    fields: { ...typeMeta, hardPodAffinityWeight: 'integer', ignorePreferredTermsOfExistingPods: 'boolean' },
  },
  NodeAffinity: { fields: { ...typeMeta, addedAffinity: nodeAffinity } },
  NodeResourcesBalancedAllocation: { fields: { ...typeMeta, resources: { list: resource } } },
  NodeResourcesFit: {
    fields: {
      ...typeMeta,
      ignoredResources: { list: 'text' },
      ignoredResourceGroups: { list: 'text' },
      scoringStrategy,
    },
  },
  PodTopologySpread: { fields: { ...typeMeta, defaultConstraints: { list: spreadConstraint }, defaultingType: 'text' } },
  VolumeBinding: { fields: { ...typeMeta, bindTimeoutSeconds: 'integer' } },
};
