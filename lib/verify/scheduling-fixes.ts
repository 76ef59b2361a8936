import type { Node, PersistentVolumeClaim, PodSpec, StatefulSet } from '../api/generated/types.js';
import { type Admitted, type KubeObject, type ObjectRef, refKey, refOf } from '../api/object.js';
import type { ClusterConfig, NodePool } from '../cluster/config.js';
import type { Explanation } from '../cluster/explain.js';
import { readSnapshot } from '../cluster/snapshot.js';
import { withField } from './edit.js';
import type { Candidate, Change, DryRun } from './rule.js';
import { podTemplateOf } from './template.js';

type Edit = Explanation['changes'][number]['edits'][number];

const isPool = (node: NodePool | KubeObject, name: string): node is NodePool => 'count' in node && node.name === name;

const plainNode = ({ metadata: { name, labels, annotations }, spec, status }: Admitted<Node>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: labels ?? {}, ...(annotations !== undefined && { annotations }) },
  spec,
  status,
});

/** A cluster with exactly these nodes. */
const withNodes =
  (nodes: readonly Admitted<Node>[]) =>
  (config: ClusterConfig): ClusterConfig => ({
    ...config,
    nodes: nodes.map(plainNode),
    ...(config.snapshot !== undefined && { snapshot: readSnapshot(config.snapshot).filter(({ kind }) => kind !== 'Node') }),
  });

const poolChange = (run: DryRun, { pool, count, objects }: Extract<Edit, { kind: 'pool' }>): Change => {
  const isDeclared = run.config.nodes?.some((node) => isPool(node, pool)) === true;
  const more = objects.filter(({ kind }) => kind === 'Node') as readonly Admitted[] as readonly Admitted<Node>[];
  const grown = (config: ClusterConfig): ClusterConfig => ({
    ...config,
    nodes: (config.nodes ?? []).map((node) => (isPool(node, pool) ? { ...node, count: node.count + count } : node)),
  });
  return { cluster: isDeclared ? grown : withNodes([...run.cluster.list('Node'), ...more]) };
};

/** As many replicas less as Pods have to go, of each workload. */
const evictionChange = (run: DryRun, pods: readonly ObjectRef[]): Change | undefined => {
  const losses = new Map<string, { readonly workload: ObjectRef; count: number }>();
  for (const ref of pods) {
    const pod = run.cluster.get(ref);
    const workload = pod === undefined ? ref : refOf(run.cluster.controllerOf(pod));
    const known = losses.get(refKey(workload)) ?? { workload, count: 0 };
    losses.set(refKey(workload), known);
    known.count++;
  }
  const changes: Change[] = [];
  for (const { workload, count } of losses.values()) {
    if (run.manifestOf(workload) === undefined) return undefined;
    if (workload.kind === 'Pod') changes.push({ remove: workload });
    else {
      const replicas = (run.cluster.get(workload)?.spec as { readonly replicas?: number } | undefined)?.replicas;
      if (replicas === undefined || replicas <= count) return undefined;
      changes.push({ edit: workload, to: withField('spec.replicas', replicas - count) });
    }
  }
  return { changes };
};

/** The claim itself, or the template that a StatefulSet makes it from. */
const claimChange = (run: DryRun, workload: ObjectRef, edit: Extract<Edit, { kind: 'claim' }>): Change | undefined => {
  const to = (claim: unknown): unknown => edit.to(claim as Admitted<PersistentVolumeClaim>);
  if (run.manifestOf(edit.claim) !== undefined) return { edit: edit.claim, to: (object) => to(object) as KubeObject };
  const { spec } = (run.manifestOf(workload)?.object ?? {}) as StatefulSet;
  const index = (spec?.volumeClaimTemplates ?? []).findIndex(({ metadata }) => metadata?.name === edit.volume);
  return index < 0 ? undefined : { edit: workload, to: withField(`spec.volumeClaimTemplates[${index}]`, to) };
};

const added = ({ apiVersion, kind, metadata, ...fields }: Admitted): Change => {
  const { uid: _, ...rest } = metadata;
  const { status: __, ...spec } = fields as Readonly<Record<string, unknown>>;
  return { add: { apiVersion, kind, metadata: rest, ...spec } };
};

/** The change of the input that an edit of the cluster comes from; undefined where the input cannot bring it about. */
const changeOf = (run: DryRun, workload: ObjectRef, edit: Edit): Change | undefined => {
  switch (edit.kind) {
    case 'template': {
      const object = run.manifestOf(workload)?.object;
      const path = object === undefined ? undefined : podTemplateOf(object)?.path;
      return path === undefined
        ? undefined
        : { edit: workload, to: withField(path, (spec: unknown) => edit.to(spec as PodSpec)) };
    }
    case 'node': {
      const nodes = run.cluster.list('Node');
      return { cluster: withNodes(nodes.map((node) => (node.metadata.name === edit.node ? edit.to(node) : node))) };
    }
    case 'pool':
      return poolChange(run, edit);
    case 'replicas':
      return { edit: edit.workload, to: withField('spec.replicas', edit.to) };
    case 'evict':
      return evictionChange(run, edit.pods);
    case 'claim':
      return claimChange(run, workload, edit);
    case 'add':
      return { changes: edit.objects.map(added) };
  }
};

/** Ways out of an explanation, as changes of the input: the scheduler found that the Pods fit then, a dry run says what else comes of it. */
export const schedulingFixes = (run: DryRun, { workload, changes }: Explanation): readonly Candidate[] =>
  changes
    .filter(({ fits, of }) => fits === of)
    .flatMap(({ text, edits }): readonly Candidate[] => {
      const all = edits.map((edit) => changeOf(run, workload, edit));
      const known = all.filter((change) => change !== undefined);
      return known.length < all.length ? [] : [{ text, change: { changes: known } }];
    });
