import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { casesOf, type Family, samplesRoot } from './corpus.js';

const casesAtMost = 5;
const bytesAtMost = 4_500;
/** A family whose smallest case is larger still has none. */
const largestCase = 10_000;

/** Derived from the tests of other projects: run where it lies, not copied. */
const notOurs: ReadonlySet<string> = new Set(['netpol']);

const sampleOf = async (family: Family): Promise<string> => {
  const lines: string[] = [];
  for await (const line of casesOf(family)) lines.push(line);
  const smallest = [...lines].sort((a, b) => a.length - b.length).slice(0, casesAtMost);
  let bytes = 0;
  const chosen = new Set(
    smallest.filter((line, index) => {
      bytes += Buffer.byteLength(line);
      return bytes <= (index === 0 ? largestCase : bytesAtMost);
    }),
  );
  return lines
    .filter((line) => chosen.has(line))
    .map((line) => `${line}\n`)
    .join('');
};

/** Writes the smallest cases of each family, and the other files the runners read, anew. Answers with the number of families. */
export const writeSamples = async (families: readonly Family[]): Promise<number> => {
  for (const entry of readdirSync(samplesRoot, { withFileTypes: true })) {
    if (entry.isDirectory()) rmSync(join(samplesRoot, entry.name), { recursive: true });
  }
  let written = 0;
  for (const family of families.filter(({ suite }) => !notOurs.has(suite))) {
    const sample = await sampleOf(family);
    if (sample === '') continue;
    const folder = join(samplesRoot, family.suite);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, basename(family.file)), sample);
    for (const file of readdirSync(dirname(family.file)).filter((name) => name.endsWith('.json'))) {
      copyFileSync(join(dirname(family.file), file), join(folder, file));
    }
    written++;
  }
  return written;
};
