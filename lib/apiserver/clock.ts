/** The start of simulated time: 2026-06-01T00:00:00Z, in milliseconds. Nothing in the simulator reads the real clock. */
export const epoch = Date.UTC(2026, 5, 1);

/** A time in milliseconds since 1970 as the API writes it. */
export const timestampAt = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

interface Timer {
  readonly at: number;
  readonly order: number;
  task: (() => void) | undefined;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Simulated time: tasks run in order of their time, then of their making. */
export class Clock {
  #now = epoch;
  #order = 0;
  /** Thousands of objects are written in one moment. */
  #stamped = { time: epoch, text: timestampAt(epoch) };
  /** Binary heap, the next timer first. A cancelled one stays in its place without a task. */
  readonly #timers: Timer[] = [];

  /** Milliseconds since 1970, simulated. */
  get now(): number {
    return this.#now;
  }

  /** The time as the API writes it: `2026-06-01T00:00:00Z`. */
  get timestamp(): string {
    if (this.#now !== this.#stamped.time) this.#stamped = { time: this.#now, text: timestampAt(this.#now) };
    return this.#stamped.text;
  }

  /** Runs `task` after so many simulated seconds; returns what cancels it. */
  after(seconds: number, task: () => void): () => void {
    const timer: Timer = { at: this.#now + seconds * 1000, order: this.#order++, task };
    const heap = this.#timers;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, timer)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
    return () => {
      timer.task = undefined;
    };
  }

  /** Advances to the next task and runs it; false when there is none before `limit` (milliseconds, absolute). */
  step(limit: number): boolean {
    for (let next = this.#timers[0]; next !== undefined && next.at <= limit; next = this.#timers[0]) {
      this.#dropFirst();
      if (next.task === undefined) continue;
      this.#now = Math.max(this.#now, next.at);
      next.task();
      return true;
    }
    return false;
  }

  /** Lets time pass without running anything: for tests and for waits after the last task. */
  advanceTo(time: number): void {
    this.#now = Math.max(this.#now, time);
  }

  #dropFirst(): void {
    const heap = this.#timers;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || isBefore(last, child)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
  }
}
