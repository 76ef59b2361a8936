import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { familiesIn } from './corpus.js';
import { type Tally, tally } from './tally.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plimsoll-conformance-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const record = (name: string, ...cases: readonly unknown[]): void => {
  const file = join(root, `${name}.jsonl`);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, cases.map((each) => `${JSON.stringify(each)}\n`).join(''));
};

const run = async (): Promise<readonly Tally[]> => {
  const tallies: Tally[] = [];
  for await (const each of tally(root, familiesIn(root))) tallies.push(each);
  return tallies;
};

const label = (input: string, valid: boolean) => ({ check: 'dns1123Label', input, expected: { valid } });

test('cases are counted, and those that differ are shown with what differs', async () => {
  record('primitives/names', label('a', true), { ...label('b', false), name: 'B' });
  const [names] = await run();
  expect(names).toMatchObject({ cases: 2, passed: 1, family: { name: 'primitives/names' } });
  expect(names?.differences).toEqual([{ place: 'line 2, B', lines: ['valid: recorded false, got true'] }]);
});

test('a runner that throws is a difference of its case, not the end of the run', async () => {
  record(
    'primitives/selector',
    { selector: 7 },
    { selector: 'a', labelSets: [], expected: { valid: true, canonical: 'a', empty: false, matches: [] } },
  );
  const [selector] = await run();
  expect(selector).toMatchObject({ cases: 2, passed: 1 });
  expect(selector?.differences[0]?.lines[0]).toMatch(/^the runner threw TypeError: /);
});

test('what nothing runs passes nothing', async () => {
  record('primitives/colours', {}, {});
  record('weather/rain', {});
  const tallies = await run();
  expect(tallies.map(({ cases, passed }) => [passed, cases])).toEqual([
    [0, 2],
    [0, 1],
  ]);
  expect(tallies.flatMap(({ differences }) => differences.flatMap(({ lines }) => lines))).toEqual([
    'nothing runs this family yet',
    'nothing runs this suite yet',
  ]);
});

test('files that only hold data are no families', () => {
  record('netpol/manifests', {});
  record('netpol/connlist', {});
  expect(familiesIn(root).map(({ name }) => name)).toEqual(['netpol/connlist']);
});
