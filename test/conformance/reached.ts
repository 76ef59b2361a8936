import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { samplesRoot } from './corpus.js';
import type { Tally } from './tally.js';

const file = new URL('./reached.json', import.meta.url);

type Figures = Readonly<Record<string, number>>;

/** How many cases of each family passed when it was last recorded. The figures only rise. */
interface Reached {
  readonly recorded: Figures;
  readonly samples: Figures;
}

const read = (): Reached => JSON.parse(readFileSync(file, 'utf8')) as Reached;

const partOf = (root: string): keyof Reached => (resolve(root) === resolve(samplesRoot) ? 'samples' : 'recorded');

export interface Progress {
  /** Families of which fewer cases pass than before, one line each. */
  readonly lower: readonly string[];
  /** Names of the families of which more cases pass. */
  readonly higher: readonly string[];
}

export const compareWithReached = (root: string, tallies: readonly Tally[]): Progress => {
  const before = new Map(Object.entries(read()[partOf(root)]));
  const lower: string[] = [];
  const higher: string[] = [];
  for (const { family, passed, cases } of tallies) {
    const reached = before.get(family.name) ?? 0;
    if (passed < reached) lower.push(`${family.name} passes ${passed} of ${cases}, and ${reached} before`);
    if (passed > reached) higher.push(family.name);
  }
  return { lower, higher };
};

/** Keeps the figures of the families that ran; a lower one does not replace a higher one, unless there are fewer cases. */
export const recordReached = (root: string, tallies: readonly Tally[]): void => {
  const reached = read();
  const part = partOf(root);
  const figures = new Map(Object.entries(reached[part]));
  for (const { family, passed, cases } of tallies) {
    figures.set(family.name, Math.min(cases, Math.max(passed, figures.get(family.name) ?? 0)));
  }
  const sorted = Object.fromEntries([...figures].sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify({ ...reached, [part]: sorted }, null, 2)}\n`);
};
