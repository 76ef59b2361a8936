import { describe, expect, test } from 'vitest';
import type { NodeStatus, Pod } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import type { KubeSchedulerConfiguration, SchedulerProfile } from '../../lib/scheduler/configuration/configuration.js';
import { profilesOf } from '../../lib/scheduler/configuration/index.js';
import type { Decision } from '../../lib/scheduler/decision.js';
import { createScheduler, type Scheduler } from '../../lib/scheduler/index.js';
import { bound, node, object, pod } from './objects.js';

const schedulers = (configuration: KubeSchedulerConfiguration, ...objects: readonly Admitted[]): readonly Scheduler[] => {
  const verdict = profilesOf(configuration);
  if (!verdict.ok) throw new Error(verdict.message);
  return (['fast', 'reference'] as const).map((engine) => {
    const scheduler = createScheduler({ engine, profiles: verdict.value });
    for (const one of objects) scheduler.upsert(one);
    return scheduler;
  });
};

/** What both engines say, which is the same. */
const decided = (
  configuration: KubeSchedulerConfiguration,
  one: Admitted<Pod>,
  ...objects: readonly Admitted[]
): Partial<Decision> => {
  const [fast, reference] = schedulers(configuration, ...objects).map((scheduler) => {
    const { outcome, node: nodeName, message, scorePlugins, scores, filter } = scheduler.schedule(one);
    return { outcome, node: nodeName, message, scorePlugins, scores, filter };
  });
  expect(fast).toEqual(reference);
  return fast ?? {};
};

const withProfile = (profile: SchedulerProfile): KubeSchedulerConfiguration => ({ profiles: [profile] });
const sized = (name: string, cpu: string, memory: string, more: NodeStatus['allocatable'] = {}) =>
  node(name, {}, { status: { allocatable: { cpu, memory, pods: '110', ...more } } });
const asking = (name: string, requests: Readonly<Record<string, string>>) =>
  pod(name, { spec: { containers: [{ name: 'main', resources: { requests } }] } });
const one = asking('one', { cpu: '1', memory: '1Gi' });
const busy = bound(asking('busy', { cpu: '2', memory: '2Gi' }), 'w2');
const two = [sized('w1', '4', '4Gi'), sized('w2', '4', '4Gi'), busy];

const scoringBy = (scoringStrategy: object): KubeSchedulerConfiguration =>
  ({ profiles: [{ pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy } }] }] }) as KubeSchedulerConfiguration;

