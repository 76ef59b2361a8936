import type { Pod } from '../../../lib/api/generated/types.js';
import { type Admitted, refText } from '../../../lib/api/object.js';
import { controllerRefOf } from '../../../lib/apiserver/store.js';
import type { Names } from './names.js';
import type { Replay } from './replay.js';

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

/** Normal events that the recording keeps; warnings it keeps all. */
const keptEvents = new Set(['TaintManagerEviction', 'Preempted', 'SuccessfulRescale', 'Completed', 'Suspended', 'Resumed']);

/** What happened between two snapshots: events, sizes of ReplicaSets, the order of Pods. */
export class Trace {
  readonly #replay: Replay;
  readonly #names: Names;
  #events = 0;
  #sizes: (readonly number[])[] = [];
  #pods: (readonly number[])[] = [];
  #order: string[] = [];
  /** ReplicaSets that were there at the last look. */
  #old = new Set<string>();

  constructor(replay: Replay, names: Names) {
    this.#replay = replay;
    this.#names = names;
    replay.plane.api.store.watch(({ type, object, previous }) => {
      if (object.metadata.namespace !== 'default') return;
      if (object.kind === 'ReplicaSet' || object.kind === 'Pod') this.#measure();
      if (object.kind === 'Pod') this.#note(type, object as Admitted as Admitted<Pod>, previous as Admitted<Pod> | undefined);
    });
  }

  /** What happened since the last call. */
  take() {
    const { events } = this.#replay.plane.api;
    const recent = events.slice(this.#events);
    this.#events = events.length;
    const text = (message: string): string => this.#names.text(message);
    const scaling = recent.filter(({ reason }) => reason === 'ScalingReplicaSet').map(({ message }) => text(message));
    const kept = recent
      .filter(({ type, reason, object }) => object.namespace === 'default' && (type === 'Warning' || keptEvents.has(reason)))
      .map(({ type, reason, message, object }) => ({
        type,
        reason,
        object: text(refText({ ...object, namespace: undefined }).replace(' ', '/')),
        message: text(message),
      }));
    const unique = [...new Map(kept.map((event) => [JSON.stringify(event), event])).values()];
    const trace = {
      sizes: this.#sizes,
      pods: this.#pods,
      maxTotal: this.#extreme(Math.max, 0, 2),
      minReady: this.#extreme(Math.min, 1, 3),
    };
    const order = inRuns(this.#order);
    this.#sizes = [];
    this.#pods = [];
    this.#order = [];
    this.#old = new Set(this.#replay.plane.api.store.list('ReplicaSet', 'default').map(({ metadata }) => metadata.uid));
    // Only the tenth and later of alike events are told as combined.
    return {
      events: unique,
      scaling: scaling.map((message, index) =>
        index >= 8 && scaling.length > 8 ? `(combined from similar events): ${message}` : message,
      ),
      trace,
      order,
    };
  }

  #extreme(choose: (...values: number[]) => number, first: number, second: number): number {
    return choose(...this.#pods.map((counts) => (counts[first] ?? 0) + (counts[second] ?? 0)));
  }

  /** Sizes and Pods of the ReplicaSets that were there before and of those that came since, whenever either changes. */
  #measure(): void {
    const { store } = this.#replay.plane.api;
    const [counts, sizes] = [
      [0, 0, 0, 0],
      [0, 0],
    ];
    for (const set of store.list('ReplicaSet', 'default')) {
      const at = this.#old.has(set.metadata.uid) ? 0 : 1;
      sizes[at] = (sizes[at] ?? 0) + (set.spec?.replicas ?? 0);
    }
    for (const pod of store.list('Pod', 'default')) {
      if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded')
        continue;
      const at = this.#old.has(controllerRefOf(pod)?.uid ?? '') ? 0 : 2;
      counts[at] = (counts[at] ?? 0) + 1;
      if (isReady(pod)) counts[at + 1] = (counts[at + 1] ?? 0) + 1;
    }
    if (JSON.stringify(this.#sizes.at(-1)) !== JSON.stringify(sizes)) this.#sizes.push(sizes);
    if (JSON.stringify(this.#pods.at(-1)) !== JSON.stringify(counts)) this.#pods.push(counts);
  }

  #note(type: string, pod: Admitted<Pod>, previous: Admitted<Pod> | undefined): void {
    const owner = controllerRefOf(pod);
    if (owner?.kind !== 'StatefulSet' && owner?.kind !== 'DaemonSet') return;
    const isDaemon = owner.kind === 'DaemonSet';
    const revision = this.#names.revision(owner.kind, owner.name, pod.metadata.labels?.['controller-revision-hash']);
    const tell = (verb: string): void =>
      void this.#order.push(`${verb} ${isDaemon ? owner.name : pod.metadata.name} ${revision}`);
    if (type === 'added') tell('create');
    else if (type === 'deleted' && previous?.metadata.deletionTimestamp === undefined) tell('delete');
    if (type === 'modified' && previous?.metadata.deletionTimestamp === undefined && pod.metadata.deletionTimestamp !== undefined)
      tell('delete');
    if (type === 'modified' && previous !== undefined && !isReady(previous) && isReady(pod)) tell('ready');
    if (type === 'deleted' && !isDaemon) tell('gone');
  }
}

/** Entries of one verb in a row happen together: they have no order. */
const inRuns = (entries: readonly string[]): readonly string[] => {
  const runs: string[][] = [];
  for (const entry of entries) {
    const verb = entry.split(' ', 1)[0];
    const last = runs.at(-1);
    if (last?.[0]?.split(' ', 1)[0] === verb) last?.push(entry);
    else runs.push([entry]);
  }
  return runs.flatMap((run) => run.sort());
};
