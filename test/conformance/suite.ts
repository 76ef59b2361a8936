/** What a runner of cases may read besides the case itself: other files of its suite's folder. */
export interface SuiteFolder {
  /** The records of `<file>.jsonl`, read once. */
  records(file: string): readonly unknown[];
  /** The JSON of `<file>`. */
  json(file: string): unknown;
}

/**
 * Runs one recorded case through the engine and returns the differences, empty when the case passes. A difference is
 * one line: the place, what was recorded, what came out.
 */
export type CaseRunner = (record: unknown, folder: SuiteFolder) => readonly string[];

/**
 * The engine's side of one folder of recorded behaviour. Lives in `suites/<suite>.ts` and is exported as `suite`; the runner finds it by
 * name. A family (file name without `.jsonl`) without a runner counts as 0 of N.
 */
export interface Suite {
  readonly families: Readonly<Record<string, CaseRunner>>;
}
