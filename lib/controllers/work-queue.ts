import { groupOf, refOf } from '../api/object.js';
import { kindVersion } from '../apiserver/kinds.js';
import type { ApiServer } from '../apiserver/server.js';
import type { Change } from '../apiserver/store.js';
import type { Controller, ControllerContext } from './controller.js';

/** First delay of a retry and the longest one, seconds (client-go's default rate limiter). */
const backoff = { base: 0.005, max: 1000 };

interface Lane {
  readonly controller: Controller;
  readonly context: ControllerContext;
  readonly due: Set<string>;
  /** Failures in a row, by key. */
  readonly failures: Map<string, number>;
  /** What cancels the next timed reconciliation, by key. */
  readonly timers: Map<string, () => void>;
  retried: boolean;
}

/**
 * Runs controllers over what changed, each key once however often it changed meanwhile. Controllers earlier in the list go
 * first, so that those of Pods have done their part before those that watch them look again.
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

  /** Reconciles until nothing is due; returns how many keys that were. */
  run(): number {
    let count = 0;
    for (let lane = this.#nextLane(); lane !== undefined; lane = this.#nextLane()) {
      for (const key of lane.due) {
        // Deleted first: what changes while the controller runs makes the key due again.
        lane.due.delete(key);
        this.#reconcile(lane, key);
        count++;
        break;
      }
    }
    return count;
  }

  #nextLane(): Lane | undefined {
    return this.#lanes.find((lane) => lane.due.size > 0);
  }

  #enqueue(lane: Lane, change: Change): void {
    for (const key of lane.controller.keysFor(change, this.#api.store)) {
      if (lane.controller.immediate) this.#reconcile(lane, key);
      else lane.due.add(key);
    }
  }

  /** Each reconciliation decides anew when to come back. */
  #reconcile(lane: Lane, key: string): void {
    lane.timers.get(key)?.();
    lane.timers.delete(key);
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
    const lane: Lane = { controller, context, due: new Set(), failures: new Map(), timers: new Map(), retried: false };
    return lane;
  }
}
