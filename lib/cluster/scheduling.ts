import type { Pod, PodCondition } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf } from '../api/object.js';
import type { Kind, Stored } from '../apiserver/kinds.js';
import type { ApiServer } from '../apiserver/server.js';
import type { Change, GroupKind } from '../apiserver/store.js';
import type { Decision, VolumeDecision } from '../scheduler/decision.js';
import { compareQueue, type Scheduler } from '../scheduler/index.js';
import { Scheduled } from './scheduled.js';
import { chooseVolumes } from './volume-choice.js';

const component = 'default-scheduler';

/** Plugins that other Pods' arrival can satisfy. */
const waitsForPods = new Set(['InterPodAffinity', 'PodTopologySpread']);

/** Pods that were evicted to make room for another. */
export interface Evicted {
  readonly pod: ObjectRef;
  readonly node: string;
  /** As they were. */
  readonly victims: readonly Admitted<Pod>[];
  readonly pdbViolations: number;
}

/** Evictions that budgets forbid; can be told only as long as nothing has changed since the decision. */
export const violationsOf = ({ postFilter }: Decision): number =>
  postFilter?.candidates?.find(({ node }) => node === postFilter.nominated)?.pdbViolations ?? 0;

/** kube-scheduler's queue: which Pods are due, what its decisions become, and when a Pod that fitted nowhere is tried again. */
export class Scheduling {
  readonly #api: ApiServer;
  readonly #scheduler: Scheduler;
  readonly #isHidden: (pod: Stored) => boolean;
  #due = new Map<string, Admitted<Pod>>();
  readonly #waiting = new Map<string, Admitted<Pod>>();
  readonly decisions = new Map<string, Decision>();
  /** By node: the same for all Pods that go there. */
  readonly #assignments = new Map<string, Decision>();
  readonly preemptions: Evicted[] = [];
  #retryAll = false;
  #retryForPods = false;

  constructor(api: ApiServer, scheduler: Scheduler, isHidden: (pod: Stored) => boolean) {
    this.#api = api;
    this.#scheduler = scheduler;
    this.#isHidden = isHidden;
    api.store.watch(this.#observePod, ['Pod']);
    api.store.watch(this.#observeRoomMaker, roomMakers);
    api.store.watch(this.#tell, others);
  }

  /** Decides on every Pod that is due, in the order of the queue; returns how many that were. */
  run(tick: () => void = () => {}): number {
    if (this.#retryAll || this.#retryForPods) this.#wake();
    if (this.#due.size === 0) return 0;
    const due = inQueueOrder(this.#due);
    this.#due = new Map();
    due.forEach((pod, key) => {
      const current = this.#api.store.find('Pod', pod.metadata.namespace, pod.metadata.name);
      if (current !== undefined) this.#schedule(key, current);
      tick();
    });
    return due.size;
  }

  readonly #tell = ({ type, key, object, previous }: Change): void => {
    if (type === 'deleted') this.#scheduler.remove(refOf(object));
    else this.#scheduler.upsert(object, previous, key);
  };

  readonly #observeRoomMaker = (change: Change): void => {
    this.#tell(change);
    if (wakes(change.object, change.previous)) this.#retryAll = true;
  };

  readonly #observePod = (change: Change): void => {
    const { type, key, object, previous } = change;
    if (this.#isHidden(object)) return;
    this.#tell(change);
    const pod = object as Admitted as Admitted<Pod>;
    const phase = pod.status?.phase;
    if (type === 'deleted' || phase === 'Succeeded' || phase === 'Failed') {
      this.#dequeue(key);
      if (pod.spec?.nodeName !== undefined) this.#retryAll = true;
      return;
    }
    if (pod.spec?.nodeName !== undefined) {
      this.#dequeue(key);
      if (previous === undefined || (previous as Pod).spec?.nodeName === undefined) this.#retryForPods = true;
      if (!this.decisions.has(key)) this.decisions.set(key, { outcome: 'preassigned', node: pod.spec.nodeName });
    } else if (previous === undefined || previous.spec !== object.spec || previous.metadata.labels !== object.metadata.labels) {
      if (this.#waiting.size > 0) this.#waiting.delete(key);
      this.#due.set(key, pod);
    }
  };

  #dequeue(key: string): void {
    if (this.#due.size > 0) this.#due.delete(key);
    if (this.#waiting.size > 0) this.#waiting.delete(key);
  }

  #wake(): void {
    for (const [key, pod] of this.#waiting) {
      if (!this.#retryAll && !this.#waitsForPods(key)) continue;
      this.#waiting.delete(key);
      this.#due.set(key, pod);
    }
    this.#retryAll = false;
    this.#retryForPods = false;
  }

  #waitsForPods(key: string): boolean {
    const decision = this.decisions.get(key);
    if (decision?.preFilter?.plugin !== undefined && waitsForPods.has(decision.preFilter.plugin)) return true;
    for (const verdict of decision?.filter?.values() ?? []) if (verdict !== 'ok' && waitsForPods.has(verdict.plugin)) return true;
    return false;
  }

  #schedule(key: string, pod: Admitted<Pod>): void {
    const decision = this.#scheduler.schedule(pod, key);
    if (decision.outcome === 'ignored') {
      const object = refOf(pod);
      this.#api.assume({
        code: 'outside',
        text: `the scheduler ${pod.spec?.schedulerName} finds a node for Pod ${object.namespace}/${object.name}`,
        object,
      });
    }
    if (decision.outcome === 'scheduled' && decision.node !== undefined) {
      this.#assign(key, pod, decision.node, decision.volumes);
      return;
    }
    const before = this.decisions.get(key);
    this.decisions.set(key, decision);
    switch (decision.outcome) {
      case 'preempting': {
        const pdbViolations = violationsOf(decision);
        this.#waiting.set(key, pod);
        this.#report(pod, decision, before);
        this.#preempt(pod, decision, pdbViolations);
        return;
      }
      case 'unschedulable':
        this.#waiting.set(key, pod);
        this.#report(pod, decision, before);
        return;
      case 'gated':
        this.#setCondition(pod, {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
        });
        return;
      default:
        return;
    }
  }

