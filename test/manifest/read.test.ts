import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readFullYaml } from '../../lib/manifest/full-yaml.js';
import { readPlainYaml } from '../../lib/manifest/plain-yaml.js';
import { readText } from '../../lib/manifest/read.js';
import { toYaml } from '../../lib/manifest/yaml.js';

const full = (text: string) => readFullYaml(text, 0, text.length, { values: 0 });
const plain = (text: string) => readPlainYaml(text, 0, text.length);
/** Data of a ConfigMap whose `data:` block is given. */
const dataOf = (data: string): unknown =>
  readText('f', `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n${data}`).manifests[0]?.object.data;
const problemsOf = (text: string) =>
  readText('f.yaml', text).problems.map(({ code, message, source }) => `${code} ${source?.line}:${source?.column} ${message}`);
const named = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

describe('a stream', () => {
  test('has documents, empty ones and comments between them, Windows line ends and a byte order mark', () => {
    const text =
      `\ufeff# head\n---\n# Source: chart/a.yaml\n${named('a')}---\n\n---\n# nothing\n---  # b\n${named('b')}`.replaceAll(
        '\n',
        '\r\n',
      );
    const { manifests, problems } = readText('all.yaml', text);
    expect(problems).toEqual([]);
    expect(manifests.map(({ object, provenance }) => [object.metadata.name, provenance.source])).toEqual([
      ['a', { file: 'all.yaml', line: 4, column: 1 }],
      ['b', { file: 'all.yaml', line: 13, column: 1 }],
    ]);
  });

  test('of JSON objects, one after the other', () => {
    const { manifests, problems } = readText(
      'f',
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}\n  ${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } }, null, '\t')}`,
    );
    expect(problems).toEqual([]);
    expect(
      manifests.map(({ object, provenance }) => [object.metadata.name, provenance.source?.line, provenance.source?.column]),
    ).toEqual([
      ['a', 1, 1],
      ['b', 2, 3],
    ]);
  });

  test('one wrong document does not hide the others', () => {
    const { manifests, problems } = readText('f', `${named('a')}---\na: b: c\n---\n${named('c')}---\n{"a":\n---\n${named('e')}`);
    expect(manifests.map(({ object }) => object.metadata.name)).toEqual(['a', 'c', 'e']);
    expect(problems.map(({ code, source }) => [code, source?.line])).toEqual([
      ['input/syntax', 6],
      ['input/syntax', 13],
    ]);
  });

  test('Lists are flattened, in JSON and YAML; a typed list tells its items what they are', () => {
    const item = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ image: 'x' }] } };
    const lists = [
      JSON.stringify(
        { apiVersion: 'v1', kind: 'List', items: [item, { kind: 'List', apiVersion: 'v1', items: [item] }] },
        null,
        2,
      ),
      toYaml({ apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'a' }, spec: item.spec }, item] }),
    ];
    for (const text of lists) {
      const { manifests, problems } = readText('f', text);
      expect(problems).toEqual([]);
      expect(manifests.map(({ object }) => object)).toEqual([item, item]);
      const [first, second] = manifests;
      expect(text.split('\n')[(first?.provenance.fieldSource?.('spec.containers[0].image')?.line ?? 0) - 1]).toContain('image');
      expect(second?.provenance.source?.line).toBeGreaterThan(first?.provenance.source?.line ?? 99);
    }
    expect(readText('f', 'apiVersion: v1\nkind: List\n')).toEqual({ manifests: [], problems: [] });
  });
});

describe('S24: the four required fields', () => {
  test.each([
    ['just text', 'not a Kubernetes object: the string "just text"'],
    ['- a', 'not a Kubernetes object: a list'],
    ['a: 1', 'not a Kubernetes object: apiVersion and kind and metadata.name are missing'],
    ['apiVersion: v1\nkind: Pod', 'not a Kubernetes object: metadata.name is missing'],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: 12, namespace: yes}',
      'not a Kubernetes object: metadata.name must be a string, but is the number 12; metadata.namespace must be a string, but is the boolean true',
    ],
    ['apiVersion: v1\nkind: Pod\nmetadata: x', 'not a Kubernetes object: metadata must be a map, but is the string "x"'],
    [
      'apiVersion: 1\nkind: [Pod]\nmetadata: {generateName: x-}',
      'not a Kubernetes object: apiVersion must be a string, but is the number 1; kind must be a string, but is a list',
    ],
  ])('%j', (text, message) => {
    expect(problemsOf(text)).toEqual([`input/not-an-object 1:1 ${message}`]);
  });

  test('generateName is a name', () => {
    expect(readText('f', 'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: j-}').manifests).toHaveLength(1);
  });
});

describe('scalars as kubectl reads them (go-yaml v2)', () => {
  test.each([
    ['yes', true],
    ['On', true],
    ['y', true],
    ['NO', false],
    ['off', false],
    ['n', false],
    ['yEs', 'yEs'],
    ['0123', 83],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b11', 3],
    ['089', 89],
    ['1_000', 1000],
    ['-0x10', -16],
    ['+5', 5],
    ['1e3', 1000],
    ['.5', 0.5],
    ['1.', 1],
    ['1e400', '1e400'],
    ['1.2.3', '1.2.3'],
    ['12:30', '12:30'],
    ['2024-01-01', '2024-01-01'],
    ['2001-12-14 21:59:43.10 -5', '2001-12-14 21:59:43.10 -5'],
    ['~', null],
    ['', null],
    ['Null', null],
    ['nULL', 'nULL'],
    ['=', '='],
    ['100m', '100m'],
    ['"yes"', 'yes'],
    ["'0123'", '0123'],
    ['!!str 0123', '0123'],
    ['!!int "7"', 7],
    ['!custom 5', '5'],
    ['!!binary aGVsbG8=', 'hello'],
  ] as const)('%s', (text, value) => {
    expect(dataOf(`  k: ${text}\n`)).toEqual({ k: value });
    expect(full(`k: ${text}\n`).value).toEqual({ k: value });
  });

  test('keys become strings', () => {
    expect(dataOf('  yes: 1\n  0x10: 2\n  1.50: 3\n')).toEqual({ true: 1, '16': 2, '1.5': 3 });
  });

  test('what JSON cannot hold is refused', () => {
    expect(problemsOf(`${named('a')}data:\n  x: .inf\n`)).toEqual([
      'input/syntax 6:6 .inf is a number that JSON cannot hold; quote it to make it a string',
    ]);
    expect(problemsOf(`${named('a')}data:\n  ~: 1\n`)).toEqual(['input/syntax 6:3 a key is empty']);
    expect(problemsOf(`${named('a')}data:\n  [a]: 1\n`)).toEqual(['input/syntax 6:3 a key is a map or a list; keys are strings']);
  });
});

describe('more of YAML', () => {
  test('anchors, aliases and merge keys; in go-yaml v2 a merge wins over what stands above it', () => {
    expect(full('a: &a {x: 1, z: 2}\nb:\n  z: 0\n  <<: *a\n  x: 3\nc: {<<: [{x: 7}, *a]}\nd: *a\n').value).toEqual({
      a: { x: 1, z: 2 },
      b: { x: 3, z: 2 },
      c: { x: 7, z: 2 },
      d: { x: 1, z: 2 },
    });
    expect(full('"<<": 1\n').value).toEqual({ '<<': 1 });
  });

  test('of equal keys the last one counts, with a warning', () => {
    for (const text of [
      `${named('a')}data:\n  x: 1\n  z: 2\n  x: 3\n`,
      '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"},\n\n\n\n\n"data": {"x": 1, "z": 2,\n\n "x": 3}}',
    ]) {
      const { manifests, problems } = readText('f', text);
      expect(manifests[0]?.object.data).toEqual({ x: 3, z: 2 });
      expect(problems).toMatchObject([
        {
          code: 'input/syntax',
          severity: 'warning',
          message: 'key "x" stands twice in one map; kubectl silently takes the last one',
          source: { line: 8 },
        },
      ]);
    }
  });

  test('__proto__ and constructor are data', () => {
    for (const text of ['  __proto__: {a: 1}\n  constructor: x\n', '  __proto__: &x {a: 1}\n  constructor: x\n']) {
      const data = dataOf(text) as object;
      expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
      expect(Object.entries(data)).toEqual([
        ['__proto__', { a: 1 }],
        ['constructor', 'x'],
      ]);
    }
    const json = readText('f', '{"apiVersion":"v1","kind":"C","metadata":{"name":"a","__proto__":{"polluted":1}}}').manifests[0];
    expect(json?.object.metadata).not.toHaveProperty('polluted');
  });
});

describe('bad input is normal', () => {
  test.each([
    ['a tab as indentation', `${named('a')}data:\n\tx: y\n`, 6],
    ['an unclosed quote', `${named('a')}data:\n  x: "y\n`, 7],
    ['an unknown alias', `${named('a')}data: *nope\n`, 5],
    ['an alias in itself', `${named('a')}data: &a {x: *a}\n`, 5],
    ['a merge of a scalar', `${named('a')}data: {<<: 5}\n`, 5],
    ['base64 that is none', `${named('a')}data: {x: !!binary "***"}\n`, 5],
    ['a wrong tag', `${named('a')}data: {x: !!int foo}\n`, 5],
    ['a control character', `${named('a')}data:\n  x: a\u0001b\n`, 6],
    ['a separator with text behind it', `${named('a')}--- x\n${named('b')}`, 5],
    ['a document behind ...', `${named('a')}...\n${named('b')}`, 6],
    ['a directive', `%YAML 1.2\n---\n${named('a')}`, 1],
    ['a map that ends as a scalar', `${named('a')}data\n`, 5],
  ])('%s', (_, text, line) => {
    expect(readText('f', text).problems).toMatchObject([{ code: 'input/syntax', source: { file: 'f', line } }]);
  });

  test('a Helm template says how to check it', () => {
    expect(problemsOf(`${named('a')}data: {{ .Values.data }}\n`)[0]).toContain('helm template CHART | plimsoll check -');
  });

  test.each([
    ['JSON 1,000 deep', `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`],
    ['JSON 100,000 deep, never closed', '{"a":'.repeat(100_000)],
    ['flow 1,000 deep', `a: ${'['.repeat(1000)}${']'.repeat(1000)}`],
    ['dashes 5,000 deep', `${'- '.repeat(5000)}x`],
    ['maps 300 deep', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    [
      'a bomb of aliases',
      `a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, index) => `a${index + 1}: &a${index + 1} [${Array(10).fill(`*a${index}`).join(',')}]`).join('\n')}`,
    ],
    ['a string of 11 MB', `a: ${'x'.repeat(11_000_000)}`],
    ['a JSON string of 11 MB', `{"a":"${'x'.repeat(11_000_000)}"}`],
    ['an input of 65 MiB', ' '.repeat(65 * 1024 * 1024)],
  ])('%s is refused, soon', (_, text) => {
    const { manifests, problems } = readText('f', text);
    expect(manifests).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['input/limit']);
  });

  test('never throws, whatever comes', () => {
    const pieces = [
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '  ',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      ',',
      '|',
      '>',
      '#',
      '&a',
      '*a',
      '!!int',
      '<<',
      '---',
      '...',
      '\t',
      '\\',
      '?',
      '%',
      '@',
      'kind',
      'metadata',
      'name',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (parts) => {
        for (const { provenance } of readText('f', parts.join('')).manifests) provenance.fieldSource?.('metadata.name');
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the plain reader and the full one', () => {
  const pieces = [
    'a',
    'b:',
    'key: ',
    ': ',
    '- ',
    '- ',
    '\n',
    '\n',
    '\n  ',
    '\n  ',
    '\n    ',
    ' ',
    '"q"',
    "'s'",
    '"',
    '{x: 1}',
    '[1, a]',
    '{',
    '|\n',
    '|-\n',
    '|+\n',
    '|2\n',
    '# c',
    ' # c',
    'yes',
    '0x10',
    '-',
    '\t',
    ',',
    'x y',
    '"a\\n"',
    '"\\x41"',
    'a#b',
    'a: b',
    "''",
    '{"a":1}',
    '[a, {b: c}]',
  ];
  const same = (text: string): void => {
    // Both read single documents.
    if (/^(?:---|\.\.\.)/m.test(text)) return;
    const quick = plain(text);
    if (quick === undefined) return;
    const slow = full(text);
    expect(slow.faults, text).toEqual([]);
    expect(JSON.stringify(quick.value), text).toBe(JSON.stringify(slow.value));
  };

  test('agree wherever the plain one answers: random pieces of YAML', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 25 }), (parts) => same(`${parts.join('')}\n`)),
      { numRuns: 10_000 },
    );
  });

  const object = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('a', 'on', '0x1')), fc.jsonValue({ maxDepth: 3 }), {
    maxKeys: 4,
    noNullPrototype: true,
  });

  test('agree on what other emitters write, and on ours', () => {
    fc.assert(
      fc.property(object, (value) => {
        for (const text of [
          `${toYaml(value)}`,
          stringify(value),
          stringify(value, { indentSeq: false, lineWidth: 0 }),
          `${JSON.stringify(value, null, 2)}\n`,
        ])
          same(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('the plain one reads all that we write for ordinary objects', () => {
    const value = {
      a: [{ b: 'x', c: ['-c', 'echo a; b'] }, []],
      d: { e: {}, f: 'x\ny\n', g: '  x\ny', h: '0123', 'i/j': null, k: 'x\n\n' },
      l: 1.5,
      m: true,
    };
    expect(plain(toYaml(value))).toEqual({ value });
  });
});

describe('the place of a field', () => {
  const text = `# Source: x
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {a.b/c: x, a: y}
spec:
  template:
    spec:
      containers:
      - name: one
        image: nginx
        args: [a, "b"]
      -
        name: two
`;
  const json = JSON.stringify(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'a', image: 'b' }] } },
    null,
    2,
  );
  const place = (source: string, path: string) => {
    const found = readText('f.yaml', source).manifests[0]?.provenance.fieldSource?.(path);
    return found === undefined ? undefined : `${found.line}:${found.column}`;
  };

  test.each([
    ['metadata.name', '5:3'],
    ['spec.template.spec.containers[0].image', '12:9'],
    ['spec.template.spec.containers[0].args[1]', '13:19'],
    ['spec.template.spec.containers[1]', '14:7'],
    ['spec.template.spec.containers[1].name', '15:9'],
    ['metadata.labels[a.b/c]', '6:12'],
    ['metadata.labels.a.b/c', '6:12'],
    ['metadata.labels.a', '6:22'],
    ['spec.template.spec.containers[1].image', '14:7'],
    ['spec.selector', '7:1'],
    ['nothing', undefined],
  ])('%s', (path, expected) => {
    expect(place(text, path)).toBe(expected);
    // The same text for the full reader, which an anchor calls for.
    expect(place(text.replace('nginx', '&i nginx'), path)).toBe(expected === '14:7' ? '15:9' : expected);
  });

  test('in JSON', () => {
    expect(place(json, 'spec.containers[0].image')).toBe('11:9');
  });

  test('of what a merge key brings is where it is written', () => {
    expect(place(`x: &x\n  image: y\n${named('a')}spec:\n  <<: *x\n`, 'spec.image')).toBe('2:3');
  });

  test('a copy of the provenance keeps it', () => {
    const [manifest] = readText('f', named('a')).manifests;
    expect({ ...manifest?.provenance }.source).toEqual({ file: 'f', line: 1, column: 1 });
  });
});