/** What NodeResourcesFit, alone among the scores, gives to each node. */
const fitScores = (scoringStrategy: object): unknown => {
  const { profiles: [profile] = [] } = scoringBy(scoringStrategy);
  const plugins = { score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit' }] } };
  return Object.fromEntries(decided(withProfile({ ...profile, plugins }), one, ...two).scores ?? []);
};

describe('Scoring strategies', () => {
  test('LeastAllocated, the default, spreads: 1 of 4 CPU leaves 75, 3 of 4 leave 25', () => {
    expect(fitScores({ type: 'LeastAllocated' })).toEqual({ w1: [75, 75], w2: [25, 25] });
  });

  test('MostAllocated packs', () => {
    expect(fitScores({ type: 'MostAllocated' })).toEqual({ w1: [25, 25], w2: [75, 75] });
    expect(decided(scoringBy({ type: 'MostAllocated' }), one, ...two).node).toBe('w2');
  });

  test('weights of resources count', () => {
    const resources = [{ name: 'cpu', weight: 3 }, { name: 'memory' }];
    const uneven = [sized('w1', '2', '8Gi')];
    const profile: SchedulerProfile = {
      pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated', resources } } }],
    };
    const plugins = { score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit' }] } };
    // CPU 50 three times, memory 12 once.
    expect(decided(withProfile({ ...profile, plugins }), one, ...uneven).scores?.get('w1')).toEqual([40, 40]);
  });

  test('RequestedToCapacityRatio follows its shape, and leaves out resources that score nothing', () => {
    const requestedToCapacityRatio = {
      shape: [
        { utilization: 0, score: 0 },
        { utilization: 50, score: 10 },
        { utilization: 100, score: 2 },
      ],
    };
    expect(fitScores({ type: 'RequestedToCapacityRatio', requestedToCapacityRatio })).toEqual({ w1: [50, 50], w2: [60, 60] });
    const late = {
      shape: [
        { utilization: 30, score: 0 },
        { utilization: 100, score: 10 },
      ],
    };
    expect(fitScores({ type: 'RequestedToCapacityRatio', requestedToCapacityRatio: late })).toEqual({ w1: [0, 0], w2: [64, 64] });
  });

  test('extended resources score only Pods that ask for them', () => {
    const strategy = { type: 'MostAllocated', resources: [{ name: 'example.com/gpu' }] };
    const gpus = [sized('w1', '4', '4Gi', { 'example.com/gpu': '4' }), sized('w2', '4', '4Gi', { 'example.com/gpu': '1' })];
    const gpu = asking('gpu', { cpu: '1', memory: '1Gi', 'example.com/gpu': '1' });
    expect(decided(scoringBy(strategy), gpu, ...gpus).node).toBe('w2');
    expect(decided(scoringBy(strategy), one, ...gpus).node).toBe('w1');
  });
});

describe('Plugins of a profile', () => {
  test('a disabled filter refuses nothing', () => {
    const tainted = node('w1', {}, { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } });
    expect(decided({}, one, tainted).outcome).toBe('unschedulable');
    const plugins = { filter: { disabled: [{ name: 'TaintToleration' }] } };
    expect(decided(withProfile({ plugins }), one, tainted)).toMatchObject({ outcome: 'scheduled', node: 'w1' });
  });

  test('weights are those of score, else those of multiPoint, else 1', () => {
    const plugins = {
      multiPoint: { enabled: [{ name: 'NodeResourcesFit', weight: 7 }, { name: 'TaintToleration' }] },
      score: { enabled: [{ name: 'TaintToleration', weight: 5 }] },
    };
    const { scorePlugins = [], scores } = decided(withProfile({ plugins }), one, sized('w1', '4', '4Gi'));
    const [, ...each] = scores?.get('w1') ?? [];
    const of = (name: string): number | undefined => each[scorePlugins.indexOf(name)];
    expect(scorePlugins[0]).toBe('TaintToleration');
    expect([of('TaintToleration'), of('NodeResourcesFit')]).toEqual([500, 525]);
  });

  test('multiPoint takes a plugin away everywhere', () => {
    const plugins = { multiPoint: { disabled: [{ name: 'NodeResourcesFit' }] } };
    const large = asking('large', { cpu: '64' });
    expect(decided(withProfile({ plugins }), large, ...two).outcome).toBe('scheduled');
  });

  test('without post-filters the message ends with the nodes', () => {
    const plugins = { postFilter: { disabled: [{ name: '*' }] } };
    expect(decided(withProfile({ plugins }), asking('large', { cpu: '64' }), ...two).message).toBe(
      '0/2 nodes are available: 2 Insufficient cpu.',
    );
  });

  test('the first plugin that refuses a node is the first in the order of the profile', () => {
    const wrong = pod('wrong', {
      spec: { containers: [{ name: 'main', resources: { requests: { cpu: '64' } } }], nodeSelector: { disk: 'ssd' } },
    });
    const plugins = { filter: { enabled: [{ name: 'NodeResourcesFit' }] } };
    const refusedBy = (configuration: KubeSchedulerConfiguration): unknown =>
      (decided(configuration, wrong, ...two).filter?.get('w1') as { plugin?: string } | undefined)?.plugin;
    expect([refusedBy({}), refusedBy(withProfile({ plugins }))]).toEqual(['NodeAffinity', 'NodeResourcesFit']);
  });
});

describe('Arguments of plugins', () => {
  test('ignored resources and groups are not filtered by', () => {
    const ignoring = (args: object) =>
      ({ profiles: [{ pluginConfig: [{ name: 'NodeResourcesFit', args }] }] }) as KubeSchedulerConfiguration;
    const licensed = asking('licensed', { 'example.com/license': '1' });
    expect(decided({}, licensed, ...two).outcome).toBe('unschedulable');
    expect(decided(ignoring({ ignoredResources: ['example.com/license'] }), licensed, ...two).outcome).toBe('scheduled');
    expect(decided(ignoring({ ignoredResourceGroups: ['example.com'] }), licensed, ...two).outcome).toBe('scheduled');
  });

  test('added affinity holds for every Pod, with a reason of its own', () => {
    const addedAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'In', values: ['mine'] }] }],
      },
    };
    const configuration = withProfile({ pluginConfig: [{ name: 'NodeAffinity', args: { addedAffinity } }] });
    expect(decided(configuration, one, ...two).message).toContain("2 node(s) didn't match scheduler-enforced node affinity");
    expect(decided(configuration, one, ...two, node('w3', { pool: 'mine' })).node).toBe('w3');
  });

  test('default constraints of a list stand in place of the system defaults, hard ones too', () => {
    const zone = 'topology.kubernetes.io/zone';
    const configuration = withProfile({
      pluginConfig: [
        {
          name: 'PodTopologySpread',
          args: {
            defaultingType: 'List',
            defaultConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule' }],
          },
        },
      ],
    });
    const service = object('v1', 'Service', 'web', { spec: { selector: { app: 'web' } } });
    const web = (name: string) => pod(name, { labels: { app: 'web' } });
    const cluster = [node('w1', { [zone]: 'a' }), node('w2', { [zone]: 'b' }), service, bound(web('first'), 'w1')];
    const next = decided(configuration, web('next'), ...cluster);
    expect(next.node).toBe('w2');
    expect(next.filter?.get('w1')).toMatchObject({ plugin: 'PodTopologySpread' });
  });

  test('required affinity of others draws with the weight of the profile', () => {
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } };
    const follower = pod('follower', {
      labels: { app: 'web' },
      spec: { containers: [], affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
    });
    const weighing = (hardPodAffinityWeight: number) =>
      withProfile({ pluginConfig: [{ name: 'InterPodAffinity', args: { hardPodAffinityWeight } }] });
    const web = pod('web', { labels: { app: 'web' } });
    const cluster = [node('w1'), node('w2'), bound(follower, 'w2')];
    expect(decided(weighing(1), web, ...cluster).node).toBe('w2');
    expect(decided(weighing(0), web, ...cluster).scorePlugins).not.toContain('InterPodAffinity');
    const ignoring = withProfile({
      pluginConfig: [{ name: 'InterPodAffinity', args: { ignorePreferredTermsOfExistingPods: true } }],
    });
    expect(decided(ignoring, web, ...cluster).scorePlugins).not.toContain('InterPodAffinity');
  });
});

