/** The start of simulated time: 2026-06-01T00:00:00Z, in milliseconds. Nothing in the simulator reads the real clock. */
export const epoch = Date.UTC(2026, 5, 1);

/** A time in milliseconds since 1970 as the API writes it. */
export const timestampAt = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** What is due at one time. */
interface Moment {
  readonly at: number;
  /** In the order of their making; a cancelled one leaves its place empty. */
  readonly tasks: ((() => void) | undefined)[];
  /** How many of them are over. */
  next: number;
}

/** Only the clock itself moves its hands. */
const show = (clock: { now: number; timestamp: string }, time: number): void => {
  clock.now = time;
  clock.timestamp = timestampAt(time);
};

/** Simulated time: tasks run in order of their time, then of their making. */
export class Clock {
  /** Milliseconds since 1970, simulated. A plain field, like its text: both are read many times for each object that is written. */
  readonly now: number = epoch;
  /** The time as the API writes it: `2026-06-01T00:00:00Z`. */
  readonly timestamp: string = timestampAt(epoch);
  /** Nearly all timers are for few times. */
  readonly #moments = new Map<number, Moment>();
  /** The same as a binary heap, the next one first. */
  readonly #heap: Moment[] = [];

  /** Runs `task` after so many simulated seconds; returns what cancels it. */
  after(seconds: number, task: () => void): () => void {
    const at = this.now + seconds * 1000;
    const { tasks } = this.#moments.get(at) ?? this.#begin(at);
    const index = tasks.push(task) - 1;
    return () => {
      tasks[index] = undefined;
    };
  }

  /** Advances to the next task and runs it; false when there is none before `limit` (milliseconds, absolute). */
  step(limit: number): boolean {
    for (let moment = this.#heap[0]; moment !== undefined && moment.at <= limit; moment = this.#heap[0]) {
      const { tasks } = moment;
      while (moment.next < tasks.length) {
        const index = moment.next++;
        const task = tasks[index];
        if (task === undefined) continue;
        tasks[index] = undefined;
        this.advanceTo(moment.at);
        task();
        return true;
      }
      this.#moments.delete(moment.at);
      this.#dropFirst();
    }
    return false;
  }

  /** Lets time pass without running anything: for tests and for waits after the last task. */
  advanceTo(time: number): void {
    if (time > this.now) show(this, time);
  }

  #begin(time: number): Moment {
    const moment: Moment = { at: time, tasks: [], next: 0 };
    this.#moments.set(time, moment);
    const heap = this.#heap;
    let at = heap.push(moment) - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= time) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = moment;
    return moment;
  }

  #dropFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const isRight = left !== undefined && right !== undefined && right.at < left.at;
      const child = isRight ? right : left;
      if (child === undefined || last.at < child.at) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
  }
}
