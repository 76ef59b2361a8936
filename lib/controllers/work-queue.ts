import { groupOf, refOf } from '../api/object.js';
import { kindVersion } from '../apiserver/kinds.js';
import type { ApiServer } from '../apiserver/server.js';
import { type Change, controllerRefOf } from '../apiserver/store.js';
import type { Controller, ControllerContext } from './controller.js';

/** First delay of a retry and the longest one, seconds (client-go's default rate limiter). */
const backoff = { base: 0.005, max: 1000 };

interface Lane {
  readonly controller: Controller;
  readonly context: ControllerContext;
  readonly due: Set<string>;
  /** Due when everybody else has done their part. */
  readonly later: Set<string>;
  /** Failures in a row, by key. */
  readonly failures: Map<string, number>;
  /** What cancels the next timed reconciliation, by key. */
  readonly timers: Map<string, () => void>;
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

  constructor(api: ApiServer, controllers: readonly Controller[]) {
    this.#api = api;
    this.#lanes = controllers.map((controller) => this.#laneOf(controller));
    const byKind = new Map<string, Lane[]>();
    const everyKind: Lane[] = [];
    for (const lane of this.#lanes) {
      if (lane.controller.kinds === undefined) everyKind.push(lane);
      for (const kind of lane.controller.kinds ?? []) {
        const id = `${groupOf(kindVersion[kind])}/${kind}`;
        byKind.set(id, [...(byKind.get(id) ?? []), lane]);
      }
    }
    api.store.watch((change) => {
      for (const lane of byKind.get(`${groupOf(change.object.apiVersion)}/${change.object.kind}`) ?? [])
        this.#enqueue(lane, change);
      for (const lane of everyKind) this.#enqueue(lane, change);
    });
  }

  /** Reconciles until nothing is due; returns how many keys that were. `tick` is called after each. */
  run(tick: () => void = () => {}): number {
    let count = 0;
    for (let lane = this.#nextLane(); lane !== undefined; lane = this.#nextLane()) {
      for (const key of lane.due) {
        // Deleted first: what changes while the controller runs makes the key due again.
        lane.due.delete(key);
        this.#reconcile(lane, key);
        count++;
        tick();
        break;
      }
    }
    return count;
  }

  /** Reconciles what waited for everybody else; returns how many keys that were. */
  runLater(tick?: () => void): number {
    for (const { due, later } of this.#lanes) {
      for (const key of later) due.add(key);
      later.clear();
    }
    return this.run(tick);
  }

  #nextLane(): Lane | undefined {
    return this.#lanes.find((lane) => lane.due.size > 0);
  }

  #enqueue(lane: Lane, change: Change): void {
    const { controller } = lane;
    const keys = controller.keysFor(change, this.#api.store);
    if (keys.length === 0) return;
    const waits = controller.observes === true || isConsequence(controller, change);
    for (const key of keys) {
      if (controller.immediate) this.#reconcile(lane, key);
      else if (!waits) lane.due.add(key);
      else if (!lane.due.has(key)) lane.later.add(key);
    }
  }

  /** Each reconciliation decides anew when to come back. */
  #reconcile(lane: Lane, key: string): void {
    lane.timers.get(key)?.();
    lane.timers.delete(key);
    lane.later.delete(key);
    lane.retried = false;
    lane.controller.reconcile(key, lane.context);
    if (!lane.retried) lane.failures.delete(key);
  }

  #laneOf(controller: Controller): Lane {
    const api = this.#api;
    const context: ControllerContext = {
      api,
      store: api.store,
      clock: api.clock,
      event: (type, reason, message, object) =>
        api.record({ type, reason, message, object: refOf(object), component: controller.name }),
      after: (seconds, key) => {
        lane.timers.get(key)?.();
        lane.timers.set(
          key,
          api.clock.after(seconds, () => void lane.due.add(key)),
        );
      },
      retry: (key) => {
        const failed = (lane.failures.get(key) ?? 0) + 1;
        lane.failures.set(key, failed);
        lane.retried = true;
        context.after(Math.min(backoff.base * 2 ** (failed - 1), backoff.max), key);
      },
    };
    const lane: Lane = {
      controller,
      context,
      due: new Set(),
      later: new Set(),
      failures: new Map(),
      timers: new Map(),
      retried: false,
    };
    return lane;
  }
}

/** A change of what a controller made, Pods above all, as those see it that made it; an end is answered at once. */
const isConsequence = ({ kinds }: Controller, { type, object }: Change): boolean =>
  kinds !== undefined && type !== 'deleted' && object.kind !== kinds[0] && controllerRefOf(object) !== undefined;
