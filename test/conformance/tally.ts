import { existsSync } from 'node:fs';
import { casesOf, type Family, suiteFolder } from './corpus.js';
import type { CaseRunner, Suite, SuiteFolder } from './suite.js';

/** A case whose outcome differs from what was recorded. */
interface Difference {
  /** `line 12, name of the case`. */
  readonly place: string;
  readonly lines: readonly string[];
}

export interface Tally {
  readonly family: Family;
  readonly cases: number;
  readonly passed: number;
  /** The first of them. */
  readonly differences: readonly Difference[];
}

const differencesKept = 3;

const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const frame = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at ')) ?? '';
  return `${error.name}: ${error.message.slice(0, 500)} ${frame.trim()}`.trim();
};

const outcome = (run: CaseRunner, record: unknown, folder: SuiteFolder): readonly string[] => {
  try {
    return run(record, folder);
  } catch (error) {
    return [`the runner threw ${textOf(error)}`];
  }
};

const nameOf = (record: unknown): string =>
  typeof record === 'object' && record !== null && 'name' in record && typeof record.name === 'string' ? `, ${record.name}` : '';

/** How a suite runs its families, or why it cannot. */
type Runners = (family: Family) => CaseRunner | string;

const runnersOf = async (suite: string): Promise<Runners> => {
  if (!existsSync(new URL(`./suites/${suite}.ts`, import.meta.url))) return () => 'nothing runs this suite yet';
  try {
    const { suite: loaded } = (await import(`./suites/${suite}.ts`)) as { readonly suite: Suite };
    const runners = new Map(Object.entries(loaded.families));
    return ({ family }) => runners.get(family) ?? 'nothing runs this family yet';
  } catch (error) {
    const fault = `suites/${suite}.ts does not load: ${textOf(error)}`;
    return () => fault;
  }
};

const tallyFamily = async (family: Family, run: CaseRunner | string, folder: SuiteFolder): Promise<Tally> => {
  const differences: Difference[] = typeof run === 'string' ? [{ place: 'all cases', lines: [run] }] : [];
  let cases = 0;
  let passed = 0;
  for await (const line of casesOf(family)) {
    cases++;
    if (typeof run === 'string') continue;
    const record: unknown = JSON.parse(line);
    const lines = outcome(run, record, folder);
    if (lines.length === 0) passed++;
    else if (differences.length < differencesKept) differences.push({ place: `line ${cases}${nameOf(record)}`, lines });
  }
  return { family, cases, passed, differences };
};

/** Runs the families, which come ordered by suite, one after the other. */
export async function* tally(root: string, families: readonly Family[]): AsyncGenerator<Tally> {
  let suite: { readonly name: string; readonly folder: SuiteFolder; readonly runners: Runners } | undefined;
  for (const family of families) {
    if (suite?.name !== family.suite) {
      suite = { name: family.suite, folder: suiteFolder(root, family.suite), runners: await runnersOf(family.suite) };
    }
    yield await tallyFamily(family, suite.runners(family), suite.folder);
  }
}
