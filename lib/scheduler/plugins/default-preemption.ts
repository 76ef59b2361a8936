import type { PodDisruptionBudget } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import type { Cache } from '../cache.js';
import type { Cycle } from '../cycle.js';
import type { Candidate, NodeRefusal, PostFilterOutcome } from '../decision.js';
import { fitErrorMessage } from '../fit-error.js';
import { type NodeRefusals, type Plugin, unresolvable } from '../framework.js';
import { compileSelector } from '../label-selector.js';
import type { NodeInfo } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';

const name = 'DefaultPreemption';
const noVictims = unresolvable(name, 'No preemption victims found for incoming pod');
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

interface Victims {
  readonly node: NodeInfo;
  /** Most important first; never empty. */
  readonly pods: readonly PodInfo[];
  readonly pdbViolations: number;
}

/** The fewest and least important Pods of the node that must go for the Pod to fit, or why none would do. */
const selectVictims = (cycle: Cycle, node: NodeInfo): Victims | NodeRefusal => {
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
  return { node, pods: victims.sort(byImportance), pdbViolations };
};

/** When the first of the most important victims started. */
const earliestStart = ({ pods }: Victims): number =>
  Math.min(...pods.filter(({ priority }) => priority === pods[0]?.priority).map(startTime));

/** Candidates compare by these in turn; less is better. Shifted, so that more victims of negative priority cost more. */
const criteria: readonly ((victims: Victims) => number)[] = [
  ({ pdbViolations }) => pdbViolations,
  ({ pods }) => pods[0]?.priority ?? 0,
  ({ pods }) => pods.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
  ({ pods }) => pods.length,
  (victims) => -earliestStart(victims),
];

const pickBest = (candidates: readonly Victims[]): readonly Victims[] => {
  let best = candidates;
  for (const criterion of criteria) {
    const least = Math.min(...best.map(criterion));
    best = best.filter((victims) => criterion(victims) === least);
  }
  return best;
};

const isBeingPreempted = ({ pod, terminating }: PodInfo): boolean => {
  const disrupted = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return terminating && disrupted?.status === 'True' && disrupted.reason === 'PreemptionByScheduler';
};

/** Why the Pod must not evict others. */
const ineligible = ({ pod: { pod, priority }, cache }: Cycle, { nodes, absent }: NodeRefusals): string | undefined => {
  if (pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.status?.nominatedNodeName;
  if (!nominated || (nodes.get(nominated)?.code ?? absent) === 'UnschedulableAndUnresolvable') return undefined;
  for (const other of cache.node(nominated)?.pods.values() ?? []) {
    if (other.priority < priority && isBeingPreempted(other))
      return 'not eligible due to a terminating pod on the nominated node.';
  }
  return undefined;
};

/** Nodes where evictions may help. */
const potentialNodes = ({ nodes }: Cache, refusals: NodeRefusals): readonly NodeInfo[] =>
  nodes.filter((node) => (refusals.nodes.get(node.name)?.code ?? refusals.absent) === 'Unschedulable');

/** Evicts Pods of lower priority, as few and as unimportant as possible, to make room. */
export const defaultPreemption: Plugin = {
  name,
  postFilter(cycle, refusals): PostFilterOutcome {
    const reason = ineligible(cycle, refusals);
    if (reason !== undefined) return { code: 'Unschedulable', message: `preemption: ${reason}` };
    const dryRun = new Map<string, NodeRefusal>();
    const candidates: Victims[] = [];
    for (const node of potentialNodes(cycle.cache, refusals)) {
      const result = selectVictims(cycle, node);
      if ('code' in result) dryRun.set(node.name, result);
      else candidates.push(result);
    }
    const best = pickBest(candidates);
    const [first] = best;
    if (first === undefined) {
      const message = `preemption: ${fitErrorMessage(cycle.cache.nodes.length, dryRun, [notHelpful])}`;
      return { code: 'Unschedulable', message, nominated: '' };
    }
    const keys = (pods: readonly PodInfo[]): readonly string[] => pods.map(({ key }) => key);
    return {
      code: 'Success',
      message: '',
      nominated: first.node.name,
      victims: keys(first.pods),
      candidates: candidates.map(
        ({ node, pods, pdbViolations }): Candidate => ({ node: node.name, victims: keys(pods), pdbViolations }),
      ),
      ...(best.length > 1 && { best: best.map(({ node }) => node.name) }),
    };
  },
};
