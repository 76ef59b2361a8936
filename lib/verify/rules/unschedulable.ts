import { type ObjectRef, refKey, refOf, refText } from '../../api/object.js';
import type { Explanation } from '../../cluster/explain.js';
import type { Evidence } from '../finding.js';
import type { Candidate, Draft, DryRun, Rule } from '../rule.js';
import { schedulingFixes } from '../scheduling-fixes.js';
import { podTemplateOf } from '../template.js';

/** How many nodes are looked at, about, to say what stands in the way, and to look for ways out, which asks them all again and again. */
const explainedNodes = 50_000;
const mendedNodes = 20_000;

const evidenceOf = ({ obstacles }: Explanation): readonly Evidence[] =>
  obstacles.map(({ reason, nodes, alsoOn, facts }): Evidence => {
    const resource = facts.find((fact) => fact.kind === 'resource');
    return {
      kind: 'nodes',
      nodes,
      reason,
      ...(alsoOn.length > 0 && { alsoOn }),
      ...(resource !== undefined && {
        asks: resource.asks,
        free: `${resource.free} (${resource.node})`,
        heldBy: resource.heldBy,
      }),
      facts,
    };
  });

const waits = ({ outcome }: Explanation): boolean => outcome === 'unschedulable' || outcome === 'gated';

/** Pods that fit on no node, one finding a workload. */
export const unschedulableRule: Rule = (run) => {
  const workloads = new Map<string, ObjectRef>();
  for (const pod of run.pods) {
    if (pod.spec?.nodeName !== undefined) continue;
    const outcome = run.cluster.decisions.get(refKey(refOf(pod)))?.outcome;
    if (outcome !== 'unschedulable' && outcome !== 'gated') continue;
    const ref = refOf(run.cluster.controllerOf(pod));
    workloads.set(refKey(ref), ref);
  }
  const nodes = run.cluster.list('Node').length;
  return [...workloads.values()].flatMap((workload, index): readonly Draft[] => {
    const waiting = run.cluster.explain(workload).filter(waits);
    const [first] = waiting;
    return first === undefined ? [] : [draftOf(run, workload, waiting, first, index * nodes)];
  });
};

/** `lookedAt`: nodes that the workloads before it have cost. */
const draftOf = (
  run: DryRun,
  workload: ObjectRef,
  waiting: readonly Explanation[],
  first: Explanation,
  lookedAt: number,
): Draft => {
  const object = run.manifestOf(workload)?.object;
  const path = (object === undefined ? undefined : podTemplateOf(object))?.path ?? 'spec';
  const all = run.cluster.podsOf(workload).length;
  const count = waiting.reduce((sum, { pods }) => sum + pods.length, 0);
  const who =
    workload.kind === 'Pod'
      ? refText(workload)
      : all === 1
        ? `the Pod of ${refText(workload)}`
        : `${count} of ${all} Pods of ${refText(workload)}`;
  const plural = count > 1;
  let fixes: readonly Candidate[] | undefined;
  const mended = {
    get fixes(): readonly Candidate[] {
      fixes ??= lookedAt < mendedNodes ? schedulingFixes(run, first) : [];
      return fixes;
    },
  };
  if (first.outcome === 'gated') {
    const [pod] = run.cluster.podsOf(workload).filter(({ metadata }) => metadata.name === first.pods[0]?.name);
    const gates = (pod?.spec?.schedulingGates ?? []).map(({ name }) => name).join(', ');
    return Object.assign(mended, {
      code: 'schedule/gated',
      severity: 'warning',
      object: workload,
      field: `${path}.schedulingGates`,
      message: `${who} wait${plural ? '' : 's'} until something removes the scheduling gates ${gates}`,
    } as const);
  }
  const isExplained = lookedAt < explainedNodes;
  const field = isExplained ? fieldOf(first) : undefined;
  return Object.assign(mended, {
    code: 'schedule/unschedulable',
    severity: 'error',
    object: workload,
    message: `${who} fit${plural ? '' : 's'} on no node: ${first.message ?? ''}`,
    ...(field !== undefined && { field: `${path}.${field}` }),
    evidence: isExplained ? evidenceOf(first) : [],
  } as const);
};

/** The field to blame, where there is one for what most nodes say. */
const fieldOf = ({ obstacles: [first] }: Explanation): string | undefined => {
  const fields = first?.facts.flatMap((fact) => ('field' in fact && fact.field !== undefined ? [fact.field] : []));
  return fields?.[0];
};
