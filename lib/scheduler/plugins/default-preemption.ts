import type { PodDisruptionBudget } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import type { Cache } from '../cache.js';
import type { Cycle } from '../cycle.js';
import type { Candidate, NodeRefusal, PostFilterOutcome } from '../decision.js';
import { countReasons, fitErrorText } from '../fit-error.js';
import { type NodeRefusals, type Plugin, unresolvable } from '../framework.js';
import { compileSelector } from '../label-selector.js';
import type { NodeInfo } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';

const name = 'DefaultPreemption';
export const noVictims = unresolvable(name, 'No preemption victims found for incoming pod');
const notHelpful = 'Preemption is not helpful for scheduling';

/** A Pod that has not started yet counts as started last. Milliseconds since 1970. */
const startTime = ({ pod }: PodInfo): number =>
  pod.status?.startTime === undefined ? Infinity : Date.parse(pod.status.startTime);

const byImportance = (a: PodInfo, b: PodInfo): number => {
  if (a.priority !== b.priority) return b.priority - a.priority;
  const [first, second] = [startTime(a), startTime(b)];
  return first === second ? 0 : first - second;
};

/** Splits Pods, most important first, into those whose eviction a disruption budget forbids and the others. */
const splitByBudgets = (
  pods: readonly PodInfo[],
  budgets: Iterable<Admitted<PodDisruptionBudget>>,
): readonly [PodInfo[], PodInfo[]] => {
  const left = [...budgets].map((budget) => ({
    budget,
    selector: compileSelector(budget.spec?.selector),
    allowed: budget.status?.disruptionsAllowed ?? 0,
  }));
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const pod of pods) {
    let violates = false;
    for (const one of left) {
      const { budget, selector } = one;
      if (Object.keys(pod.labels).length === 0 || (budget.metadata.namespace ?? 'default') !== pod.namespace) continue;
      if (selector.empty || !selector.matches(pod.labels)) continue;
      // Its disruption has been granted before, so it does not count again.
      if (Object.hasOwn(budget.status?.disruptedPods ?? {}, pod.name)) continue;
      one.allowed--;
      if (one.allowed < 0) violates = true;
    }
    (violates ? violating : others).push(pod);
  }
  return [violating, others];
};

/** Where evictions would make room. */
export interface Victims {
  readonly candidate: Candidate;
  /** The most important first. */
  readonly pods: readonly PodInfo[];
  /** What speaks against it, in order of weight; less is better. */
  readonly costs: readonly number[];
}

/** When the first of the most important victims started. `pods`: most important first. */
const earliestStart = (pods: readonly PodInfo[]): number =>
  Math.min(...pods.filter(({ priority }) => priority === pods[0]?.priority).map(startTime));

const victimsOn = (node: NodeInfo, pods: readonly PodInfo[], pdbViolations: number): Victims => ({
  candidate: { node: node.name, victims: pods.map(({ text }) => text), pdbViolations },
  pods,
  costs: [
    pdbViolations,
    pods[0]?.priority ?? 0,
    // Shifted, so that more victims of negative priority cost more.
    pods.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
    pods.length,
    -earliestStart(pods),
  ],
});

/** The fewest and least important Pods of the node that must go for the Pod to fit, or why none would do. */
export const selectVictims = (cycle: Cycle, node: NodeInfo): Victims | NodeRefusal => {
  const potential = [...node.pods.values()].filter(({ priority }) => priority < cycle.pod.priority);
  if (potential.length === 0) return noVictims;
  const dryNode = node.clone();
  const dryCycle = cycle.clone();
  for (const pod of potential) dryCycle.removePod(pod, dryNode);
  const refusal = dryCycle.filterWithNominated(dryNode);
  if (refusal !== undefined) return refusal;
  const [violating, others] = splitByBudgets(
    potential.sort(byImportance),
    cycle.cache.lists['policy/PodDisruptionBudget'].values(),
  );
  const victims: PodInfo[] = [];
  // Let back in whoever still has room beside the Pod, those first whose budget would be violated.
  const reprieve = (pod: PodInfo): void => {
    dryCycle.addPod(pod, dryNode);
    if (dryCycle.filterWithNominated(dryNode) === undefined) return;
    dryCycle.removePod(pod, dryNode);
    victims.push(pod);
  };
  violating.forEach(reprieve);
  const pdbViolations = victims.length;
  others.forEach(reprieve);
  return victimsOn(node, victims.sort(byImportance), pdbViolations);
};

