import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Clock, epoch } from '../../lib/apiserver/clock.js';

test('tasks run in order of their time, then of their making; cancelled ones never', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ at: fc.nat(20), cancelled: fc.boolean() })), (timers) => {
      const clock = new Clock();
      const ran: number[] = [];
      const cancels = timers.map(({ at }, index) => clock.after(at, () => void ran.push(index)));
      for (const [index, { cancelled }] of timers.entries()) if (cancelled) cancels[index]?.();
      while (clock.step(Number.POSITIVE_INFINITY));
      const wanted = timers
        .flatMap(({ at, cancelled }, index) => (cancelled ? [] : [{ at, index }]))
        .sort((a, b) => a.at - b.at || a.index - b.index);
      expect(ran).toEqual(wanted.map(({ index }) => index));
    }),
  );
});

test('time stands still until a task moves it, and stops at the limit', () => {
  const clock = new Clock();
  clock.after(10, () => {});
  expect(clock.step(epoch + 9_999)).toBe(false);
  expect(clock.timestamp).toBe('2026-06-01T00:00:00Z');
  expect(clock.step(epoch + 10_000)).toBe(true);
  expect(clock.timestamp).toBe('2026-06-01T00:00:10Z');
});
