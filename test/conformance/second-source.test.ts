import { describe, expect, test } from 'vitest';
import { decode } from '../../lib/api/decode.js';
import { applyDefaults } from '../../lib/api/default/index.js';
import type { KubeObject } from '../../lib/api/object.js';
import { prepareForCreate } from '../../lib/api/prepare.js';
import { validateCreate } from '../../lib/api/validate/index.js';
import { casesOf, defaultRoot, familiesIn } from './corpus.js';

const birth = { uid: '11111111-2222-4333-8444-555555555555', suffix: 'abcde', now: '2026-01-01T00:00:00Z' };

/** Why the object would be refused, if it would. */
const faultsOf = (object: KubeObject): readonly string[] => {
  const decoded = decode(object);
  if (!decoded.ok) return [decoded.message];
  return validateCreate(prepareForCreate(applyDefaults(decoded.value), birth)).map(({ message }) => message);
};

describe('a second source: Pods that a real API server accepted before its scheduler saw them', () => {
  test.each(familiesIn(defaultRoot()).filter(({ suite }) => suite === 'scheduler'))('$name', async (family) => {
    let pods = 0;
    const refused: string[] = [];
    for await (const line of casesOf(family)) {
      const { name, objects, pending } = JSON.parse(line) as {
        readonly name: string;
        readonly objects: readonly KubeObject[];
        readonly pending: readonly KubeObject[];
      };
      for (const object of [...objects, ...pending]) {
        if (object.kind !== 'Pod') continue;
        pods++;
        for (const fault of faultsOf(object)) refused.push(`${name} ${object.metadata.name}: ${fault}`);
      }
    }
    expect(pods).toBeGreaterThan(0);
    expect(refused.slice(0, 5)).toEqual([]);
  });
});
