import type { Clock } from '../apiserver/clock.js';

type Ring = (key: string) => void;

interface Alarm {
  readonly key: string;
  readonly ring: Ring;
  readonly moment: Moment;
}

interface Moment {
  readonly at: number;
  /** In the order of their setting; those that were cancelled are no longer the alarms of their keys. */
  readonly alarms: Alarm[];
  /** How many of them are not cancelled. */
  waiting: number;
  readonly cancel: () => void;
}

/** When the keys of a controller come back. Most come back at the same few moments: the clock has a timer for each moment, not for each key. */
export class Alarms {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Alarm>();
  readonly #byTime = new Map<number, Moment>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rings for the key after so many seconds, and not when it was to before. */
  set(seconds: number, key: string, ring: Ring): void {
    this.cancel(key);
    const at = this.#clock.now + seconds * 1000;
    const moment = this.#byTime.get(at) ?? this.#make(at, seconds);
    const alarm = { key, ring, moment };
    moment.alarms.push(alarm);
    moment.waiting++;
    this.#byKey.set(key, alarm);
  }

  cancel(key: string): void {
    const moment = this.#byKey.get(key)?.moment;
    if (moment === undefined) return;
    this.#byKey.delete(key);
    moment.waiting--;
    if (moment.waiting > 0) return;
    // A timer that nobody waits for would let time pass.
    moment.cancel();
    this.#byTime.delete(moment.at);
  }

  /** Rings now for all keys that wait for this ring; returns how many. */
  hurry(ring: Ring): number {
    const waiting = [...this.#byKey.values()].filter((alarm) => alarm.ring === ring);
    for (const { key } of waiting) {
      this.cancel(key);
      ring(key);
    }
    return waiting.length;
  }

  #make(at: number, seconds: number): Moment {
    const moment: Moment = { at, alarms: [], waiting: 0, cancel: this.#clock.after(seconds, () => this.#fire(moment)) };
    this.#byTime.set(at, moment);
    return moment;
  }

  #fire({ at, alarms }: Moment): void {
    this.#byTime.delete(at);
    for (const alarm of alarms) {
      const { key, ring } = alarm;
      if (this.#byKey.get(key) !== alarm) continue;
      this.#byKey.delete(key);
      ring(key);
    }
  }
}
