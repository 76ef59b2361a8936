import { refOf } from '../api/object.js';
import type { ApiServer } from '../apiserver/server.js';
import { type Change, controllerRefOf } from '../apiserver/store.js';
import { type Alarm, Alarms } from './alarms.js';
import { type Audience, Audiences } from './audience.js';
import type { Controller, ControllerContext } from './controller.js';

/** First delay of a retry and the longest one, seconds (client-go's default rate limiter). */
const backoff = { base: 0.005, max: 1000 };

/** A key that something is to be done for, now or later; it is found by its key once, and not for each step. */
interface Task {
  readonly key: string;
  isDue: boolean;
  /** Its place among those that wait until everybody else has done their part; -1: it does not. */
  waitsAt: number;
  alarm: Alarm<Task> | undefined;
}

/** What there is to do for one controller. */
interface Lane {
  readonly place: number;
  readonly controller: Controller;
  readonly context: ControllerContext;
  /** By key. */
  readonly tasks: Map<string, Task>;
  /** Due tasks in order, from `next` on; what is before is done. */
  readonly queue: Task[];
  next: number;
  /** What is reconciled just now: what is asked for it need not be found. */
  running: Task | undefined;
  /** Due when everybody else has done their part: those that are still at the place that they took. */
  readonly later: Task[];
  /** Failures in a row, by key. */
  readonly failures: Map<string, number>;
  readonly alarms: Alarms<Task>;
  /** Makes a task due when everybody else has done their part. */
  readonly wait: (task: Task) => void;
  retried: boolean;
}

/** The task of a key in a lane; one that nothing is to be done for any more is made anew. */
const taskIn = ({ tasks, running }: Lane, key: string): Task => {
  if (running?.key === key) return running;
  const known = tasks.get(key);
  if (known !== undefined) return known;
  const made: Task = { key, isDue: false, waitsAt: -1, alarm: undefined };
  tasks.set(key, made);
  return made;
};

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
      const task = lane.queue[lane.next];
      if (task === undefined) {
        lane.queue.length = 0;
        lane.next = 0;
        this.#first++;
        continue;
      }
      // Taken out first: what changes while the controller runs makes the key due again.
      lane.next++;
      task.isDue = false;
      this.#reconcile(lane, task);
      if (!task.isDue && task.waitsAt < 0 && task.alarm === undefined) lane.tasks.delete(task.key);
      count++;
      tick?.();
    }
    return count;
  }

  /** Reconciles what waited for everybody else; returns how many keys that were. */
  runLater(tick?: () => void): number {
    for (const lane of this.#lanes) {
      const { later } = lane;
      if (later.length === 0) continue;
      for (let at = 0; at < later.length; at++) {
        const task = later[at];
        if (task?.waitsAt !== at) continue;
        task.waitsAt = -1;
        this.#add(lane, task);
      }
      later.length = 0;
    }
    return this.run(tick);
  }

  /** Who gave others time to go on waits no longer: no time passes now. Says whether there was anyone. */
  hurry(): boolean {
    let count = 0;
    for (const { alarms, wait } of this.#lanes) count += alarms.hurry(wait);
    return count > 0;
  }

  #add(lane: Lane, task: Task): void {
    if (task.isDue) return;
    task.isDue = true;
    lane.queue.push(task);
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
    const task = taskIn(lane, key);
    if (lane.controller.immediate) this.#reconcile(lane, task);
    else if (waits) lane.wait(task);
    else this.#add(lane, task);
  }

  /** Each reconciliation decides anew when to come back. */
  #reconcile(lane: Lane, task: Task): void {
    const { key, alarm } = task;
    if (alarm !== undefined) lane.alarms.cancel(alarm);
    task.waitsAt = -1;
    lane.retried = false;
    lane.running = task;
    const before = this.#running;
    this.#running = lane;
    lane.controller.reconcile(key, lane.context);
    this.#running = before;
    lane.running = undefined;
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
        const task = taskIn(lane, key);
        if (seconds > 0) lane.alarms.set(seconds, task, wait);
        else wait(task);
      },
      after: (seconds, key) => lane.alarms.set(seconds, taskIn(lane, key), now),
      retry: (key) => {
        const failed = (lane.failures.get(key) ?? 0) + 1;
        lane.failures.set(key, failed);
        lane.retried = true;
        context.after(Math.min(backoff.base * 2 ** (failed - 1), backoff.max), key);
      },
    };
    const now = (task: Task): void => this.#add(lane, task);
    const wait = (task: Task): void => {
      if (task.isDue || task.waitsAt >= 0) return;
      task.waitsAt = lane.later.length;
      lane.later.push(task);
    };
    const lane: Lane = {
      place,
      controller,
      context,
      tasks: new Map(),
      queue: [],
      next: 0,
      running: undefined,
      later: [],
      failures: new Map(),
      alarms: new Alarms(api.clock),
      wait,
      retried: false,
    };
    return lane;
  }
}
