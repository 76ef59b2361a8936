import { refOf } from '../api/object.js';
import type { ApiServer } from '../apiserver/server.js';
import { type Change, controllerRefOf } from '../apiserver/store.js';
import { Alarms } from './alarms.js';
import { type Audience, Audiences } from './audience.js';
import type { Controller, ControllerContext } from './controller.js';

/** First delay of a retry and the longest one, seconds (client-go's default rate limiter). */
const backoff = { base: 0.005, max: 1000 };

/** What there is to do for one controller. */
interface Lane {
  readonly place: number;
  readonly controller: Controller;
  readonly context: ControllerContext;
  /** Due keys in order, from `next` on; what is before is done. */
  queue: string[];
  next: number;
  due: Set<string>;
  /** Due when everybody else has done their part. */
  later: Set<string>;
  /** Failures in a row, by key. */
  readonly failures: Map<string, number>;
  readonly alarms: Alarms;
  /** Makes a key due when everybody else has done their part. */
  readonly wait: (key: string) => void;
  retried: boolean;
}

/**
 * Runs controllers over what changed, each key once however often it changed meanwhile. What an author or another
 * controller asks for is done at once; what only came of it (Pods that were made, bound and started) is looked at when nobody has anything
 * to do any more at this moment, so that a rollout is counted once a moment and not after each of its Pods' steps. Controllers
 * earlier in the list go first, so that those of Pods have done their part before those that watch them look again.
 */
export class WorkQueue {
  readonly #api: ApiServer;
  readonly #lanes: readonly Lane[];
  /** Nothing is due in the lanes before this one. */
  #first = 0;
  #running: Lane | undefined;

  constructor(api: ApiServer, controllers: readonly Controller[]) {
    this.#api = api;
    this.#lanes = controllers.map((controller, place) => this.#laneOf(controller, place));
    const audiences = new Audiences(this.#lanes, api.store);
    for (const [kind, audience] of audiences.ofKinds) api.store.watch(this.#subscriber(audiences, audience), [kind]);
    api.store.watch(this.#subscriber(audiences, audiences.ofAll));
  }

  /** Reconciles until nothing is due; returns how many keys that were. `tick` is called after each. */
  run(tick?: () => void): number {
    let count = 0;
    for (let lane = this.#lanes[this.#first]; lane !== undefined; lane = this.#lanes[this.#first]) {
      const key = lane.queue[lane.next];
      if (key === undefined) {
        lane.queue.length = 0;
        lane.next = 0;
        this.#first++;
        continue;
      }
      // Taken out first: what changes while the controller runs makes the key due again.
      lane.next++;
      lane.due.delete(key);
      this.#reconcile(lane, key);
      count++;
      tick?.();
    }
    return count;
  }

  /** Reconciles what waited for everybody else; returns how many keys that were. */
  runLater(tick?: () => void): number {
    for (const lane of this.#lanes) {
      const { due, later, place } = lane;
      if (later.size === 0) continue;
      if (due.size === 0) {
        lane.due = later;
        lane.later = due;
        lane.queue = Array.from(later);
        lane.next = 0;
        if (place < this.#first) this.#first = place;
        continue;
      }
      for (const key of later) this.#add(lane, key);
      later.clear();
    }
    return this.run(tick);
  }

  /** Who gave others time to go on waits no longer: no time passes now. Says whether there was anyone. */
  hurry(): boolean {
    let count = 0;
    for (const { alarms, wait } of this.#lanes) count += alarms.hurry(wait);
    return count > 0;
  }

  #add(lane: Lane, key: string): void {
    const { due, queue } = lane;
    const { size } = due;
    due.add(key);
    if (due.size === size) return;
    queue.push(key);
    if (lane.place < this.#first) this.#first = lane.place;
  }

  /** Tells an audience of a change. */
  #subscriber(audiences: Audiences<Lane>, audience: Audience<Lane>): (change: Change) => void {
    const { store } = this.#api;
    return (change) => {
      const { type, object } = change;
      if (type === (audience.isPresent ? 'deleted' : 'added')) audiences.note(audience);
      const isEnd = type === 'deleted' || object.metadata.deletionTimestamp !== undefined;
      const listeners = isEnd ? audience.ofEnds : audience.ofChanges;
      for (let at = 0; at < listeners.length; at++) {
        const listener = listeners[at];
        if (listener === undefined) break;
        const { lane, isOther } = listener;
        const { controller } = lane;
        if (type === 'added' && lane === this.#running && controller.knowsItsOwn) continue;
        const keys = controller.keysFor(change, store);
        if (keys.length === 0) continue;
        // What a controller made, as those see it that made it; an end is answered at once.
        const waits = controller.observes ?? (isOther && type !== 'deleted' && controllerRefOf(object) !== undefined);
        if (typeof keys === 'string') this.#note(lane, keys, waits);
        else for (const key of keys) this.#note(lane, key, waits);
      }
    };
  }

  #note(lane: Lane, key: string, waits: boolean): void {
    if (lane.controller.immediate) this.#reconcile(lane, key);
    else if (!waits) this.#add(lane, key);
    else if (!lane.due.has(key)) lane.later.add(key);
  }

  /** Each reconciliation decides anew when to come back. */
  #reconcile(lane: Lane, key: string): void {
    lane.alarms.cancel(key);
    if (lane.later.size > 0) lane.later.delete(key);
    lane.retried = false;
    const before = this.#running;
    this.#running = lane;
    lane.controller.reconcile(key, lane.context);
    this.#running = before;
    if (!lane.retried && lane.failures.size > 0) lane.failures.delete(key);
  }

  #laneOf(controller: Controller, place: number): Lane {
    const api = this.#api;
    const context: ControllerContext = {
      api,
      store: api.store,
      clock: api.clock,
      event: (type, reason, message, object) =>
        api.record({ type, reason, message, object: refOf(object), component: controller.name }),
      later: (key, seconds = 0) => {
        if (seconds > 0) lane.alarms.set(seconds, key, wait);
        else wait(key);
      },
      after: (seconds, key) => lane.alarms.set(seconds, key, now),
      retry: (key) => {
        const failed = (lane.failures.get(key) ?? 0) + 1;
        lane.failures.set(key, failed);
        lane.retried = true;
        context.after(Math.min(backoff.base * 2 ** (failed - 1), backoff.max), key);
      },
    };
    const now = (key: string): void => this.#add(lane, key);
    const wait = (key: string): void => {
      if (!lane.due.has(key)) lane.later.add(key);
    };
    const lane: Lane = {
      place,
      controller,
      context,
      queue: [],
      next: 0,
      due: new Set(),
      later: new Set(),
      failures: new Map(),
      alarms: new Alarms(api.clock),
      wait,
      retried: false,
    };
    return lane;
  }
}
