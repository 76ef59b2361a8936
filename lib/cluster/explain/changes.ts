import type { Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../api/object.js';
import { controllerRefOf } from '../../apiserver/store.js';
import { evictions } from '../../scheduler/explain/eviction.js';
import type { Remedy } from '../../scheduler/explain/explanation.js';
import { type Answers, answersOf } from '../../scheduler/explain/obstacles.js';
import { once } from '../../scheduler/explain/question.js';
import { smallestChanges, type TriedChange } from '../../scheduler/explain/search.js';
import { type Template, Trial } from '../../scheduler/explain/trial.js';
import { PodInfo } from '../../scheduler/pod-info.js';
import type { Asked } from './asked.js';

/** How many nodes are looked at, about, in one trial; of more Pods than that allows only the first are tried. */
const nodesPerTrial = 2_000_000;
const mostPods = 1000;

const moreNodes = (asked: Asked, waiting: number): readonly Remedy[] =>
  asked.pools.map((pool) => ({
    steps: waiting,
    hints: [1, 2],
    cost: (step) => 4 + step,
    at: (count) => ({
      kind: 'pool',
      text: `${count === 1 ? 'one more node' : `${count} more nodes`} in pool ${pool.name}`,
      pool: pool.name,
      count,
      objects: asked.growth(pool, count),
    }),
  }));

const scalable = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);

const ordinalOf = ({ metadata: { name } }: Admitted<Pod>): number => Number(/-(\d+)$/.exec(name)?.[1] ?? 0);

/** As many replicas as have a node: the Pods that wait are the first to go. */
const fewerReplicas = ({ cluster }: Asked, workload: ObjectRef, waiting: readonly Admitted<Pod>[]): readonly TriedChange[] => {
  const replicas = (cluster.get(workload)?.spec as { readonly replicas?: number } | undefined)?.replicas;
  if (!scalable.has(workload.kind) || replicas === undefined) return [];
  // A StatefulSet gives up the highest ordinals.
  const to =
    workload.kind === 'StatefulSet'
      ? Math.min(...waiting.map(ordinalOf))
      : cluster.podsOf(workload).filter(({ spec }) => spec?.nodeName !== undefined).length;
  if (to < 1 || to >= replicas) return [];
  const text = `${to} instead of ${replicas} replicas`;
  const edit = { kind: 'replicas', text, workload, from: replicas, to } as const;
  return [{ text, edits: [edit], fits: waiting.length, of: waiting.length, cost: 4 + 6 * (1 - to / replicas) }];
};

/** Pods of one template: a workload that is being rolled out has several. */
const templateOf = ({ cluster }: Asked, waiting: readonly Admitted<Pod>[]): Template => {
  const owner = waiting[0] && controllerRefOf(waiting[0]);
  const keys = new Set(waiting.map((pod) => refKey(refOf(pod))));
  const running =
    owner === undefined
      ? []
      : cluster
          .dependents({
            apiVersion: owner.apiVersion,
            kind: owner.kind,
            namespace: waiting[0]?.metadata.namespace,
            name: owner.name,
          })
          .filter(({ kind }) => kind === 'Pod')
          .map((pod) => pod as Admitted as Admitted<Pod>)
          .filter((pod) => pod.spec?.nodeName !== undefined && !keys.has(refKey(refOf(pod))))
          .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  return { waiting, running };
};

/** What keeps a Pod from being scheduled at all. */
const intoQueue = ({ sandbox }: Asked, pod: Admitted<Pod>): readonly Remedy[] => {
  const { schedulingGates = [], schedulerName } = pod.spec ?? {};
  if (sandbox.profiles.of(pod) === undefined)
    return [
      once(1, {
        kind: 'template',
        text: `leave schedulerName ${schedulerName} out: the cluster's own scheduler takes the Pod`,
        field: 'schedulerName',
        to: ({ schedulerName: _, ...spec }) => spec,
      }),
    ];
  return schedulingGates.length === 0
    ? []
    : [
        once(1, {
          kind: 'template',
          text: `remove the scheduling gate${schedulingGates.length === 1 ? '' : 's'} ${schedulingGates.map(({ name }) => name).join(', ')}`,
          field: 'schedulingGates',
          to: ({ schedulingGates: _, ...spec }) => spec,
        }),
      ];
};

/** The smallest changes after which the Pods, which are of one template, fit. */
export const changesFor = (asked: Asked, workload: ObjectRef, pods: readonly Admitted<Pod>[]): readonly TriedChange[] => {
  const { sandbox, cluster } = asked;
  const most = Math.min(mostPods, Math.max(10, Math.floor(nodesPerTrial / (sandbox.cache.nodes.length + 1))));
  const template = templateOf(asked, pods.slice(0, most));
  const [first] = template.waiting;
  if (first === undefined) return [];
  const trial = new Trial(sandbox, template);
  const barred = intoQueue(asked, first);
  const answersFor = (pod: Admitted<Pod>): Answers =>
    answersOf(new PodInfo(pod), sandbox.cache, asked.profileOf(pod), template.waiting.length);
  if (barred.length > 0) return smallestChanges(trial, answersFor, barred);
  const nameOf = (victim: Admitted<Pod>): string => {
    const root = cluster.controllerOf(victim);
    return root === victim ? refText(refOf(victim)) : `${refText(refOf(victim))} of ${refText(refOf(root))}`;
  };
  const others = [...moreNodes(asked, template.waiting.length), ...evictions(sandbox, template, nameOf)];
  const tried = smallestChanges(trial, answersFor, others);
  const fewer = fewerReplicas(asked, workload, pods);
  return [...tried, ...fewer].sort((a, b) => a.cost - b.cost);
};
