import type { Node, Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../api/object.js';
import type { NodePool } from '../../cluster/config.js';
import type { Decision } from '../../scheduler/decision.js';
import { mostFree, requestOf, writeAmount } from '../capacity.js';
import { withField } from '../edit.js';
import type { Evidence } from '../finding.js';
import type { Candidate, Draft, DryRun, Rule } from '../rule.js';
import { podTemplateOf } from '../template.js';

/** Nodes by the reason that kept them away, most frequent first. */
const byReason = (decision: Decision): readonly (readonly [reason: string, nodes: readonly string[]])[] => {
  const nodes = new Map<string, string[]>();
  for (const [node, refusal] of decision.filter ?? []) {
    if (refusal === 'ok') continue;
    for (const reason of refusal.reasons) nodes.set(reason, [...(nodes.get(reason) ?? []), node]);
  }
  return [...nodes].sort(([, a], [, b]) => b.length - a.length);
};

/** `Insufficient memory` names a resource; other reasons do not. */
const lacking = (reason: string): string | undefined => /^Insufficient (\S+)$/.exec(reason)?.[1];

const evidenceOf = (run: DryRun, pod: Admitted<Pod>, decision: Decision): readonly Evidence[] =>
  byReason(decision).map(([reason, nodes]) => {
    const resource = lacking(reason);
    if (resource === undefined) return { kind: 'nodes', nodes, reason };
    const best = mostFree(run.cluster, nodes, resource);
    return {
      kind: 'nodes',
      nodes,
      reason,
      asks: writeAmount(resource, requestOf(pod.spec, resource)),
      ...(best === undefined
        ? {}
        : {
            free: `${writeAmount(resource, best.free)} (${best.node})`,
            heldBy: best.heldBy.slice(0, 4).map(({ object, amount }) => ({ object, amount: writeAmount(resource, amount) })),
          }),
    };
  });

/** A taint written as `kubectl taint` takes it. */
const taintText = ({
  key,
  value,
  effect,
}: {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: string;
}): string => `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`;

const tolerate = (workload: ObjectRef, path: string, node: Admitted<Node>): readonly Candidate[] => {
  const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
  if (taints.length === 0) return [];
  const tolerations = taints.map(({ key, value, effect }) => ({
    key,
    operator: value === undefined || value === '' ? 'Exists' : 'Equal',
    ...(value === undefined || value === '' ? {} : { value }),
    effect,
  }));
  return [
    {
      text: `tolerate ${taints.map(taintText).join(' and ')}`,
      change: {
        edit: workload,
        to: withField(`${path}.tolerations`, (old: unknown) => [...(Array.isArray(old) ? old : []), ...tolerations]),
      },
    },
  ];
};

/** The node selector that the Pod asks for, and what could be changed about it. */
const relabel = (run: DryRun, pod: Admitted<Pod>, workload: ObjectRef, path: string): readonly Candidate[] => {
  const selector = Object.entries(pod.spec?.nodeSelector ?? {});
  const candidates: Candidate[] = [];
  const nodes = run.cluster.list('Node');
  for (const [key, value] of selector) {
    const values = [...new Set(nodes.flatMap(({ metadata }) => metadata.labels?.[key] ?? []))];
    if (values.includes(value)) continue;
    for (const other of values.slice(0, 3)) {
      candidates.push({
        text: `set nodeSelector ${key} to "${other}" (${nodes.filter(({ metadata }) => metadata.labels?.[key] === other).length} nodes have it)`,
        change: { edit: workload, to: withField(`${path}.nodeSelector[${key}]`, other) },
      });
    }
    candidates.push({ text: `label a node ${key}=${value}`, change: { cluster: labelFirstWorker(run, { [key]: value }) } });
  }
  if (candidates.length === 0 && selector.length > 0) {
    candidates.push({
      text: `label a node ${selector.map((pair) => pair.join('=')).join(',')}`,
      change: { cluster: labelFirstWorker(run, Object.fromEntries(selector)) },
    });
  }
  if (selector.length > 0)
    candidates.push({
      text: 'remove the nodeSelector',
      change: { edit: workload, to: withField(`${path}.nodeSelector`, undefined) },
    });
  return candidates;
};

/** The declared cluster with labels on its first untainted node. */
const labelFirstWorker = (run: DryRun, labels: Readonly<Record<string, string>>) => {
  const nodes = run.cluster.list('Node');
  const first = nodes.find(({ spec }) => (spec?.taints ?? []).length === 0) ?? nodes[0];
  return (config: DryRun['config']): DryRun['config'] => ({
    ...config,
    nodes: nodes.map((node) => {
      const plain = {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: node.metadata.name, labels: { ...node.metadata.labels, ...(node === first ? labels : {}) } },
        spec: node.spec,
        status: node.status,
      };
      return plain;
    }),
  });
};

const isPool = (node: unknown): node is NodePool => typeof node === 'object' && node !== null && 'count' in node;

