import type { Clock } from '../apiserver/clock.js';

interface Moment {
  readonly at: number;
  readonly keys: Set<string>;
  readonly cancel: () => void;
}

/** When the keys of a controller come back. Most come back at the same few moments: the clock has a timer for each moment, not for each key. */
export class Alarms {
  readonly #clock: Clock;
  readonly #ring: (key: string) => void;
  readonly #byKey = new Map<string, Moment>();
  readonly #byTime = new Map<number, Moment>();

  constructor(clock: Clock, ring: (key: string) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings for the key after so many seconds, and not when it was to before. */
  set(seconds: number, key: string): void {
    this.cancel(key);
    const at = this.#clock.now + seconds * 1000;
    const moment = this.#byTime.get(at) ?? this.#make(at, seconds);
    moment.keys.add(key);
    this.#byKey.set(key, moment);
  }

  cancel(key: string): void {
    const moment = this.#byKey.get(key);
    if (moment === undefined) return;
    this.#byKey.delete(key);
    moment.keys.delete(key);
    if (moment.keys.size > 0) return;
    // A timer that nobody waits for would let time pass.
    moment.cancel();
    this.#byTime.delete(moment.at);
  }

  #make(at: number, seconds: number): Moment {
    const moment: Moment = { at, keys: new Set(), cancel: this.#clock.after(seconds, () => this.#fire(moment)) };
    this.#byTime.set(at, moment);
    return moment;
  }

  #fire({ at, keys }: Moment): void {
    this.#byTime.delete(at);
    for (const key of keys) {
      this.#byKey.delete(key);
      this.#ring(key);
    }
  }
}
