import type { Pod } from '../../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../../api/object.js';
import type { ClusterEvent } from '../../../apiserver/event.js';
import { withField } from '../../edit.js';
import type { IntentOf } from '../../intent.js';
import { moreNodes } from '../../more-nodes.js';
import type { Candidate, Draft, DryRun } from '../../rule.js';
import { podTemplateOf } from '../../template.js';
import { broken, nobody, unproven } from './draft.js';
import { mayMeet } from './possible-nodes.js';

const listed = 3;

const priorityOf = ({ spec }: Pod): number => spec?.priority ?? 0;

const preempts = ({ spec, status }: Pod): boolean =>
  spec?.preemptionPolicy !== 'Never' && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';

/** Pods that controllers of the workload made, by the names that they give: an evicted Pod is an object no more. */
const madeBy = (run: DryRun, workload: ObjectRef): ((pod: ObjectRef) => boolean) => {
  if (workload.kind === 'Pod') return (pod) => refKey(pod) === refKey(workload);
  const under = (ref: ObjectRef): readonly string[] => [
    ...(ref.kind === 'Deployment' || ref.kind === 'CronJob' ? [] : [ref.name]),
    ...run.cluster
      .dependents(ref)
      .flatMap((object) => (object.kind === 'ReplicaSet' || object.kind === 'Job' ? under(refOf(object)) : [])),
  ];
  const makers = new Set(under(workload));
  return ({ kind, namespace, name }) =>
    kind === 'Pod' && namespace === workload.namespace && makers.has(name.slice(0, Math.max(0, name.lastIndexOf('-'))));
};

/** The Pod for which another one was evicted: its uid is in the event. */
const evictorOf = (run: DryRun, { message }: ClusterEvent): Admitted<Pod> | undefined => {
  const uid = /^Preempted by pod (\S+)/.exec(message)?.[1];
  return run.cluster.list('Pod').find(({ metadata }) => metadata.uid === uid);
};

const raised = (run: DryRun, workload: ObjectRef, evictor: Admitted<Pod> | undefined): readonly Candidate[] => {
  const object = run.manifestOf(workload)?.object;
  const path = object === undefined ? undefined : podTemplateOf(object)?.path;
  const name = evictor?.spec?.priorityClassName;
  if (path === undefined || name === undefined) return [];
  return [
    {
      text: `set priorityClassName of ${refText(workload)} to ${name}`,
      change: { edit: workload, to: withField(`${path}.priorityClassName`, name) },
    },
  ];
};

/** A workload whose Pods may evict others of lower priority. */
interface Rival {
  readonly ref: ObjectRef;
  readonly priority: number;
  readonly pods: readonly Admitted<Pod>[];
}

/** What preemption did in a run, and who could do it: known once for all intents. */
export interface Preemption {
  readonly evictions: readonly ClusterEvent[];
  readonly rivals: readonly Rival[];
}

/** Who has more than the lowest priority. What every cluster has is left out: it runs before anything else comes. */
const rivalsOf = ({ cluster }: DryRun): readonly Rival[] => {
  const pods = cluster.list('Pod').filter((pod) => !cluster.isBuiltIn(refOf(pod)));
  const lowest = pods.reduce((least, pod) => Math.min(least, priorityOf(pod)), Number.POSITIVE_INFINITY);
  const found = new Map<string, Rival & { readonly pods: Admitted<Pod>[] }>();
  for (const pod of pods) {
    if (priorityOf(pod) === lowest || !preempts(pod)) continue;
    const ref = refOf(cluster.controllerOf(pod));
    const known = found.get(refKey(ref));
    if (known === undefined) found.set(refKey(ref), { ref, priority: priorityOf(pod), pods: [pod] });
    else known.pods.push(pod);
  }
  return [...found.values()];
};

export const preemptionOf = (run: DryRun): Preemption => ({
  evictions: run.cluster.events.filter(({ reason }) => reason === 'Preempted'),
  rivals: rivalsOf(run),
});

/**
 * `isNotPreempted`: proven where no Pod of higher priority that preempts may run on the same nodes. Where there are such Pods and they found
 * room without evicting, it holds here: after the loss of a node or with more replicas it may not.
 */
export const preempted = (
  run: DryRun,
  { evictions: all, rivals }: Preemption,
  intent: IntentOf<'isNotPreempted'>,
): readonly Draft[] => {
  const { workload } = intent;
  const own = madeBy(run, workload);
  const evictions = all.filter(({ object }) => own(object));
  const [first] = evictions;
  const pods = run.cluster.podsOf(workload);
  const priority = pods[0] === undefined ? undefined : priorityOf(pods[0]);
  if (first !== undefined) {
    const evictor = evictorOf(run, first);
    const who = evictor === undefined ? 'a Pod of higher priority' : refText(refOf(run.cluster.controllerOf(evictor)));
    const numbers =
      evictor === undefined || priority === undefined ? '' : ` (priority ${priorityOf(evictor)}, its own is ${priority})`;
    return [
      broken(run, intent, workload, {
        code: 'intent/preempted',
        message: `${refText(workload)} must not be preempted, but ${first.object.name} is evicted for ${who}${numbers}`,
        evidence: evictions.slice(0, 5).map((event) => {
          const by = evictorOf(run, event);
          const node = /on node (\S+)$/.exec(event.message)?.[1] ?? '';
          return {
            kind: 'object',
            object: event.object,
            text: `is evicted from ${node} for ${by === undefined ? 'a Pod of higher priority' : `${refText(refOf(by))} (priority ${priorityOf(by)})`}`,
          };
        }),
        fixes: () => [...raised(run, workload, evictor), ...moreNodes(run)],
      }),
    ];
  }
  if (priority === undefined) return nobody(run, intent, workload);
  const others = rivals.filter((other) => other.priority > priority && mayMeet(run, { ref: workload, pods }, other));
  if (others.length === 0) return [];
  const names = others
    .slice(0, listed)
    .map(({ ref, priority: theirs }) => `${refText(ref)} (priority ${theirs})`)
    .join(', ');
  const more = others.length > listed ? ` and ${others.length - listed} more` : '';
  return [
    unproven(
      intent,
      workload,
      `${refText(workload)} is not preempted here, but its priority is ${priority}: when room gets short, ${names}${more} may evict its Pods`,
    ),
  ];
};