/** One node more in each pool that was declared, one pool a candidate. */
const moreNodes = (run: DryRun): readonly Candidate[] => {
  const pools = (run.config.nodes ?? []).filter(isPool);
  return pools.map(({ name }) => ({
    text: `one more node in pool ${name}`,
    change: {
      cluster: (config) => ({
        ...config,
        nodes: (config.nodes ?? []).map((node) =>
          isPool(node) && node.name === name ? { ...node, count: node.count + 1 } : node,
        ),
      }),
    },
  }));
};

/** Lower the request of the first container that asks for the resource to what fits on the best node. */
const askLess = (
  run: DryRun,
  pod: Admitted<Pod>,
  workload: ObjectRef,
  path: string,
  nodes: readonly string[],
  resource: string,
): readonly Candidate[] => {
  const best = mostFree(run.cluster, nodes, resource);
  const containers = pod.spec?.containers ?? [];
  const index = containers.findIndex(
    ({ resources }) => resources?.requests?.[resource] !== undefined || resources?.limits?.[resource] !== undefined,
  );
  if (best === undefined || index < 0 || best.free <= 0) return [];
  const others = requestOf(pod.spec, resource) - requestOf({ containers: containers.slice(index, index + 1) }, resource);
  const room = best.free - others;
  if (room <= 0) return [];
  const amount = writeAmount(resource, room);
  return [
    {
      text: `resources.requests.${resource} <= ${amount} for container ${containers[index]?.name ?? ''}`,
      change: { edit: workload, to: withField(`${path}.containers[${index}].resources.requests[${resource}]`, amount) },
    },
  ];
};

const fixesOf = (
  run: DryRun,
  pod: Admitted<Pod>,
  workload: ObjectRef,
  path: string,
  decision: Decision,
): readonly Candidate[] => {
  const reasons = byReason(decision);
  const all: Candidate[] = [];
  for (const [reason, nodes] of reasons) {
    const resource = lacking(reason);
    if (resource !== undefined) all.push(...askLess(run, pod, workload, path, nodes, resource));
    if (/didn't match Pod's node affinity\/selector/.test(reason)) all.push(...relabel(run, pod, workload, path));
    if (/unschedulable/.test(reason)) all.push({ text: `uncordon ${nodes.slice(0, 3).join(', ')}` });
  }
  if (
    reasons.some(([reason]) => lacking(reason) !== undefined || /port|anti-affinity|Too many pods|topology spread/.test(reason))
  )
    all.push(...moreNodes(run));
  if (reasons.some(([reason]) => /untolerated taint/.test(reason))) {
    const tainted = reasons.filter(([reason]) => /untolerated taint/.test(reason)).flatMap(([, nodes]) => nodes);
    // Workers before control plane nodes: the latter are kept free on purpose.
    const nodes = run.cluster
      .list('Node')
      .filter(({ metadata }) => tainted.includes(metadata.name))
      .sort((a, b) => Number(isControlPlane(a)) - Number(isControlPlane(b)));
    const [first] = nodes;
    if (first !== undefined) all.push(...tolerate(workload, path, first));
  }
  return all;
};

const isControlPlane = (node: Admitted<Node>): boolean =>
  node.metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined;

/** Pods that fit on no node, one finding a workload. */
export const unschedulableRule: Rule = (run) => {
  const byWorkload = new Map<string, { readonly workload: ObjectRef; readonly pods: (readonly [Admitted<Pod>, Decision])[] }>();
  for (const pod of run.pods) {
    const decision = run.cluster.decisions.get(refKey(refOf(pod)));
    if (decision === undefined || (decision.outcome !== 'unschedulable' && decision.outcome !== 'gated')) continue;
    const workload = refOf(run.cluster.controllerOf(pod));
    const group = byWorkload.get(refKey(workload)) ?? { workload, pods: [] };
    byWorkload.set(refKey(workload), group);
    group.pods.push([pod, decision]);
  }
  return [...byWorkload.values()].flatMap(({ workload, pods }): readonly Draft[] => {
    const [first] = pods;
    if (first === undefined) return [];
    const [pod, decision] = first;
    const object = run.manifestOf(workload)?.object;
    const path = (object === undefined ? undefined : podTemplateOf(object))?.path ?? 'spec';
    const all = run.cluster.podsOf(workload).length;
    const who =
      workload.kind === 'Pod'
        ? refText(workload)
        : all === 1
          ? `the Pod of ${refText(workload)}`
          : `${pods.length} of ${all} Pods of ${refText(workload)}`;
    const plural = pods.length > 1;
    if (decision.outcome === 'gated') {
      const gates = (pod.spec?.schedulingGates ?? []).map(({ name }) => name).join(', ');
      return [
        {
          code: 'schedule/gated',
          severity: 'warning',
          object: workload,
          field: `${path}.schedulingGates`,
          message: `${who} wait${plural ? '' : 's'} until something removes the scheduling gates ${gates}`,
        },
      ];
    }
    return [
      {
        code: 'schedule/unschedulable',
        severity: 'error',
        object: workload,
        message: `${who} fit${plural ? '' : 's'} on no node: ${decision.message ?? ''}`,
        evidence: evidenceOf(run, pod, decision),
        fixes: fixesOf(run, pod, workload, path, decision),
      },
    ];
  });
};
