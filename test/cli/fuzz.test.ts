import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readText } from '../../lib/manifest/index.js';
import { jsonReport } from '../../lib/report/json.js';
import { textReport } from '../../lib/report/text.js';
import { type Verification, verify } from '../../lib/verify/verify.js';
import { generator, mutateObject, pick, type Random } from '../mutate.js';
import { seeds } from './seeds.js';

const mutateText = (random: Random, text: string): string => {
  const at = Math.floor(random() * text.length);
  const act = random();
  if (act < 0.2) return text.slice(0, at);
  if (act < 0.4)
    return `${text.slice(0, at)}${pick(random, ['\t', '&a', '*a', '{', ']', '"', ': ', '#', '!!binary ', '<<: *x', '\u0000', '---\n', '- ', '|\n', '%YAML 3\n'])}${text.slice(at)}`;
  if (act < 0.6) return text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 20));
  if (act < 0.8) return text + text.slice(at);
  return text.replaceAll('  ', '\t');
};

const mutated = (seed: number): string => {
  const random = generator(seed);
  const object = structuredClone(pick(random, seeds));
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) mutateObject(random, object);
  const text = random() < 0.3 ? JSON.stringify(object) : stringify(object, { aliasDuplicateObjects: random() < 0.5 });
  return random() < 0.25 ? mutateText(random, text) : text;
};

const checked = (text: string): Verification => {
  const { manifests, problems } = readText('fuzz.yaml', text);
  return verify({ manifests, problems, cluster: { world: 'open' } });
};

/** A refusal says where: a field, an object of the input, or a line of the file. */
const hasPlace = ({ findings }: Verification): boolean =>
  findings.some(
    ({ severity, source, object, evidence }) =>
      severity === 'error' && (source !== undefined || object.name !== '' || evidence.some(({ kind }) => kind === 'field')),
  );

describe('2,000 mutated manifests', () => {
  test.each(Array.from({ length: 20 }, (_, block) => block))(
    'block %i: always a verdict, never an exception, every refusal with a place',
    (block) => {
      for (let seed = block * 100; seed < block * 100 + 100; seed++) {
        const text = mutated(seed);
        let verification: Verification;
        try {
          verification = checked(text);
          textReport(verification, { sourceText: () => text });
          JSON.stringify(jsonReport([{ verification }]));
        } catch (error) {
          throw new Error(`seed ${seed}: ${text.slice(0, 2000)}`, { cause: error });
        }
        if (!verification.accepted) expect({ seed, placed: hasPlace(verification) }).toEqual({ seed, placed: true });
      }
    },
  );
});

describe('what is larger, deeper or more entangled than is sane', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 12 }, (_, index) => `k${index}: &b${index} [${Array.from({ length: 9 }, () => (index === 0 ? '*a' : `*b${index - 1}`)).join(', ')}]`).join('\n')}\n`;
  test.each([
    ['an alias bomb', `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n${bomb}`],
    [
      'nesting 1,000 deep, YAML',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: ${'{a: '.repeat(1000)}1${'}'.repeat(1000)}\n`,
    ],
    [
      'nesting 1,000 deep, JSON',
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}}`,
    ],
    [
      'a string of more than 10 MB',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: "${'x'.repeat(10_500_000)}"}\n`,
    ],
  ])('%s is refused with a clear error', (_, text) => {
    const { accepted, findings } = checked(text);
    expect(accepted).toBe(false);
    expect(findings[0]?.code).toBe('input/limit');
    expect(findings[0]?.message.length).toBeLessThan(300);
  });

  test('keys of the prototype are data', () => {
    const { findings } = checked('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"__proto__":{"polluted":true}}');
    expect(findings[0]).toMatchObject({ code: 'api/unknown-field' });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