describe('Several profiles', () => {
  const configuration: KubeSchedulerConfiguration = {
    profiles: [
      { schedulerName: 'default-scheduler' },
      {
        schedulerName: 'packer',
        pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated' } } }],
      },
    ],
  };
  const by = (schedulerName: string): Admitted<Pod> => {
    const { spec } = one;
    return { ...one, spec: { ...(spec ?? { containers: [] }), schedulerName } };
  };

  test('a Pod is scheduled by the profile that it names', () => {
    expect(decided(configuration, by('default-scheduler'), ...two).node).toBe('w1');
    expect(decided(configuration, by('packer'), ...two).node).toBe('w2');
  });

  test('a name that no profile has is of another scheduler', () => {
    expect(decided(configuration, by('volcano'), ...two)).toMatchObject({ outcome: 'ignored', message: 'schedulerName volcano' });
    expect(decided(withProfile({ schedulerName: 'packer' }), by('default-scheduler'), ...two).outcome).toBe('ignored');
  });
});

describe('percentageOfNodesToScore', () => {
  const nodes = Array.from({ length: 300 }, (_, i) => node(`w${String(i).padStart(3, '0')}`));

  test('all nodes unless it is given; 0 lets the size of the cluster decide; at least 100', () => {
    const seen = (configuration: KubeSchedulerConfiguration): number | undefined =>
      decided(configuration, one, ...nodes).scores?.size;
    expect(
      [{}, { percentageOfNodesToScore: 100 }, { percentageOfNodesToScore: 0 }, { percentageOfNodesToScore: 5 }].map(seen),
    ).toEqual([300, 300, 144, 100]);
    expect(seen({ percentageOfNodesToScore: 50, profiles: [{ percentageOfNodesToScore: 100 }] })).toBe(300);
  });

  test('each search begins where the one before ended', () => {
    for (const scheduler of schedulers({ percentageOfNodesToScore: 40 }, ...nodes)) {
      const firsts = ['a', 'b', 'c', 'd'].map((name) => scheduler.schedule(asking(name, { cpu: '1' })).node);
      expect(firsts).toEqual(['w000', 'w120', 'w000', 'w060']);
    }
  });

  test('a sample has nodes of every zone', () => {
    const zone = 'topology.kubernetes.io/zone';
    const zoned = nodes.map(({ metadata: { name } }, i) => node(name, { [zone]: i < 200 ? 'a' : 'b' }));
    const sample = [...(decided({ percentageOfNodesToScore: 40 }, one, ...zoned).scores?.keys() ?? [])];
    expect(sample.filter((name) => name < 'w200')).toHaveLength(60);
    expect(sample).toHaveLength(120);
  });
});

