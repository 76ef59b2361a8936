/** The largest number up to `cap` for which `allows` holds, where it holds for every smaller one; 0 if for none. */
export const largest = (cap: number, allows: (count: number) => boolean): number => {
  if (allows(cap)) return cap;
  let [low, high] = [0, cap];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (allows(middle)) low = middle;
    else high = middle;
  }
  return low;
};

/**
 * A number above `low` and up to `high` that fits while the one below it does not, found from a guess in steps that double. `low` does not
 * fit, `high` does.
 */
export const smallest = (low: number, high: number, guess: number, fits: (count: number) => boolean): number => {
  let [under, over] = [low, high];
  let probe = guess;
  let step = 1;
  while (over - under > 1) {
    // Once the guess is left behind on both sides, halving is as good as anything.
    const inside = probe > under && probe < over ? probe : Math.floor((under + over) / 2);
    if (fits(inside)) {
      over = inside;
      probe = inside - step;
    } else {
      under = inside;
      probe = inside + step;
    }
    step *= 2;
  }
  return over;
};
