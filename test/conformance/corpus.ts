import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SuiteFolder } from './suite.js';

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Everything that was recorded; kept beside the repository. */
export const recordedRoot = beside('../../../shared/conformance');

/** A few small cases of each family, kept in the repository. */
export const samplesRoot = beside('./samples');

/** The whole corpus if it is there, the samples otherwise. */
export const defaultRoot = (): string => (existsSync(recordedRoot) ? recordedRoot : samplesRoot);

/** Files that hold what the cases of other files refer to. */
const dataOnly: ReadonlySet<string> = new Set(['netpol/manifests', 'netpol/anp-manifests']);

const extension = '.jsonl';

export interface Family {
  readonly suite: string;
  readonly family: string;
  /** `scheduler/node-affinity`. */
  readonly name: string;
  readonly file: string;
}

/** The families under a root, by name. */
export const familiesIn = (root: string): readonly Family[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: suite }) =>
      readdirSync(join(root, suite))
        .filter((file) => file.endsWith(extension))
        .map((file) => file.slice(0, -extension.length))
        .map((family) => ({ suite, family, name: `${suite}/${family}`, file: join(root, suite, family + extension) })),
    )
    .filter(({ name }) => !dataOnly.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** The lines of a family's file, one case each; read as they are needed, for some cases are megabytes long. */
export async function* casesOf(family: Family): AsyncGenerator<string> {
  for await (const line of createInterface({
    input: createReadStream(family.file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line.trim() !== '') yield line;
  }
}

const recordsOf = (file: string): readonly unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): unknown => JSON.parse(line));

/** The folder of a suite as its runners see it; every file is read once. */
export const suiteFolder = (root: string, suite: string): SuiteFolder => {
  const records = new Map<string, readonly unknown[]>();
  const values = new Map<string, unknown>();
  const once = <T>(known: Map<string, T>, file: string, read: (path: string) => T): T => {
    const path = join(root, suite, file);
    const value = known.get(path) ?? read(path);
    known.set(path, value);
    return value;
  };
  return {
    records: (file) => once(records, file + extension, recordsOf),
    json: (file) => once(values, file, (path): unknown => JSON.parse(readFileSync(path, 'utf8'))),
  };
};
