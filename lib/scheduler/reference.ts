import type { Pod } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { Cache } from './cache.js';
import { type Cycle, type PreFilterRun, runPreFilter } from './cycle.js';
import type { Decision, NodeRefusal, PostFilterOutcome, PreFilterOutcome, VolumeDecision } from './decision.js';
import { fitErrorMessage, preFilterMessage } from './fit-error.js';
import type { NodeRefusals, Plugin } from './framework.js';
import type { NodeInfo } from './node-info.js';
import { type PodInfo, podInfo } from './pod-info.js';
import { defaultProfile } from './profile.js';

const schedulerName = 'default-scheduler';

/** Decisions about Pods that are not in the scheduling queue. */
const withoutQueue = (info: PodInfo, plugins: readonly Plugin[]): Decision | undefined => {
  const { pod, spec } = info;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return { outcome: 'completed' };
  if (spec.nodeName) return { outcome: 'preassigned', node: spec.nodeName };
  if ((spec.schedulerName ?? schedulerName) !== schedulerName) {
    return { outcome: 'ignored', message: `schedulerName ${spec.schedulerName}` };
  }
  for (const plugin of plugins) {
    const message = plugin.preEnqueue?.(info);
    if (message !== undefined) return { outcome: 'gated', message };
  }
  if (info.terminating) return { outcome: 'deleting', message: `skip schedule deleting pod: ${info.key}` };
  return undefined;
};

const preFilterOutcome = ({ cycle: { refusal }, nodeNames, restrictedBy }: PreFilterRun): PreFilterOutcome => {
  if (refusal !== undefined) return refusal;
  if (nodeNames === undefined) return { code: 'Success' };
  return { code: 'Success', nodeNames: [...nodeNames].sort(), plugins: restrictedBy };
};

interface Scores {
  readonly plugins: readonly string[];
  /** Per feasible node the total, then the score of each plugin, weighted. */
  readonly rows: readonly (readonly number[])[];
}

const scoreNodes = (plugins: readonly Plugin[], pod: PodInfo, feasible: readonly NodeInfo[], cache: Cache): Scores => {
  const names: string[] = [];
  const rows = feasible.map((): number[] => [0]);
  for (const { name, weight = 1, preScore } of plugins) {
    const score = preScore?.(pod, feasible, cache);
    if (score === undefined) continue;
    names.push(name);
    const scores = feasible.map((node) => score.score(node));
    score.normalizeScore?.(scores, feasible);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? [];
      const weighted = (scores[i] ?? 0) * weight;
      row.push(weighted);
      row[0] = (row[0] ?? 0) + weighted;
    }
  }
  return { plugins: names, rows };
};

/** The plugins' answers to a Pod that fits nowhere; the first that can help ends the round. */
const runPostFilter = (plugins: readonly Plugin[], cycle: Cycle, refusals: NodeRefusals): PostFilterOutcome => {
  const messages: string[] = [];
  let nominated: string | undefined;
  for (const plugin of plugins) {
    const outcome = plugin.postFilter?.(cycle, refusals);
    if (outcome === undefined) continue;
    if (outcome.code !== 'Unschedulable') return outcome;
    messages.push(outcome.message);
    nominated = outcome.nominated ?? nominated;
  }
  return { code: 'Unschedulable', message: messages.join(', '), ...(nominated !== undefined && { nominated }) };
};

const withPostFilter = (message: string, postFilter: PostFilterOutcome): Pick<Decision, 'outcome' | 'message' | 'postFilter'> =>
  postFilter.code === 'Success'
    ? { outcome: 'preempting', message, postFilter }
    : { outcome: 'unschedulable', message: `${message} ${postFilter.message}`, postFilter };

/** Evaluates every plugin on every node, plainly. */
export const decide = (pod: Admitted<Pod>, cache: Cache, plugins: readonly Plugin[] = defaultProfile): Decision => {
  const info = podInfo(pod);
  const early = withoutQueue(info, plugins);
  if (early !== undefined) return early;
  const { nodes } = cache;
  if (nodes.length === 0) return { outcome: 'unschedulable', message: 'no nodes available to schedule pods' };

  const run = runPreFilter(plugins, info, cache);
  const { cycle, nodeNames } = run;
  const preFilter = preFilterOutcome(run);
  if (cycle.refusal !== undefined) {
    const refusals = { nodes: new Map<string, NodeRefusal>(), absent: cycle.refusal.code };
    return {
      ...withPostFilter(preFilterMessage(nodes.length, cycle.refusal), runPostFilter(plugins, cycle, refusals)),
      preFilter,
    };
  }

  const filter = new Map<string, 'ok' | NodeRefusal>();
  const refused = new Map<string, NodeRefusal>();
  const feasible: NodeInfo[] = [];
  const evaluate = (node: NodeInfo): boolean => {
    const refusal = cycle.filterWithNominated(node);
    filter.set(node.name, refusal ?? 'ok');
    if (refusal === undefined) feasible.push(node);
    else refused.set(node.name, refusal);
    return refusal === undefined;
  };
  // A Pod whose room has been made on a node is not looked at elsewhere when it fits there.
  const nominated = pod.status?.nominatedNodeName;
  const nominatedNode = nominated ? cache.node(nominated) : undefined;
  const nominatedNodeFit = nominated ? nominatedNode !== undefined && evaluate(nominatedNode) : undefined;
  if (nominatedNodeFit !== true) {
    filter.clear();
    refused.clear();
    for (const node of nodes) if (nodeNames === undefined || nodeNames.has(node.name)) evaluate(node);
  }
  const evaluated = { preFilter, nominatedNodeFit, filter };
  if (feasible.length === 0) {
    const absent = nodeNames === undefined ? [] : [`node(s) didn't satisfy plugin(s) [${run.restrictedBy.join(' ')}]`];
    const refusals: NodeRefusals = { nodes: refused, absent: 'UnschedulableAndUnresolvable' };
    return {
      ...withPostFilter(fitErrorMessage(nodes.length, refused, absent), runPostFilter(plugins, cycle, refusals)),
      ...evaluated,
    };
  }
  return { ...evaluated, ...place(plugins, cycle, feasible) };
};

/** Scores the feasible nodes and takes the best one, the first by name among equals. */
const place = (plugins: readonly Plugin[], cycle: Cycle, feasible: readonly NodeInfo[]): Decision => {
  const { plugins: scorePlugins, rows } = scoreNodes(plugins, cycle.pod, feasible, cycle.cache);
  const scores = new Map<string, readonly number[]>();
  let top = -1;
  let best: NodeInfo[] = [];
  for (const [i, node] of feasible.entries()) {
    const row = rows[i] ?? [];
    const total = row[0] ?? 0;
    scores.set(node.name, row);
    if (total > top) {
      top = total;
      best = [];
    }
    if (total === top) best.push(node);
  }
  const [chosen] = best;
  return {
    outcome: 'scheduled',
    node: chosen?.name,
    scorePlugins,
    scores,
    best: best.map(({ name }) => name),
    volumes: chosen && reserve(cycle, chosen),
  };
};

const reserve = ({ filters }: Cycle, node: NodeInfo): VolumeDecision | undefined => {
  for (const filter of filters) {
    const volumes = filter.reserve?.(node);
    if (volumes !== undefined && volumes.bind.length + volumes.provision.length > 0) return volumes;
  }
  return undefined;
};
