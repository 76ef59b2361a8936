import type { Cache } from '../cache.js';
import { type PreFilterRun, runPreFilter } from '../cycle.js';
import type { NodeRefusal } from '../decision.js';
import { getOrInsert } from '../get-or-insert.js';
import type { NodeInfo } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';
import type { Profile } from '../profile.js';
import { explainers } from './explainers.js';
import type { Fact, Obstacle, Remedy } from './explanation.js';
import { podRef, type Question, type Refused } from './question.js';

/** The refusal that kube-scheduler tells for a node: the first that it finds. */
type Told = ReadonlyMap<string, NodeRefusal>;

/** All that stands between a Pod and the nodes. */
export interface Answers {
  readonly question: Question;
  readonly obstacles: readonly Obstacle[];
  /** What could lift one obstacle. */
  remediesOf(obstacle: Obstacle): readonly Remedy[];
}

interface PreFilters {
  readonly run: PreFilterRun;
  /** Plugins that refuse the Pod as a whole, the first of which kube-scheduler stops at. */
  readonly refusals: readonly NodeRefusal[];
}

/** Runs PreFilter again without those who refuse the Pod as a whole, so that what stands behind them shows too. */
const runAll = (pod: PodInfo, cache: Cache, { plugins }: Profile): PreFilters => {
  const refusals: NodeRefusal[] = [];
  for (let left = plugins; ; ) {
    const run = runPreFilter(left, pod, cache);
    const { refusal } = run.cycle;
    if (refusal === undefined || left.length === 0) return { run, refusals };
    // Several plugins look for the same claim, and miss it in the same words.
    if (!refusals.some(({ reasons }) => reasons.join() === refusal.reasons.join())) refusals.push(refusal);
    left = left.filter(({ name }) => name !== refusal.plugin);
  }
};

const excluded = (restrictedBy: readonly string[]): NodeRefusal => ({
  plugin: restrictedBy[0] ?? '',
  code: 'UnschedulableAndUnresolvable',
  reasons: [`node(s) didn't satisfy plugin(s) [${restrictedBy.join(' ')}]`],
});

const nominatedFacts = ({ cache, pod }: Question, nodes: readonly NodeInfo[]): readonly Fact[] =>
  nodes.flatMap((node): readonly Fact[] => {
    const pods = [...cache.nominations.on(node.name)].filter(({ key, priority }) => key !== pod.key && priority >= pod.priority);
    return pods.length === 0 ? [] : [{ kind: 'nominated', node: node.name, pods: pods.map(podRef) }];
  });

/** Asks every plugin about every node. `waiting`: how many Pods like this one wait. */
export const answersOf = (pod: PodInfo, cache: Cache, profile: Profile, waiting: number): Answers => {
  const { run, refusals: whole } = runAll(pod, cache, profile);
  const { cycle, nodeNames, restrictedBy } = run;
  const told = new Map<string, NodeRefusal>();
  const all = new Map<string, readonly NodeRefusal[]>();
  // Nodes that refuse because of Pods that have a nomination to them.
  const reserved = new Set<string>();
  for (const node of cache.nodes) {
    const isOutside = nodeNames?.has(node.name) === false;
    // A node that a plugin leaves out is refused by its filter too, in other words.
    const own = cycle.filters
      .flatMap((filter) => filter.filter(node) ?? [])
      .filter(({ plugin }) => !isOutside || !restrictedBy.includes(plugin));
    const before = [...whole, ...(isOutside ? [excluded(restrictedBy)] : [])];
    const first = before[0] ?? (cache.nominations.size === 0 ? own[0] : cycle.filterWithNominated(node));
    if (first === undefined) continue;
    const plain = [...before, ...own];
    const isPlain = plain.some(({ reasons }) => first.reasons.every((reason) => reasons.includes(reason)));
    if (!isPlain) reserved.add(node.name);
    told.set(node.name, first);
    all.set(node.name, isPlain ? plain : [first, ...plain]);
  }
  const question: Question = { pod, cache, profile, refusals: all, waiting };
  const refused = new Map<Obstacle, Refused>();
  const obstacles = grouped(cache.nodes, all, told).map(({ plugin, reason, nodes }): Obstacle => {
    const isTold = ({ name }: NodeInfo): boolean =>
      told.get(name)?.plugin === plugin && told.get(name)?.reasons.includes(reason) === true;
    const about: Refused = { reason, nodes };
    const obstacle: Obstacle = {
      plugin,
      reason,
      nodes: nodes.filter(isTold).map(({ name }) => name),
      alsoOn: nodes.filter((node) => !isTold(node)).map(({ name }) => name),
      facts: [
        ...(explainers.get(plugin)?.facts(question, about) ?? []),
        ...nominatedFacts(
          question,
          nodes.filter(({ name }) => reserved.has(name)),
        ),
      ],
    };
    refused.set(obstacle, about);
    return obstacle;
  });
  return {
    question,
    obstacles: obstacles.sort((a, b) => b.nodes.length - a.nodes.length || b.alsoOn.length - a.alsoOn.length),
    remediesOf(obstacle) {
      const about = refused.get(obstacle);
      return about === undefined ? [] : (explainers.get(obstacle.plugin)?.remedies(question, about) ?? []);
    },
  };
};

interface Group extends Refused {
  readonly plugin: string;
  readonly nodes: NodeInfo[];
}

const grouped = (nodes: readonly NodeInfo[], all: ReadonlyMap<string, readonly NodeRefusal[]>, told: Told): readonly Group[] => {
  const groups = new Map<string, Group>();
  for (const node of nodes) {
    if (!told.has(node.name)) continue;
    const seen = new Set<string>();
    for (const { plugin, reasons } of all.get(node.name) ?? []) {
      for (const reason of reasons) {
        const key = `${plugin} ${reason}`;
        if (seen.has(key)) continue;
        seen.add(key);
        getOrInsert(groups, key, (): Group => ({ plugin, reason, nodes: [] })).nodes.push(node);
      }
    }
  }
  return [...groups.values()];
};
