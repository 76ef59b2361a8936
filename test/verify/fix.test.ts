import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import type { Finding } from '../../lib/verify/finding.js';
import { fixer } from '../../lib/verify/fix.js';
import type { Candidate } from '../../lib/verify/rule.js';

const config: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' } };
const object = { apiVersion: 'v1', kind: 'ConfigMap', name: 'config' };

const fault = (index: number): Finding => ({
  code: 'api/refused',
  severity: 'error',
  object,
  message: `fault ${index}`,
  evidence: [{ kind: 'field', path: `data[${index}]`, message: 'wrong' }],
});

/** Dry runs that all faults of one object take when no change helps. */
const triesFor = (count: number): number => {
  const found = Array.from({ length: count }, (_, index) => fault(index));
  const candidate: Candidate = { text: 'remove it', change: { edit: object, to: (old) => ({ ...old }) } };
  let tries = 0;
  const fix = fixer({ manifests: [{ object: config, provenance: {} }] }, found, () => {
    tries++;
    return found;
  });
  for (const finding of found) fix(finding, [candidate]);
  return tries;
};

describe('a dry run costs as much as it simulates and finds', () => {
  test('each of a hundred faults has its try', () => expect(triesFor(100)).toBe(100));

  test('ten thousand faults have not: their tries would find a hundred million', () => expect(triesFor(10_000)).toBeLessThan(10));
});
