import type { Cache } from './cache.js';
import { type Cycle, type PreFilterRun, runPreFilter } from './cycle.js';
import type { Decision, NodeRefusal, PostFilterOutcome, PreFilterOutcome, VolumeDecision } from './decision.js';
import { fitErrorMessage, preFilterMessage } from './fit-error.js';
import type { NodeRefusals, Plugin } from './framework.js';
import type { NodeInfo } from './node-info.js';
import type { NodeSampling } from './node-sampling.js';
import type { PodInfo } from './pod-info.js';
import type { Profile } from './profile.js';

/** Decisions about Pods that are not in the scheduling queue. `profile`: undefined where there is none for the Pod. */
export const withoutQueue = (info: PodInfo, profile: Profile | undefined): Decision | undefined => {
  const { pod, spec } = info;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return { outcome: 'completed' };
  if (spec.nodeName) return { outcome: 'preassigned', node: spec.nodeName };
  if (profile === undefined) return { outcome: 'ignored', message: `schedulerName ${spec.schedulerName}` };
  const { plugins } = profile;
  for (let index = 0; index < plugins.length; index++) {
    const message = plugins[index]?.preEnqueue?.(info);
    if (message !== undefined) return { outcome: 'gated', message };
  }
  if (info.terminating) return { outcome: 'deleting', message: `skip schedule deleting pod: ${info.text}` };
  return undefined;
};

const preFilterOutcome = ({ cycle: { refusal }, nodeNames, restrictedBy }: PreFilterRun): PreFilterOutcome => {
  if (refusal !== undefined) return refusal;
  if (nodeNames === undefined) return { code: 'Success' };
  return { code: 'Success', nodeNames: [...nodeNames].sort(), plugins: restrictedBy };
};

export interface Scores {
  readonly plugins: readonly string[];
  /** Per plugin the weighted scores of the feasible nodes. */
  readonly columns: readonly (readonly number[])[];
  readonly totals: readonly number[];
}

export const scoreNodes = (plugins: readonly Plugin[], pod: PodInfo, feasible: readonly NodeInfo[], cache: Cache): Scores => {
  const names: string[] = [];
  const columns: number[][] = [];
  const totals = feasible.map(() => 0);
  for (const { name, weight = 1, preScore } of plugins) {
    const score = preScore?.(pod, feasible, cache);
    if (score === undefined) continue;
    const column = feasible.map((node) => score.score(node));
    score.normalizeScore?.(column, feasible);
    for (let i = 0; i < column.length; i++) {
      const weighted = (column[i] ?? 0) * weight;
      column[i] = weighted;
      totals[i] = (totals[i] ?? 0) + weighted;
    }
    names.push(name);
    columns.push(column);
  }
  return { plugins: names, columns, totals };
};

/** The plugins' answers to a Pod that fits nowhere; the first that can help ends the round. */
export const runPostFilter = (plugins: readonly Plugin[], cycle: Cycle, refusals: NodeRefusals): PostFilterOutcome => {
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

export const withPostFilter = (
  message: string,
  postFilter: PostFilterOutcome,
): Pick<Decision, 'outcome' | 'message' | 'postFilter'> =>
  postFilter.code === 'Success'
    ? { outcome: 'preempting', message, postFilter }
    : { outcome: 'unschedulable', message: [message, postFilter.message].filter((text) => text !== '').join(' '), postFilter };

/** Evaluates every plugin on every node, or on those that `sampling` comes to, plainly. The Pod is one that `withoutQueue` leaves open. */
export const decide = (info: PodInfo, cache: Cache, profile: Profile, sampling: NodeSampling): Decision => {
  const { plugins, percentageOfNodesToScore = 100 } = profile;
  const { pod } = info;
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

  let evaluations: Evaluation[] = [];
  const evaluate = (node: NodeInfo): boolean => {
    const refusal = cycle.filterWithNominated(node);
    evaluations.push({ node, refusal });
    return refusal === undefined;
  };
  // A Pod whose room has been made on a node is not looked at elsewhere when it fits there.
  const nominated = pod.status?.nominatedNodeName;
  const nominatedNode = nominated ? cache.node(nominated) : undefined;
  const nominatedNodeFit = nominated ? nominatedNode !== undefined && evaluate(nominatedNode) : undefined;
  if (nominatedNodeFit !== true) {
    evaluations = [];
    if (percentageOfNodesToScore < 100) {
      sampling.search(nodes, nodeNames, percentageOfNodesToScore, evaluate);
      evaluations.sort((a, b) => (a.node.name < b.node.name ? -1 : 1));
    } else for (const node of nodes) if (nodeNames === undefined || nodeNames.has(node.name)) evaluate(node);
  }
  const feasible = evaluations.filter(({ refusal }) => refusal === undefined).map(({ node }) => node);
  if (feasible.length > 0) return place(plugins, cycle, feasible, { preFilter, nominatedNodeFit, evaluations });

  const refused = new Map<string, NodeRefusal>();
  for (const { node, refusal } of evaluations) if (refusal !== undefined) refused.set(node.name, refusal);
  const absent = nodeNames === undefined ? [] : [`node(s) didn't satisfy plugin(s) [${run.restrictedBy.join(' ')}]`];
  const refusals: NodeRefusals = { nodes: refused, absent: 'UnschedulableAndUnresolvable' };
  const message = fitErrorMessage(nodes.length, refused, absent);
  return { ...withPostFilter(message, runPostFilter(plugins, cycle, refusals)), preFilter, nominatedNodeFit, filter: refused };
};

interface Evaluation {
  readonly node: NodeInfo;
  readonly refusal: NodeRefusal | undefined;
}

interface Evaluated {
  readonly preFilter: PreFilterOutcome;
  readonly nominatedNodeFit: boolean | undefined;
  readonly evaluations: readonly Evaluation[];
}

/** Scores the feasible nodes and takes the best one, the first by name among equals. */
const place = (plugins: readonly Plugin[], cycle: Cycle, feasible: readonly NodeInfo[], evaluated: Evaluated): Decision => {
  const { plugins: scorePlugins, columns, totals } = scoreNodes(plugins, cycle.pod, feasible, cycle.cache);
  const top = totals.reduce((most, total) => Math.max(most, total), -Infinity);
  const best = feasible.filter((_, i) => totals[i] === top);
  const [chosen] = best;
  const { preFilter, nominatedNodeFit, evaluations } = evaluated;
  return {
    outcome: 'scheduled',
    node: chosen?.name,
    preFilter,
    nominatedNodeFit,
    scorePlugins,
    best: best.map(({ name }) => name),
    volumes: chosen && reserve(cycle, chosen),
    // Hardly anyone asks why a Pod was placed where it is, and the tables are as large as the cluster.
    get filter() {
      return new Map(evaluations.map(({ node, refusal }) => [node.name, refusal ?? ('ok' as const)]));
    },
    get scores() {
      return new Map(feasible.map(({ name }, i) => [name, [totals[i] ?? 0, ...columns.map((column) => column[i] ?? 0)]]));
    },
  };
};

export const reserve = ({ filters }: Cycle, node: NodeInfo): VolumeDecision | undefined => {
  for (const filter of filters) {
    const volumes = filter.reserve?.(node);
    if (volumes !== undefined && volumes.bind.length + volumes.provision.length > 0) return volumes;
  }
  return undefined;
};