const compareCosts = (a: readonly number[], b: readonly number[]): number => {
  for (let i = 0; i < a.length; i++) {
    const cost = a[i] ?? 0;
    const other = b[i] ?? 0;
    if (cost !== other) return cost < other ? -1 : 1;
  }
  return 0;
};

/** The cheapest, in the order given; undefined stands for none. */
export const cheapest = (all: readonly (Victims | undefined)[]): readonly Victims[] => {
  let best: Victims[] = [];
  let least: readonly number[] | undefined;
  for (const one of all) {
    if (one === undefined) continue;
    const order = least === undefined ? -1 : compareCosts(one.costs, least);
    if (order > 0) continue;
    if (order < 0) {
      best = [];
      least = one.costs;
    }
    best.push(one);
  }
  return best;
};

const isBeingPreempted = ({ pod, terminating }: PodInfo): boolean => {
  const disrupted = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return terminating && disrupted?.status === 'True' && disrupted.reason === 'PreemptionByScheduler';
};

const refused = (reason: string): PostFilterOutcome => ({ code: 'Unschedulable', message: `preemption: ${reason}` });

/** Why the Pod must not evict others. `codeOf`: what the filters said of a node. */
export const ineligible = (
  { pod, spec, priority }: PodInfo,
  cache: Cache,
  codeOf: (nodeName: string) => NodeRefusal['code'],
): PostFilterOutcome | undefined => {
  if (spec.preemptionPolicy === 'Never') return refused('not eligible due to preemptionPolicy=Never.');
  const nominated = pod.status?.nominatedNodeName;
  if (!nominated || codeOf(nominated) === 'UnschedulableAndUnresolvable') return undefined;
  for (const other of cache.node(nominated)?.pods.values() ?? []) {
    if (other.priority < priority && isBeingPreempted(other))
      return refused('not eligible due to a terminating pod on the nominated node.');
  }
  return undefined;
};

/** Nodes where evictions may help. */
const potentialNodes = ({ nodes }: Cache, refusals: NodeRefusals): readonly NodeInfo[] =>
  nodes.filter((node) => (refusals.nodes.get(node.name)?.code ?? refusals.absent) === 'Unschedulable');

/** No evictions help; `counts` are the reasons of the `potential` nodes where they might have. */
export const preemptionFailure = (nodes: number, potential: number, counts: Map<string, number>): PostFilterOutcome => {
  if (potential < nodes) countReasons(counts, [notHelpful], nodes - potential);
  return { ...refused(fitErrorText(nodes, counts)), nominated: '' };
};

/** The first of the `best` is taken; `candidates` are asked for when they are read. */
export const preemptionSuccess = (
  best: readonly Victims[],
  candidates: () => readonly Candidate[] | undefined,
): PostFilterOutcome => {
  const [first] = best;
  return {
    code: 'Success',
    message: '',
    nominated: first?.candidate.node ?? '',
    victims: first?.candidate.victims ?? [],
    get candidates() {
      return candidates();
    },
    get best() {
      return best.length > 1 ? best.map(({ candidate }) => candidate.node) : undefined;
    },
  };
};

/** Evicts Pods of lower priority, as few and as unimportant as possible, to make room. */
export const defaultPreemption: Plugin = {
  name,
  postFilter(cycle, refusals): PostFilterOutcome {
    const refusal = ineligible(cycle.pod, cycle.cache, (node) => refusals.nodes.get(node)?.code ?? refusals.absent);
    if (refusal !== undefined) return refusal;
    const { nodes } = cycle.cache;
    const candidates: Victims[] = [];
    const counts = new Map<string, number>();
    const potential = potentialNodes(cycle.cache, refusals);
    for (const node of potential) {
      const result = selectVictims(cycle, node);
      if ('code' in result) countReasons(counts, result.reasons, 1);
      else candidates.push(result);
    }
    const best = cheapest(candidates);
    return best.length > 0
      ? preemptionSuccess(best, () => candidates.map(({ candidate }) => candidate))
      : preemptionFailure(nodes.length, potential.length, counts);
  },
};
