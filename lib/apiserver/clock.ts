/** The start of simulated time: 2026-06-01T00:00:00Z, in milliseconds. Nothing in the simulator reads the real clock. */
export const epoch = Date.UTC(2026, 5, 1);

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
}

/** Simulated time: tasks run in order of their time, then of their making. */
export class Clock {
  #now = epoch;
  #order = 0;
  readonly #timers: Timer[] = [];

  /** Milliseconds since 1970, simulated. */
  get now(): number {
    return this.#now;
  }

  /** The time as the API writes it: `2026-06-01T00:00:00Z`. */
  get timestamp(): string {
    return `${new Date(this.#now).toISOString().slice(0, 19)}Z`;
  }

  /** Runs `task` after so many simulated seconds; returns what cancels it. */
  after(seconds: number, task: () => void): () => void {
    const timer: Timer = { at: this.#now + seconds * 1000, order: this.#order++, task };
    // Binary insertion keeps the list sorted; the next timer stands last.
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle];
      if (other !== undefined && (other.at > timer.at || (other.at === timer.at && other.order > timer.order))) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  /** Advances to the next task and runs it; false when there is none before `limit` (milliseconds, absolute). */
  step(limit: number): boolean {
    const next = this.#timers.at(-1);
    if (next === undefined || next.at > limit) return false;
    this.#timers.pop();
    this.#now = Math.max(this.#now, next.at);
    next.task();
    return true;
  }

  /** Lets time pass without running anything: for tests and for waits after the last task. */
  advanceTo(time: number): void {
    this.#now = Math.max(this.#now, time);
  }
}
