import type { Node, NodeSelectorRequirement, NodeSelectorTerm, PodSpec, Taint, Toleration } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { type Requirement, requirementMatches, type SelectorOperator } from '../../api/selector.js';

const operators: Readonly<Record<string, SelectorOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

const holds = ({ key, operator, values = [] }: NodeSelectorRequirement, labels: Readonly<Record<string, string>>): boolean => {
  const known = operators[operator];
  const requirement: Requirement | undefined = known && { key, operator: known, values };
  return requirement !== undefined && requirementMatches(requirement, labels);
};

/** A term without any requirement matches nothing. */
const matchesTerm = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Admitted<Node>): boolean =>
  matchExpressions.length + matchFields.length > 0 &&
  matchExpressions.every((requirement) => holds(requirement, node.metadata.labels ?? {})) &&
  matchFields.every((requirement) => holds(requirement, { 'metadata.name': node.metadata.name }));

/** Tolerations that every DaemonSet Pod has: daemons stay where others leave (`AddOrUpdateDaemonPodTolerations`). */
const daemonTolerations = (spec: PodSpec): readonly Toleration[] => {
  const tolerate = (name: string, effect: string): Toleration => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect,
  });
  return [
    tolerate('not-ready', 'NoExecute'),
    tolerate('unreachable', 'NoExecute'),
    tolerate('disk-pressure', 'NoSchedule'),
    tolerate('memory-pressure', 'NoSchedule'),
    tolerate('pid-pressure', 'NoSchedule'),
    tolerate('unschedulable', 'NoSchedule'),
    ...(spec.hostNetwork ? [tolerate('network-unavailable', 'NoSchedule')] : []),
  ];
};

const tolerationsOf = (spec: PodSpec): readonly Toleration[] => {
  const own = spec.tolerations ?? [];
  const added = daemonTolerations(spec).filter(
    (one) => !own.some((other) => other.key === one.key && other.effect === one.effect && other.operator === one.operator),
  );
  return [...own, ...added];
};

const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? ''));
};

export interface NodeFit {
  /** A Pod belongs on the node. */
  readonly shouldRun: boolean;
  /** A Pod that is there may stay. */
  readonly mayStay: boolean;
}

/** Whether a DaemonSet's Pod belongs on a node: by name, labels and taints; resources are the scheduler's business. */
export const fitOf = (spec: PodSpec, node: Admitted<Node>): NodeFit => {
  const none = { shouldRun: false, mayStay: false };
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return none;
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value))
    return none;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required !== undefined && !required.nodeSelectorTerms.some((term) => matchesTerm(term, node))) return none;
  const tolerations = tolerationsOf(spec);
  const repels = (effect: string): boolean =>
    (node.spec?.taints ?? []).some(
      (taint) => taint.effect === effect && !tolerations.some((toleration) => tolerates(toleration, taint)),
    );
  const evicts = repels('NoExecute');
  return { shouldRun: !evicts && !repels('NoSchedule'), mayStay: !evicts };
};

/** The template's spec bound to one node by affinity: the scheduler places the Pod there and nowhere else. */
export const specFor = (spec: PodSpec, node: string): PodSpec => {
  // The set's own terms are left out: the controller has judged the node by them.
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  return {
    ...spec,
    tolerations: tolerationsOf(spec),
    affinity: {
      ...spec.affinity,
      nodeAffinity: { ...spec.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    },
  };
};

/** The node that a daemon Pod runs on or was made for. */
export const targetNode = (spec: PodSpec | undefined): string | undefined => {
  if (spec?.nodeName) return spec.nodeName;
  for (const term of spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []) {
    const name = term.matchFields?.find((field) => field.key === 'metadata.name' && field.operator === 'In')?.values?.[0];
    if (name !== undefined) return name;
  }
  return undefined;
};