describe('What kube-scheduler would refuse', () => {
  const faults = (document: unknown): readonly string[] => {
    const verdict = profilesOf(document);
    return verdict.ok ? [] : verdict.causes.map(({ message }) => message);
  };
  const args = (name: string, given: object): unknown => ({ profiles: [{ pluginConfig: [{ name, args: given }] }] });

  test('what is no configuration', () => {
    expect(faults('x')).toEqual([': Invalid value: "x": must be a map']);
    expect(faults({ apiVersion: 'v1', kind: 'Pod' })).toEqual([
      'apiVersion: Unsupported value: "v1": supported values: "kubescheduler.config.k8s.io/v1"',
      'kind: Unsupported value: "Pod": supported values: "KubeSchedulerConfiguration"',
    ]);
    expect(faults({ profile: [] })).toEqual(['profile: Forbidden: unknown field, did you mean "profiles"?']);
    expect(faults({ profiles: [{ schedulerName: 3 }] })).toEqual(['profiles[0].schedulerName: Invalid value: 3: must be a text']);
  });

  test('profiles without a name or with the same', () => {
    expect(faults({ profiles: [{ schedulerName: 'a' }, {}, { schedulerName: 'a' }] })).toEqual([
      'profiles[2].schedulerName: Duplicate value: "profiles[0].schedulerName"',
      'profiles[1].schedulerName: Required value',
    ]);
  });

  test('percentages out of range', () => {
    expect(faults({ percentageOfNodesToScore: 101, profiles: [{ percentageOfNodesToScore: -1 }] })).toEqual([
      'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]',
      'profiles[0].percentageOfNodesToScore: Invalid value: -1: not in valid range [0-100]',
    ]);
  });

  test('plugins that there are not, or not there', () => {
    const plugins = {
      filter: { enabled: [{ name: 'NodeAfinity' }, { name: 'ImageLocality' }, { name: 'EBSLimits' }] },
      bind: { disabled: [{ name: '*' }] },
      preScore: { disabled: [{ name: 'NodeResourcesFit' }] },
    };
    expect(faults({ profiles: [{ plugins }] })).toEqual([
      'profiles[0].plugins.filter.enabled[0].name: Invalid value: "NodeAfinity": is no plugin of kube-scheduler, did you mean "NodeAffinity"?',
      'profiles[0].plugins.filter.enabled[1].name: Invalid value: "ImageLocality": the plugin has nothing to do at filter',
      'profiles[0].plugins.filter.enabled[2].name: Invalid value: "EBSLimits": was removed from kube-scheduler: NodeVolumeLimits does its work',
      'profiles[0].plugins.preScore: Invalid value: "NodeResourcesFit": score of the plugin works from what preScore finds: disable both or none',
      'profiles[0].plugins.bind: Required value: at least one bind plugin is needed',
    ]);
  });

  test.each([
    [
      'NodeResourcesFit',
      { scoringStrategy: { type: 'Best' } },
      'scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
    ],
    [
      'NodeResourcesFit',
      { scoringStrategy: { type: 'RequestedToCapacityRatio' } },
      'scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio',
    ],
    [
      'NodeResourcesFit',
      { scoringStrategy: { type: 'LeastAllocated', resources: [{ name: 'cpu', weight: 101 }] } },
      'scoringStrategy.resources[0].weight: Invalid value: 101: resource weight of cpu not in valid range (0, 100]',
    ],
    [
      'NodeResourcesFit',
      { ignoredResourceGroups: ['a/b'] },
      "ignoredResourceGroups[0]: Invalid value: \"a/b\": resource group name can't contain '/'",
    ],
    [
      'NodeResourcesBalancedAllocation',
      { resources: [{ name: 'cpu', weight: 2 }] },
      'resources[0].weight: Invalid value: 2: must be 1',
    ],
    [
      'InterPodAffinity',
      { hardPodAffinityWeight: 101 },
      'hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]',
    ],
    [
      'PodTopologySpread',
      { defaultConstraints: [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'ScheduleAnyway' }] },
      'defaultingType: Invalid value: "System": when .defaultConstraints are not empty',
    ],
    [
      'PodTopologySpread',
      { defaultingType: 'List', defaultConstraints: [{ topologyKey: 'a', whenUnsatisfiable: 'ScheduleAnyway' }] },
      'defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0, inf)',
    ],
    [
      'DefaultPreemption',
      { minCandidateNodesPercentage: 120 },
      'minCandidateNodesPercentage: Invalid value: 120: not in valid range [0, 100]',
    ],
    [
      'NodeAffinity',
      { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
      'addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
    [
      'VolumeBinding',
      { bindTimeoutSeconds: -1 },
      'bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value',
    ],
    ['VolumeBinding', { bindTimeout: 1 }, 'bindTimeout: Forbidden: unknown field'],
  ])('arguments of %s: %j', (name, given, fault) => {
    expect(faults(args(name, given)).map((text) => text.replace('profiles[0].pluginConfig[0].args.', ''))).toContain(fault);
  });

  test('what is about the process itself is read over, and what is not simulated is said', () => {
    const verdict = profilesOf({
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      leaderElection: { leaderElect: true },
      clientConnection: { kubeconfig: '/etc/kubernetes/scheduler.conf' },
      profiles: [{ pluginConfig: [{ name: 'NodeName', args: {} }] }],
      extenders: [{ urlPrefix: 'http://extender' }],
    });
    expect(verdict).toMatchObject({
      ok: true,
      warnings: [
        'profiles[0].pluginConfig[0].name: NodeName takes no arguments',
        'extenders: the scheduler extenders are taken to refuse no node and to score all alike',
      ],
    });
  });
});
