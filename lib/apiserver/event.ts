import type { ObjectRef } from '../api/object.js';

/** An event as `kubectl describe` shows it. */
export interface ClusterEvent {
  readonly type: 'Normal' | 'Warning';
  /** `Scheduled`, `FailedScheduling`, `BackOff`, ... */
  readonly reason: string;
  readonly message: string;
  readonly object: ObjectRef;
  /** `default-scheduler`, `kubelet`, `replicaset-controller`, ... */
  readonly component: string;
  /** Simulated time, milliseconds since 1970. */
  readonly time: number;
}

/** What happened as it should. Its events are made when somebody reads them: hardly anyone does where all is well. */
export interface Occurrence {
  readonly events: readonly (ClusterEvent & { readonly type: 'Normal' })[];
}

/** What happened in a cluster, in order. */
export class EventLog {
  readonly #events: ClusterEvent[] = [];
  /** They are read in every verification, the others seldom. */
  readonly warnings: ClusterEvent[] = [];
  #unread: (ClusterEvent | Occurrence)[] = [];

  add(event: ClusterEvent): void {
    this.#unread.push(event);
    if (event.type === 'Warning') this.warnings.push(event);
  }

  note(occurrence: Occurrence): void {
    this.#unread.push(occurrence);
  }

  get events(): readonly ClusterEvent[] {
    for (const news of this.#unread) {
      if ('events' in news) this.#events.push(...news.events);
      else this.#events.push(news);
    }
    this.#unread = [];
    return this.#events;
  }
}
