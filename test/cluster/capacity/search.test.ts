import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largest, smallest } from '../../../lib/cluster/capacity/search.js';

describe('searches', () => {
  test('the largest number that is allowed', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (limit, cap) => {
        expect(largest(cap, (count) => count <= limit)).toBe(Math.min(limit, cap));
      }),
    );
  });

  test('the smallest number that fits, whatever was guessed', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: -5, max: 2000 }), (low, more, guess) => {
        const first = low + 1 + (more >> 1);
        expect(smallest(low, low + 1 + more, guess, (count) => count >= first)).toBe(first);
      }),
    );
  });

  test('where that is not the same below and above, a number that fits beside one that does not', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 50 }), fc.nat(60), (between, guess) => {
        const all = [false, ...between, true];
        const found = smallest(0, all.length - 1, guess, (count) => all[count] === true);
        expect([all[found - 1], all[found]]).toEqual([false, true]);
      }),
    );
  });

  test('a good guess costs few tries', () => {
    const tried: number[] = [];
    const fits = (count: number): boolean => {
      tried.push(count);
      return count >= 91;
    };
    expect(smallest(-1, 5000, 88, fits)).toBe(91);
    expect(tried.length).toBeLessThan(8);
  });
});
