import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CelType, compile, costOf, evaluate } from '../../../lib/api/cel/index.js';

const variables = new Map<string, CelType>([
  ['object', { kind: 'dyn' }],
  ['old', { kind: 'optional', value: { kind: 'int' } }],
  [
    'self',
    {
      kind: 'object',
      name: 'S',
      fields: new Map<string, CelType>([
        ['ratio', { kind: 'double' }],
        ['when', { kind: 'timestamp' }],
      ]),
    },
  ],
  ['names', { kind: 'list', element: { kind: 'string' }, listType: 'set', maxElements: 10 }],
]);

const object = {
  metadata: { name: 'web', labels: { app: 'web', tier: 'front' } },
  spec: {
    replicas: 3,
    ratio: 0.5,
    containers: [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:latest' },
    ],
  },
};

const run = (expression: string, values: Record<string, unknown> = {}): unknown => {
  const compiled = compile(expression, { variables });
  if (!compiled.ok) return compiled.error;
  const outcome = evaluate(compiled.program, {
    object,
    self: { ratio: 2, when: '2026-01-02T03:04:05Z' },
    names: ['a', 'b'],
    ...values,
  });
  return outcome.ok ? outcome.value : `error: ${outcome.error}`;
};

test.each([
  ['object.spec.replicas <= 5', true],
  ['object.spec.replicas + 1', 4],
  ['object.spec.ratio * 2.0', 1],
  ['self.ratio / 4.0', 0.5],
  ['7 / 2', 3],
  ['-7 % 3', -1],
  ['"app" in object.metadata.labels', true],
  ['object.spec.containers.exists(c, c.image.endsWith(":latest"))', true],
  ['object.spec.containers.filter(c, c.name != "a").map(c, c.name)', ['b']],
  ['object.spec.containers.exists_one(c, c.name == "a")', true],
  ['object.metadata.labels.all(k, v, size(v) > 2)', true],
  ['object.metadata.labels.transformList(k, v, k + "=" + v)', ['app=web', 'tier=front']],
  ['object.metadata.?annotations.exempt.orValue("no")', 'no'],
  ['object.?spec.?replicas.optMap(r, r * 2).orValue(0)', 6],
  ['has(object.metadata.annotations)', false],
  ['dyn([1, 2]) == [1.0, 2.0] && dyn(1) == 1u && dyn(1) != "1" && 1 < 1.5', true],
  ['names == ["b", "a"]', true],
  ['{"a": 1}.a + {"b": 2}["b"]', 3],
  ['[3, 1, 2].sort() == [1, 2, 3] && [[1], [2]].flatten().sum() == 3', true],
  ['["b", "a"].sortBy(x, x)[0]', 'a'],
  ['sets.contains([1, 2, 3], [1]) && [1, 1, 2].distinct().size() == 2', true],
  ['"a-b-c".split("-").join("/")', 'a/b/c'],
  ['"%s has %d of %.1f".format([dyn("web"), 3, 0.5])', 'web has 3 of 0.5'],
  ['"Grüße".substring(2, 4) + "ABC".lowerAscii()', 'üßabc'],
  ['"v1.2.3-x".find("[0-9]+\\\\.[0-9]+")', '1.2'],
  ['"team-a".matches("^(?i)TEAM-[[:alpha:]]$") && !"x".matches("\\\\p{Lu}")', true],
  [
    'quantity("1.5Gi").isGreaterThan(quantity("1G")) && quantity("200m").add(quantity("1")).compareTo(quantity("1.2")) == 0',
    true,
  ],
  ['ip("::ffff").family() == 6 && cidr("10.0.0.0/8").containsIP("10.2.3.4") && !isIP("10.01.1.1")', true],
  ['ip.isCanonical("2001:db8::1") && !ip.isCanonical("2001:DB8::1")', true],
  ['string(cidr("192.168.1.7/24").masked())', '192.168.1.0/24'],
  ['url("https://a.example:8443/p?q=1&q=2").getQuery()["q"]', ['1', '2']],
  ['format.dns1123Label().validate("Not_a_label").hasValue()', true],
  ['semver("1.10.0").isGreaterThan(semver("1.9.3")) && isSemver("v1.2", true)', true],
  ['self.when.getFullYear() == 2026 && self.when + duration("24h") > timestamp("2026-01-03T00:00:00Z")', true],
  ['" \\u0085\\u3000a b\\u00a0\\n".trim() + "\\ufeff".trim()', 'a b\ufeff'],
  ['double("1.") + double(".5e1") + double("2")', 8],
  ['string(duration("90m")) + " " + string(1.5) + " " + string(true)', '5400s 1.5 true'],
] as const)('%s', (expression, value) => expect(run(expression)).toEqual(value));

test('a long text takes no longer than it is long', () => {
  const text = `0${' '.repeat(400_000)}0`;
  expect(run('size(object.text.trim())', { object: { text } })).toBe(text.length);
  expect(run('double(object.text)', { object: { text: `${'0'.repeat(400_000)}!` } })).toContain('invalid syntax');
});

describe('errors', () => {
  test.each([
    ['object.metadata.annotations["a"]', 'no such key: annotations'],
    ['object.metadata.labels["b"]', 'no such key: b'],
    ['object.spec.containers[2]', 'index out of bounds: 2'],
    ['object.spec.replicas / 0', 'division by zero'],
    ['9223372036854775807 + object.spec.replicas', 'integer overflow'],
    ['object.metadata.name < 3', 'no such overload'],
    ['optional.none().value()', 'optional.none() dereference'],
    [
      'quantity(object.metadata.name)',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ])('%s: %s', (expression, error) => expect(run(expression)).toBe(`error: ${error}`));

  test('an operand that decides hides the error of the other', () => {
    expect(run('object.missing == 1 || true')).toBe(true);
    expect(run('false && object.missing == 1')).toBe(false);
    expect(run('[0, 1].exists(x, 1 / x == 1)')).toBe(true);
    expect(run('object.missing == 1 || false')).toBe('error: no such key: missing');
  });
});

test('an absent optional variable is none', () => {
  expect(run('old.hasValue()')).toBe(false);
  expect(run('old.orValue(0) + 1', { old: 4 })).toBe(5);
});

test('laws: sorting sorts, a map is equal to itself, join undoes split', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer()),
      fc.dictionary(fc.string(), fc.integer()),
      fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1 }),
      (list, map, words) => {
        const sorted = run('object.sortBy(x, x)', { object: list });
        expect(sorted).toEqual([...list].sort((a, b) => a - b));
        expect(run('object == object', { object: map })).toBe(true);
        expect(run('object.split(",").join(",") == object', { object: words.join(',') })).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test('costs grow with the bounds of what is looped over', () => {
  const cost = (expression: string): number => {
    const compiled = compile(expression, { variables });
    return compiled.ok ? costOf(compiled.program).max : -1;
  };
  expect(cost('1 + 1')).toBe(1);
  expect(cost('names.all(n, true)')).toBeLessThan(cost('names.all(n, names.all(m, true))'));
  expect(cost('object.all(x, true)')).toBeGreaterThan(1e18);
});
