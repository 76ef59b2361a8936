import type { Node } from '../../../api/generated/types.js';
import { type Admitted, refOf, refText } from '../../../api/object.js';
import { poolsOf } from '../../../cluster/nodes.js';
import { withField } from '../../edit.js';
import type { IntentOf } from '../../intent.js';
import type { Candidate, Draft, DryRun } from '../../rule.js';
import { podTemplateOf } from '../../template.js';
import { broken } from './draft.js';

type RunsOn = IntentOf<'runsOn'>;
type Labels = Readonly<Record<string, string>>;

const has = ({ metadata }: Admitted<Node>, labels: Labels): boolean =>
  Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);

/** A label that all of these nodes have and no other one. The name of a node is none that a pool is known by. */
const commonLabel = (own: readonly Admitted<Node>[], all: readonly Admitted<Node>[]): Labels | undefined => {
  const candidates = Object.entries(own[0]?.metadata.labels ?? {})
    .filter(([key]) => key !== 'kubernetes.io/hostname')
    .map(([key, value]) => ({ [key]: value }));
  return candidates.find((label) => all.every((node) => has(node, label) === own.includes(node)));
};

const holdThere = (
  run: DryRun,
  { workload }: RunsOn,
  labels: Labels | undefined,
  nodes: readonly Admitted<Node>[],
): readonly Candidate[] => {
  const object = run.manifestOf(workload)?.object;
  const path = object === undefined ? undefined : podTemplateOf(object)?.path;
  if (path === undefined) return [];
  if (labels === undefined) return [{ text: 'give the nodes a label of their own, and select it with a nodeSelector' }];
  const text = Object.entries(labels)
    .map((pair) => pair.join('='))
    .join(',');
  const select = withField(`${path}.nodeSelector`, (old: unknown) => ({ ...(old as object | undefined), ...labels }));
  const taints = nodes.flatMap(({ spec }) => (spec?.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule'));
  const tolerations = [...new Map(taints.map((taint) => [`${taint.key}=${taint.value ?? ''}:${taint.effect}`, taint]))].map(
    ([name, { key, value, effect }]) => ({ name, toleration: { key, operator: 'Equal', value: value ?? '', effect } }),
  );
  const tolerate = withField(`${path}.tolerations`, (old: unknown) => [
    ...(Array.isArray(old) ? old : []),
    ...tolerations.map(({ toleration }) => toleration),
  ]);
  return [
    { text: `add nodeSelector ${text}`, change: { edit: workload, to: select } },
    ...(tolerations.length === 0
      ? []
      : [
          {
            text: `add nodeSelector ${text} and tolerate ${tolerations.map(({ name }) => name).join(' and ')}`,
            change: { edit: workload, to: (old: Parameters<typeof select>[0]) => tolerate(select(old)) },
          },
        ]),
  ];
};

/** `runsOn`: nodes with labels, or those of a pool. Pods without a node are told of elsewhere. */
export const runsOn = (run: DryRun, intent: RunsOn): readonly Draft[] => {
  const { workload } = intent;
  const all = run.cluster.list('Node');
  const pools = poolsOf(run.config);
  const pool = 'pool' in intent ? pools.get(intent.pool) : undefined;
  const own =
    'pool' in intent
      ? all.filter(({ metadata }) => pool?.includes(metadata.name))
      : all.filter((node) => has(node, intent.labels));
  const names = new Set(own.map(({ metadata }) => metadata.name));
  const strays = run.cluster.podsOf(workload).filter(({ spec }) => spec?.nodeName !== undefined && !names.has(spec.nodeName));
  if (strays.length === 0) return [];
  const where =
    'pool' in intent
      ? `nodes of pool ${intent.pool}${pool === undefined ? `, which the cluster does not have (pools: ${[...pools.keys()].join(', ') || 'none'})` : ''}`
      : `nodes with ${Object.entries(intent.labels)
          .map((pair) => pair.join('='))
          .join(',')}`;
  const labels = 'pool' in intent ? commonLabel(own, all) : intent.labels;
  return [
    broken(run, intent, workload, {
      code: 'intent/runs-on',
      message: `${refText(workload)} is meant to run on ${where}, but ${strays
        .map((pod) => `${pod.metadata.name} runs on ${pod.spec?.nodeName}`)
        .slice(0, 3)
        .join(', ')}`,
      evidence: strays.slice(0, 5).map((pod) => ({ kind: 'object', object: refOf(pod), text: `runs on ${pod.spec?.nodeName}` })),
      fixes: () => (own.length === 0 && 'pool' in intent ? [] : holdThere(run, intent, labels, own)),
    }),
  ];
};
