import type { DaemonSet, DaemonSetStatus, Node, Pod } from '../../api/generated/types.js';
import { type Admitted, refOf } from '../../api/object.js';
import type { Change, Store } from '../../apiserver/store.js';
import { createInBatches } from '../batches.js';
import { claimPods } from '../claim.js';
import { type Controller, type ControllerContext, type Keys, keyFor, objectOf } from '../controller.js';
import { keysOfPods } from '../owner-keys.js';
import { isAvailable, isFinished, isReady, isTerminating, nextAvailability, podOf } from '../pods.js';
import { revisionLabel, revisionsOf, truncateHistory, updateRevision } from '../revisions.js';
import { fitOf, type NodeFit, specFor, targetNode } from './node-fit.js';
import { rollingUpdate } from './rolling-update.js';

const byAge = (a: Admitted, b: Admitted): number =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  (a.metadata.name < b.metadata.name ? -1 : 1);

const group = (pods: readonly Admitted<Pod>[]): Map<string, Admitted<Pod>[]> => {
  const byNode = new Map<string, Admitted<Pod>[]>();
  for (const pod of [...pods].sort(byAge)) {
    const node = targetNode(pod.spec);
    if (node === undefined) continue;
    const entry = byNode.get(node);
    if (entry === undefined) byNode.set(node, [pod]);
    else entry.push(pod);
  }
  return byNode;
};

interface Placement {
  readonly set: Admitted<DaemonSet>;
  readonly hash: string;
  readonly nodes: readonly (readonly [node: Admitted<Node>, fit: NodeFit])[];
}

const surges = (set: DaemonSet): boolean => {
  const surge = set.spec?.updateStrategy?.rollingUpdate?.maxSurge;
  return set.spec?.updateStrategy?.type !== 'OnDelete' && surge !== undefined && surge !== 0 && surge !== '0%';
};

/** Which Pods a node has too many: of several all but the oldest; during a surge one of each revision may run. */
const surplus = (running: readonly Admitted<Pod>[], { set, hash }: Placement): readonly Admitted<Pod>[] => {
  if (!surges(set)) return running.slice(1);
  const isFresh = (pod: Admitted): boolean => pod.metadata.labels?.[revisionLabel] === hash;
  return [...running.filter(isFresh).slice(1), ...running.filter((pod) => !isFresh(pod)).slice(1)];
};

