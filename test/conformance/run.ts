import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultRoot, type Family, familiesIn, recordedRoot, samplesRoot } from './corpus.js';
import { compareWithReached, recordReached } from './reached.js';
import { writeSamples } from './sample.js';
import { type Tally, tally } from './tally.js';

const usage = `Usage: npm run conformance -- [--root DIR] [--check | --record | --sample] [suite[/family]...]
  --root DIR  the recorded behaviour to run (../shared/conformance; the samples where that is missing)
  --check     fail only where fewer cases pass than reached.json says
  --record    write the figures of this run to reached.json
  --sample    write the smallest cases of each family to the samples`;

const linesShown = 5;

class WrongUsage extends Error {}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const readArguments = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        root: { type: 'string' },
        check: { type: 'boolean', default: false },
        record: { type: 'boolean', default: false },
        sample: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : String(error));
  }
};

const select = (families: readonly Family[], names: readonly string[]): readonly Family[] => {
  for (const name of names) {
    if (!families.some((family) => family.name === name || family.suite === name)) {
      const suites = [...new Set(families.map(({ suite }) => suite))];
      throw new WrongUsage(`Nothing is recorded as ${name}. The suites are ${suites.join(', ')}.`);
    }
  }
  return names.length === 0 ? families : families.filter(({ name, suite }) => names.includes(name) || names.includes(suite));
};

const report = ({ family, cases, passed, differences }: Tally): void => {
  print(`${family.name} ${passed}/${cases}`);
  for (const { place, lines } of differences) {
    print(`  ${place}`);
    for (const line of lines.slice(0, linesShown)) print(`    ${line}`);
    if (lines.length > linesShown) print(`    and ${lines.length - linesShown} more`);
  }
};

const judge = (root: string, tallies: readonly Tally[]): number => {
  const { lower, higher } = compareWithReached(root, tallies);
  for (const line of lower) print(`Lower than reached: ${line}`);
  if (higher.length > 0) print(`More cases pass than reached.json says: ${higher.join(', ')}. Keep them with --record.`);
  return lower.length > 0 ? 1 : 0;
};

const main = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = readArguments(args);
  if (values.help) {
    print(usage);
    return 0;
  }
  if ([values.check, values.record, values.sample].filter(Boolean).length > 1) {
    throw new WrongUsage('Choose one of --check, --record and --sample.');
  }
  const root = values.root === undefined ? defaultRoot() : resolve(values.root);
  if (!existsSync(root)) throw new WrongUsage(`There is no directory ${values.root}.`);
  if (values.root === undefined && root === samplesRoot) {
    print(
      `${relative(process.cwd(), recordedRoot)} is not there: these are the samples in ${relative(process.cwd(), samplesRoot)}.`,
    );
  }
  const families = select(familiesIn(root), positionals);
  if (families.length === 0) throw new WrongUsage(`Nothing is recorded in ${values.root ?? root}.`);
  if (values.sample) {
    if (root === samplesRoot || positionals.length > 0)
      throw new WrongUsage('--sample takes all of the recorded cases, not part of them.');
    print(`samples of ${await writeSamples(families)} families written`);
    return 0;
  }
  const tallies: Tally[] = [];
  for await (const each of tally(root, families)) {
    report(each);
    tallies.push(each);
  }
  const sum = (count: (each: Tally) => number): number => tallies.reduce((total, each) => total + count(each), 0);
  const cases = sum((each) => each.cases);
  const passed = sum((each) => each.passed);
  const reached = values.check ? judge(root, tallies) : 0;
  if (values.record) recordReached(root, tallies);
  print(`total ${passed}/${cases}`);
  return values.check ? reached : passed < cases ? 1 : 0;
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof WrongUsage)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}\n`);
  process.exitCode = 2;
}
