import type { Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf } from '../../api/object.js';
import { unplaced } from '../../scheduler/explain/trial.js';
import { compileSelector } from '../../scheduler/label-selector.js';
import type { Cluster } from '../cluster.js';
import { violationsOf } from '../scheduling.js';
import type { Asked } from './asked.js';
import type { Loss, Preemption } from './explanation.js';

/** PodDisruptionBudgets that select the Pod. */
const budgetsOf = (cluster: Cluster, { metadata }: Admitted<Pod>): readonly ObjectRef[] =>
  cluster
    .list('PodDisruptionBudget', { namespace: metadata.namespace })
    .filter(({ spec }) => {
      const selector = compileSelector(spec?.selector);
      return !selector.empty && selector.matches(metadata.labels ?? {});
    })
    .map(refOf);

/** Victims by the workload that they belong to. `placed`: Pods of it that have a node afterwards. */
const lossesOf = (
  cluster: Cluster,
  victims: readonly Admitted<Pod>[],
  placed: (workload: ObjectRef, gone: readonly Admitted<Pod>[]) => { readonly wanted: number; readonly placed: number },
): readonly Loss[] => {
  const groups = new Map<string, { readonly workload: ObjectRef | undefined; readonly pods: Admitted<Pod>[] }>();
  for (const pod of victims) {
    const root = cluster.controllerOf(pod);
    const workload = root === pod ? undefined : refOf(root);
    const key = refKey(workload ?? refOf(pod));
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { workload, pods: [pod] });
    else known.pods.push(pod);
  }
  return [...groups.values()].map(({ workload, pods }): Loss => {
    const budgets = new Map(pods.flatMap((pod) => budgetsOf(cluster, pod)).map((ref) => [refKey(ref), ref]));
    return {
      workload,
      evicted: pods.map(refOf),
      ...(workload === undefined ? { wanted: pods.length, placed: 0 } : placed(workload, pods)),
      budgets: [...budgets.values()],
    };
  });
};

const hasNode = ({ spec, metadata }: Admitted<Pod>): boolean =>
  spec?.nodeName !== undefined && metadata.deletionTimestamp === undefined;

/** What the Pod evicted in this cluster, and what has become of those workloads since. */
export const happenedPreemption = (cluster: Cluster, ref: ObjectRef): Preemption | undefined => {
  const own = cluster.preemptions.filter(({ pod }) => refKey(pod) === refKey(ref));
  const last = own.at(-1);
  if (last === undefined) return undefined;
  return {
    happened: true,
    node: last.node,
    pdbViolations: own.reduce((sum, { pdbViolations }) => sum + pdbViolations, 0),
    losses: lossesOf(
      cluster,
      own.flatMap(({ victims }) => victims),
      (workload) => {
        const pods = cluster.podsOf(workload).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
        return { wanted: pods.length, placed: pods.filter(hasNode).length };
      },
    ),
  };
};

/** What the Pod would evict if it were scheduled now, and where the evicted ones would go. */
export const wouldPreempt = ({ cluster, sandbox }: Asked, pod: Admitted<Pod>): Preemption | undefined => {
  const decision = sandbox.decide(unplaced(pod));
  const { outcome, postFilter } = decision;
  const node = postFilter?.nominated;
  if (outcome !== 'preempting' || !node) return undefined;
  const pdbViolations = violationsOf(decision);
  const texts = new Set(postFilter?.victims);
  const victims = [...(sandbox.cache.node(node)?.pods.values() ?? [])]
    .filter(({ text }) => texts.has(text))
    .map((info) => info.pod);
  return sandbox.attempt((attempt) => {
    for (const victim of victims) attempt.remove(refOf(victim));
    sandbox.bind(attempt, unplaced(pod), { outcome: 'scheduled', node });
    const losses = lossesOf(cluster, victims, (workload, gone) => {
      const all = cluster.podsOf(workload).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      let placed = all.filter(hasNode).length - gone.length;
      for (const victim of gone.map(unplaced)) {
        const decision = sandbox.decide(victim);
        if (decision.outcome !== 'scheduled') continue;
        sandbox.bind(attempt, victim, decision);
        placed++;
      }
      return { wanted: all.length, placed };
    });
    return { happened: false, node, pdbViolations, losses };
  });
};