  #assign(key: string, pod: Admitted<Pod>, node: string, volumes: VolumeDecision | undefined): void {
    let decision = this.#assignments.get(node);
    if (decision === undefined) {
      // Filter maps are as large as the cluster: they are kept only where someone will ask why.
      decision = { outcome: 'scheduled', node };
      this.#assignments.set(node, decision);
    }
    this.decisions.set(key, decision);
    if (volumes !== undefined) chooseVolumes(this.#api, node, volumes);
    this.#api.bind(pod, node);
    const { namespace, name } = pod.metadata;
    this.#api.note(new Scheduled(this.#api.clock.now, namespace, name, node));
  }

  #report(pod: Admitted<Pod>, decision: Decision, before: Decision | undefined): void {
    const message = decision.message ?? '';
    this.#setCondition(pod, { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message });
    if (before?.message === message) return;
    this.#api.record({ type: 'Warning', reason: 'FailedScheduling', message, object: refOf(pod), component });
  }

  #preempt(pod: Admitted<Pod>, { postFilter }: Decision, pdbViolations: number): void {
    const node = postFilter?.nominated;
    const current = this.#api.store.find('Pod', pod.metadata.namespace, pod.metadata.name);
    if (postFilter?.nominated !== undefined && current !== undefined) {
      this.#api.updateStatus(current, { ...current.status, nominatedNodeName: postFilter.nominated });
    }
    const victims: Admitted<Pod>[] = [];
    for (const victim of postFilter?.victims ?? []) {
      const slash = victim.indexOf('/');
      const [namespace, name] = slash < 0 ? [pod.metadata.namespace, victim] : [victim.slice(0, slash), victim.slice(slash + 1)];
      const found = this.#api.store.find('Pod', namespace, name);
      if (found === undefined || found.metadata.deletionTimestamp !== undefined) continue;
      victims.push(found);
      const message = `${component}: preempting to accommodate a higher priority pod`;
      this.#setCondition(found, { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message });
      const told = `Preempted by pod ${pod.metadata.uid} on node ${found.spec?.nodeName ?? ''}`;
      this.#api.record({ type: 'Normal', reason: 'Preempted', message: told, object: refOf(found), component });
      this.#api.delete(refOf(found));
    }
    if (node && victims.length > 0) this.preemptions.push({ pod: refOf(pod), node, victims, pdbViolations });
  }

  #setCondition(pod: Admitted<Pod>, condition: PodCondition): void {
    const current = this.#api.store.find('Pod', pod.metadata.namespace, pod.metadata.name);
    if (current === undefined) return;
    const others = (current.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
    const before = current.status?.conditions?.find(({ type }) => type === condition.type);
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : this.#api.clock.timestamp;
    this.#api.updateStatus(current, { ...current.status, conditions: [...others, { ...condition, lastTransitionTime }] });
  }
}

/** Kinds that may make room for a Pod that fitted nowhere. */
const roomMakers: readonly (Kind | GroupKind)[] = [
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
  'Namespace',
  { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode' },
  { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver' },
  { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim' },
];

/** What else the scheduler is told of. */
const others: readonly (Kind | GroupKind)[] = [
  'Service',
  'ReplicationController',
  'ReplicaSet',
  'StatefulSet',
  'PodDisruptionBudget',
  { apiVersion: 'storage.k8s.io/v1', kind: 'CSIStorageCapacity' },
];

/** Pods of one priority, as most are, keep the order in which they came. */
const inQueueOrder = (due: ReadonlyMap<string, Admitted<Pod>>): ReadonlyMap<string, Admitted<Pod>> => {
  let first: number | undefined;
  for (const { spec } of due.values()) {
    const priority = spec?.priority ?? 0;
    first ??= priority;
    if (priority !== first) return new Map([...due].sort(([, a], [, b]) => compareQueue(a, b)));
  }
  return due;
};

/** Whether a change may make room for a Pod that fitted nowhere; heartbeats of nodes do not. */
const wakes = (object: Stored, previous: Stored | undefined): boolean => {
  if (object.kind !== 'Node' || previous === undefined) return true;
  const allocatable = (node: Stored): unknown => (node.status as { allocatable?: unknown } | undefined)?.allocatable;
  return (
    object.spec !== previous.spec ||
    object.metadata.labels !== previous.metadata.labels ||
    allocatable(object) !== allocatable(previous)
  );
};
