import type { Clock } from '../apiserver/clock.js';

type Ring = (key: string) => void;

interface Moment {
  readonly at: number;
  readonly rings: Map<string, Ring>;
  readonly cancel: () => void;
}

/** When the keys of a controller come back. Most come back at the same few moments: the clock has a timer for each moment, not for each key. */
export class Alarms {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Moment>();
  readonly #byTime = new Map<number, Moment>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rings for the key after so many seconds, and not when it was to before. */
  set(seconds: number, key: string, ring: Ring): void {
    if (this.#byKey.has(key)) this.cancel(key);
    const at = this.#clock.now + seconds * 1000;
    const moment = this.#byTime.get(at) ?? this.#make(at, seconds);
    moment.rings.set(key, ring);
    this.#byKey.set(key, moment);
  }

  cancel(key: string): void {
    const moment = this.#byKey.get(key);
    if (moment === undefined) return;
    this.#byKey.delete(key);
    moment.rings.delete(key);
    if (moment.rings.size > 0) return;
    // A timer that nobody waits for would let time pass.
    moment.cancel();
    this.#byTime.delete(moment.at);
  }

  /** Rings now for all keys that wait for this ring; returns how many. */
  hurry(ring: Ring): number {
    const waiting = [...this.#byKey].filter(([key, { rings }]) => rings.get(key) === ring);
    for (const [key] of waiting) {
      this.cancel(key);
      ring(key);
    }
    return waiting.length;
  }

  #make(at: number, seconds: number): Moment {
    const moment: Moment = { at, rings: new Map(), cancel: this.#clock.after(seconds, () => this.#fire(moment)) };
    this.#byTime.set(at, moment);
    return moment;
  }

  #fire({ at, rings }: Moment): void {
    this.#byTime.delete(at);
    for (const [key, ring] of rings) {
      this.#byKey.delete(key);
      ring(key);
    }
  }
}
