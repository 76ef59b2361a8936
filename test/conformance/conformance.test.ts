import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { familiesIn, recordedRoot, samplesRoot } from './corpus.js';
import { compareWithReached } from './reached.js';
import { type Tally, tally } from './tally.js';

const corpora = existsSync(recordedRoot)
  ? [
      { name: 'the samples', root: samplesRoot },
      { name: 'the whole corpus in ../shared/conformance', root: recordedRoot },
    ]
  : [{ name: 'the samples (../shared/conformance is not there)', root: samplesRoot }];

const slow = 600_000;

describe.each(corpora)('recorded behaviour of Kubernetes: $name', ({ name, root }) => {
  test('no family passes fewer cases than reached.json says', { timeout: slow }, async () => {
    const tallies: Tally[] = [];
    for await (const each of tally(root, familiesIn(root))) tallies.push(each);
    const passed = tallies.reduce((sum, each) => sum + each.passed, 0);
    const cases = tallies.reduce((sum, each) => sum + each.cases, 0);
    process.stdout.write(`Conformance: ran ${name}, ${passed} of ${cases} cases pass\n`);
    expect(cases).toBeGreaterThan(0);
    expect(compareWithReached(root, tallies).lower).toEqual([]);
  });
});
