import type { Clock } from '../apiserver/clock.js';

/** What an alarm is set for; it has one at most. */
interface Sleeper<S> {
  alarm: Alarm<S> | undefined;
}

type Ring<S> = (sleeper: S) => void;

export interface Alarm<S> {
  readonly sleeper: S;
  readonly ring: Ring<S>;
  readonly moment: Moment<S>;
  /** Alarms that are set later have larger ones. */
  readonly turn: number;
}

interface Moment<S> {
  readonly at: number;
  /** In the order of their setting; those that were cancelled are no longer the alarms of their sleepers. */
  readonly alarms: Alarm<S>[];
  /** How many of them are not cancelled. */
  waiting: number;
  readonly cancel: () => void;
}

/** When the tasks of a controller come back. Most come back at the same few moments: the clock has a timer for each moment, not for each task. */
export class Alarms<S extends Sleeper<S>> {
  readonly #clock: Clock;
  readonly #byTime = new Map<number, Moment<S>>();
  #turns = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rings for the sleeper after so many seconds, and not when it was to before. */
  set(seconds: number, sleeper: S, ring: Ring<S>): void {
    if (sleeper.alarm !== undefined) this.cancel(sleeper.alarm);
    const at = this.#clock.now + seconds * 1000;
    const moment = this.#byTime.get(at) ?? this.#make(at, seconds);
    const alarm = { sleeper, ring, moment, turn: this.#turns++ };
    moment.alarms.push(alarm);
    moment.waiting++;
    sleeper.alarm = alarm;
  }

  cancel({ sleeper, moment }: Alarm<S>): void {
    sleeper.alarm = undefined;
    moment.waiting--;
    if (moment.waiting > 0) return;
    // A timer that nobody waits for would let time pass.
    moment.cancel();
    this.#byTime.delete(moment.at);
  }

  /** Rings now for all that wait for this ring, in the order of their setting; returns how many. */
  hurry(ring: Ring<S>): number {
    const waiting: Alarm<S>[] = [];
    for (const { alarms } of this.#byTime.values()) {
      for (const alarm of alarms) if (alarm.ring === ring && alarm.sleeper.alarm === alarm) waiting.push(alarm);
    }
    waiting.sort((a, b) => a.turn - b.turn);
    for (const alarm of waiting) {
      this.cancel(alarm);
      ring(alarm.sleeper);
    }
    return waiting.length;
  }

  #make(at: number, seconds: number): Moment<S> {
    const moment: Moment<S> = { at, alarms: [], waiting: 0, cancel: this.#clock.after(seconds, () => this.#fire(moment)) };
    this.#byTime.set(at, moment);
    return moment;
  }

  #fire({ at, alarms }: Moment<S>): void {
    this.#byTime.delete(at);
    for (const alarm of alarms) {
      const { sleeper, ring } = alarm;
      if (sleeper.alarm !== alarm) continue;
      sleeper.alarm = undefined;
      ring(sleeper);
    }
  }
}
