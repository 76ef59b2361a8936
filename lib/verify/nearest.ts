/** Edit distance (insert, delete, replace, swap of neighbours), up to `limit`. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
};

/** The name most like `wanted`, undefined if none is like it enough to be meant (a third of its letters, three at most). */
export const nearest = (wanted: string, names: readonly string[]): string | undefined => {
  const limit = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const at = distance(wanted, name, limit);
    if (at <= limit && (best === undefined || at < best.distance)) best = { name, distance: at };
  }
  return best?.name;
};
