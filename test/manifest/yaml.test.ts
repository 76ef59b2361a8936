import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { toYaml } from '../../lib/manifest/yaml.js';

const versions = ['1.1', '1.2'] as const;
/** Merge keys are part of YAML 1.1: a string "<<" must not become one. */
const readBack = (text: string, version: '1.1' | '1.2'): unknown =>
  parse(text, { version, ...(version === '1.1' ? { merge: true } : {}), logLevel: 'silent' });

const deployment = {
  kind: 'Deployment',
  spec: {
    replicas: 2,
    template: { spec: { containers: [{ name: 'web', image: 'nginx:1.27', args: ['-c', 'exec nginx'], ports: [] }] } },
  },
  metadata: { labels: { app: 'web', 'app.kubernetes.io/name': 'web' }, namespace: 'shop', name: 'web', annotations: undefined },
  apiVersion: 'apps/v1',
};

describe('YAML of an object', () => {
  test('is block style, two spaces, with apiVersion, kind and metadata in front, name and namespace first in it', () => {
    expect(toYaml(deployment)).toBe(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    app: web
    app.kubernetes.io/name: web
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: web
          image: nginx:1.27
          args:
            - -c
            - exec nginx
          ports: []
`);
  });

  test('undefined is dropped, null kept', () => {
    expect(toYaml({ a: undefined, b: null, c: { d: undefined }, e: [{ f: undefined }] })).toBe('b: null\nc: {}\ne:\n  - {}\n');
  });

  test('lists in lists', () => {
    expect(toYaml({ a: [[1, [2]], []] })).toBe('a:\n  - - 1\n    - - 2\n  - []\n');
  });
});

test('empty lines take no longer to write than they are many', () => {
  const text = `a${'\n'.repeat(400_000)}b`;
  expect(readBack(toYaml({ text }), '1.2')).toEqual({ text });
});

describe('strings', () => {
  const pitfalls = [
    ...['yes', 'Yes', 'no', 'NO', 'on', 'off', 'y', 'n', 'Y', 'true', 'False', 'null', 'Null', '~', ''],
    ...[
      '0123',
      '0o17',
      '0x1F',
      '0b11',
      '1e3',
      '1E3',
      '-1',
      '+1',
      '1.',
      '.5',
      '1_000',
      '12:30',
      '1:20:30.5',
      '190:20:30',
      '.inf',
      '-.INF',
      '.nan',
      '0',
      '1.0',
    ],
    ...['2024-01-01', '2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.10 -5'],
    ...[
      ' x',
      'x ',
      '\tx',
      'x\t',
      'a: b',
      'a:',
      'a #b',
      '#',
      '- a',
      '-',
      '? a',
      ':',
      '!x',
      '&x',
      '*x',
      '|',
      '>',
      '%x',
      '@x',
      '`x`',
      '{a}',
      '[a]',
      ',',
      '"',
      "'",
      '<<',
      '=',
    ],
    ...[
      '---',
      '...',
      '--- a',
      'a\u2028b',
      'a\u0085b',
      '\u00a0',
      '\ufeffx',
      '\u0000',
      '\u007f',
      'a\rb',
      'é',
      '日本',
      '🚢',
      '\ud800',
      'x'.repeat(3000),
      'word '.repeat(500),
      '0'.repeat(400),
    ],
  ];

  test.each(pitfalls.map((text) => [JSON.stringify(text).slice(0, 40), text]))(
    '%s stays a string for every reader, as value and as key',
    (_, text) => {
      for (const version of versions) {
        expect(readBack(toYaml({ value: text, list: [text], [text]: 1 }), version)).toEqual({
          value: text,
          list: [text],
          [text]: 1,
        });
      }
    },
  );

  test('what nobody misreads has no quotes', () => {
    const plain = [
      'nginx:1.27',
      '100m',
      '1Gi',
      '0.5Gi',
      '80%',
      '30s',
      '10.0.0.0/8',
      '/bin/sh',
      '-c',
      '--port=80',
      'http://a:80/b?c=d',
      '$(POD_IP):80',
      'echo hello; sleep 5',
      './run.sh',
      'a,b',
      'größe',
    ];
    expect(toYaml({ plain })).toBe(`plain:\n${plain.map((text) => `  - ${text}\n`).join('')}`);
  });

  test('of several lines are literal blocks with the chomping that keeps them exact', () => {
    expect(toYaml({ a: 'x\ny', b: 'x\n\ny\n', c: 'x\n\n', d: '  x\ny\n', e: '\nx', f: ['x\n'] })).toBe(
      'a: |-\n  x\n  y\nb: |\n  x\n\n  y\nc: |+\n  x\n\nd: |2\n    x\n  y\ne: |-\n\n  x\nf:\n  - |\n    x\n',
    );
  });

  test.each([
    '\n',
    '\n\n',
    'x\n ',
    'x\n\n ',
    ' \nx',
    '\tx\ny',
    'x\n\ty',
    'x\r\ny',
    'x \n y ',
    '# a\nb',
    '\n x',
    ' x\n\n',
    'x\n   \ny\n',
    '---\na',
  ])('%j is exact', (text) => {
    for (const version of versions)
      expect(readBack(toYaml({ a: text, b: [text, [text]], c: 1 }), version)).toEqual({ a: text, b: [text, [text]], c: 1 });
  });
});

const words = [
  'yes',
  'no',
  'on',
  'null',
  '~',
  '0123',
  '1e3',
  '12:30',
  '<<',
  '=',
  '__proto__',
  'constructor',
  '2024-01-01',
  '.inf',
  '',
  ' ',
  '\n',
  '\n\n',
  '# x',
  'a: b',
  '- ',
  '\t',
  '|',
  '\u2028',
  '\ufeff',
  '\r\n',
  '"',
  "'",
];
const nasty = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...words),
  fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 4 }).map((parts) => parts.join('')),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    nasty,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(nasty, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe('law', () => {
  test.each(versions)('a YAML %s reader reads every object back as it was', (version) => {
    fc.assert(
      fc.property(fc.dictionary(nasty, json, { maxKeys: 5, noNullPrototype: true }), (object) => {
        expect(JSON.stringify(sorted(readBack(toYaml(object), version)))).toBe(JSON.stringify(sorted(object)));
      }),
      { numRuns: 1500 },
    );
  });
});

/** Keys in one order, own keys only: `__proto__` is one like the others. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => [key, sorted(member)]);
};