const remove = (set: Admitted<DaemonSet>, pod: Admitted<Pod>, { api, event }: ControllerContext): void => {
  api.delete(refOf(pod));
  event('Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, set);
};

const create = (
  set: Admitted<DaemonSet>,
  hash: string,
  nodes: readonly string[],
  { api, event }: ControllerContext,
): string | undefined => {
  const template = set.spec?.template;
  if (template?.spec === undefined) return undefined;
  const spec = template.spec;
  return createInBatches(nodes.length, (index) => {
    const pod = podOf({ ...template, spec: specFor(spec, nodes[index] ?? '') }, set, { generateName: `${set.metadata.name}-` });
    const labels = {
      ...pod.metadata.labels,
      [revisionLabel]: hash,
      'pod-template-generation': String(set.metadata.generation ?? 1),
    };
    const created = api.create({ ...pod, metadata: { ...pod.metadata, labels } }, { trusted: true });
    if (created.ok) event('Normal', 'SuccessfulCreate', `Created pod: ${created.value.metadata.name}`, set);
    else event('Warning', 'FailedCreate', `Error creating: ${created.message}`, set);
    return created.ok ? undefined : created.message;
  });
};

/** Creates Pods on nodes that lack one and deletes those that are too many, ended or out of place. */
const manage = (
  placement: Placement,
  podsByNode: ReadonlyMap<string, readonly Admitted<Pod>[]>,
  context: ControllerContext,
): string | undefined => {
  const { set, nodes, hash } = placement;
  const missing: string[] = [];
  for (const [node, { shouldRun, mayStay }] of nodes) {
    const pods = podsByNode.get(node.metadata.name) ?? [];
    if (pods.length === 0 && shouldRun) missing.push(node.metadata.name);
    const alive = pods.filter((pod) => !isTerminating(pod));
    if (!mayStay) {
      for (const pod of alive) remove(set, pod, context);
      continue;
    }
    for (const pod of alive.filter(isFinished)) {
      const state = pod.status?.phase === 'Failed' ? 'failed' : 'succeeded';
      const reason = state === 'failed' ? 'FailedDaemonPod' : 'SucceededDaemonPod';
      context.event(
        'Warning',
        reason,
        `Found ${state} daemon pod ${keyFor(pod)} on node ${node.metadata.name}, will try to ${state === 'failed' ? 'kill' : 'delete'} it`,
        set,
      );
      remove(set, pod, context);
    }
    for (const pod of surplus(
      alive.filter((other) => !isFinished(other)),
      placement,
    ))
      remove(set, pod, context);
  }
  const known = new Set(nodes.map(([node]) => node.metadata.name));
  for (const [name, pods] of podsByNode) {
    // A node that is gone takes its Pods along.
    if (!known.has(name))
      for (const pod of pods) if (!isTerminating(pod) && pod.spec?.nodeName === undefined) remove(set, pod, context);
  }
  return create(set, hash, missing, context);
};

const statusOf = (
  { set, hash, nodes }: Placement,
  podsByNode: ReadonlyMap<string, readonly Admitted<Pod>[]>,
  now: number,
): DaemonSetStatus => {
  const counts = { desired: 0, current: 0, ready: 0, available: 0, updated: 0, misscheduled: 0 };
  for (const [node, { shouldRun }] of nodes) {
    const [pod] = podsByNode.get(node.metadata.name) ?? [];
    if (!shouldRun) {
      if (pod !== undefined) counts.misscheduled++;
      continue;
    }
    counts.desired++;
    if (pod === undefined) continue;
    counts.current++;
    // Of several the oldest counts.
    if (isReady(pod)) counts.ready++;
    if (isAvailable(pod, set.spec?.minReadySeconds ?? 0, now)) counts.available++;
    if (pod.metadata.labels?.[revisionLabel] === hash) counts.updated++;
  }
  const unavailable = counts.desired - counts.available;
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    observedGeneration: set.metadata.generation,
    ...(counts.updated > 0 && { updatedNumberScheduled: counts.updated }),
    ...(counts.available > 0 && { numberAvailable: counts.available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
  };
};

const reconcileSet = (key: string, set: Admitted<DaemonSet>, context: ControllerContext): void => {
  const { api, store, clock } = context;
  const template = set.spec?.template;
  if (template?.spec === undefined) return;
  const spec = template.spec;
  const owned = (): Map<string, Admitted<Pod>[]> => group(claimPods(set, set.spec?.selector ?? {}, context));
  const revision = updateRevision(set, template, revisionsOf(set, context), context);
  const hash = revision?.metadata.labels?.[revisionLabel];
  if (hash === undefined) return;
  const placement: Placement = { set, hash, nodes: store.list('Node').map((node) => [node, fitOf(spec, node)] as const) };
  let failure: string | undefined;
  if (set.metadata.deletionTimestamp === undefined) {
    failure = manage(placement, owned(), context);
    if (failure === undefined && set.spec?.updateStrategy?.type !== 'OnDelete') {
      const desired = placement.nodes.filter(([, fit]) => fit.shouldRun).length;
      const update = rollingUpdate(set, ordered(owned(), placement), desired, hash, clock.now);
      for (const pod of update.delete) remove(set, pod, context);
      failure = create(set, hash, update.create, context);
    }
  }
  const now = owned();
  api.updateStatus(set, statusOf(placement, now, clock.now));
  const pods = [...now.values()].flat();
  const live = new Set(pods.map((pod) => `${set.metadata.name}-${pod.metadata.labels?.[revisionLabel]}`));
  live.add(revision?.metadata.name ?? '');
  truncateHistory(revisionsOf(set, context), live, set.spec?.revisionHistoryLimit ?? 10, context);
  const wait = nextAvailability(pods, set.spec?.minReadySeconds ?? 0, clock.now);
  if (failure !== undefined) context.retry(key);
  else if (wait !== undefined) context.after(wait, key);
};

/** Pods of nodes that shall run one, in the order of the nodes. */
const ordered = (
  podsByNode: ReadonlyMap<string, readonly Admitted<Pod>[]>,
  { nodes }: Placement,
): ReadonlyMap<string, readonly Admitted<Pod>[]> =>
  new Map(
    nodes.flatMap(([node]) =>
      podsByNode.has(node.metadata.name) ? [[node.metadata.name, podsByNode.get(node.metadata.name) ?? []] as const] : [],
    ),
  );

const keysFor = (change: Change, store: Store): Keys => {
  const { object, previous, type } = change;
  if (object.kind === 'DaemonSet') return object.metadata.uid;
  if (object.kind === 'Pod') return keysOfPods('DaemonSet', change, store);
  const isNews =
    type !== 'modified' ||
    previous === undefined ||
    previous.spec !== object.spec ||
    previous.metadata.labels !== object.metadata.labels;
  return isNews ? store.list('DaemonSet').map(({ metadata }) => metadata.uid) : [];
};

/** Keeps one Pod of a DaemonSet on every node that it fits. */
export const daemonSetController: Controller = {
  name: 'daemonset-controller',
  kinds: ['DaemonSet', 'Pod', 'Node'],
  keysFor,
  reconcile: (key, context) => {
    const set = objectOf<DaemonSet>(context.store, key);
    if (set !== undefined) reconcileSet(key, set, context);
  },
};
