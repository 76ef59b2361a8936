import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CelType, compile, typeText } from '../../../lib/api/cel/index.js';

const string: CelType = { kind: 'string' };
const self: CelType = {
  kind: 'object',
  name: 'Widget',
  fields: new Map<string, CelType>([
    ['size', { kind: 'int' }],
    ['weight', { kind: 'double' }],
    ['namespace', string],
    ['a-b', string],
    ['tags', { kind: 'list', element: string }],
    ['labels', { kind: 'map', key: string, value: string }],
  ]),
};
const variables = new Map<string, CelType>([
  ['self', self],
  ['object', { kind: 'dyn' }],
]);

const typeOf = (expression: string): string => {
  const compiled = compile(expression, { variables });
  return compiled.ok ? typeText(compiled.program.type) : compiled.error;
};

const placed = (expression: string, column: number, text: string): string =>
  `ERROR: <input>:1:${column}: ${text}\n | ${expression}\n | ${'.'.repeat(column - 1)}^`;

describe('types of expressions', () => {
  test.each([
    ['1 + 2', 'int'],
    ['self.size > 3 && self.weight < 1.5', 'bool'],
    ['self.tags.map(t, size(t))', 'list(int)'],
    ['self.labels.transformMap(k, v, size(v))', 'map(string, int)'],
    ['self.labels[?"a"].orValue("none")', 'string'],
    ['object.spec.replicas', 'dyn'],
    ['duration("1h")', 'google.protobuf.Duration'],
    ['quantity("1Gi").add(1)', 'kubernetes.Quantity'],
    ['[]', 'list(dyn)'],
    ['type(1)', 'type(int)'],
  ])('%s is %s', (expression, type) => expect(typeOf(expression)).toBe(type));

  test('fields with names that are no identifiers, or words of the language, are written escaped', () => {
    expect(typeOf('self.__namespace__ + self.a__dash__b')).toBe('string');
    expect(typeOf('self.namespace')).toContain("undefined field 'namespace'");
  });
});

describe('faults come with the place and the words of the server', () => {
  test.each([
    ['self.colour', 5, "undefined field 'colour'"],
    ['other == 1', 1, "undeclared reference to 'other' (in container '')"],
    ['math.greatest(1, 2)', 1, "undeclared reference to 'math' (in container '')"],
    ['self.size == "1"', 11, "found no matching overload for '_==_' applied to '(int, string)'"],
    ['self.size.foo', 10, "type 'int' does not support field selection"],
    ['self.tags.all(t, size(t))', 22, "expected type 'bool' but found 'int'"],
    ['self.size.all(x, true)', 5, "expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)"],
    ['has(self)', 5, 'invalid argument to has() macro'],
    ['[1].all(1, true)', 9, 'argument must be a simple name'],
    ['if == 1', 1, 'reserved identifier: if'],
    ['"a".matches("[")', 13, 'invalid matches argument'],
    ['[1, "a"]', 5, "expected type 'int' but found 'string'"],
  ])('%s', (expression, column, text) => {
    const error = typeOf(expression);
    expect(error.split('\nERROR')[0]).toBe(placed(expression, column, text));
  });

  const operand = `{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`;
  test.each([
    ['self.(', 6, "no viable alternative at input '.('"],
    ['self.size <=', 13, `mismatched input '<EOF>' expecting ${operand}`],
    ['self.size <= 5)', 15, "extraneous input ')' expecting <EOF>"],
    ['(1 + 2', 7, "missing ')' at '<EOF>'"],
    ['self.size and true', 11, "mismatched input 'and' expecting <EOF>"],
    ['[1 2]', 4, "extraneous input '2' expecting {']', ','}"],
    ['has(self.size', 14, "missing ')' at '<EOF>'"],
    ['1 ? 2', 6, "mismatched input '<EOF>' expecting ':'"],
    ['{"a"}', 5, "mismatched input '}' expecting ':'"],
    ["'x", 1, "token recognition error at: ''x'"],
  ])('%s', (expression, column, text) => {
    expect(typeOf(expression).split('\nERROR')[0]).toBe(placed(expression, column, `Syntax error: ${text}`));
  });

  test('every fault is told, in the order of the places', () => {
    const lines = typeOf('a | b').split('\n');
    expect(lines.filter((line) => line.startsWith('ERROR'))).toEqual([
      "ERROR: <input>:1:3: Syntax error: token recognition error at: '| '",
      "ERROR: <input>:1:5: Syntax error: extraneous input 'b' expecting <EOF>",
    ]);
  });

  test('the line of a fault is shown alone, wide characters have wide dots', () => {
    expect(typeOf('true &&\n  "é" + 1')).toContain('ERROR: <input>:2:7: ');
    expect(typeOf('"é" + 1')).toBe(
      `ERROR: <input>:1:5: found no matching overload for '_+_' applied to '(string, int)'\n | "é" + 1\n | .．..^`,
    );
  });
});

test('any text is an expression or has a fault', () => {
  const pieces = fc.constantFrom(
    ...'self . size ( ) [ ] { } , ? : ! - + == && in true 1 1.5 "a" b"x" // \n has all | \\ ` é'.split(' '),
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const compiled = compile(text, { variables });
      return compiled.ok || compiled.error.startsWith('ERROR: <input>:');
    }),
    { numRuns: 500 },
  );
});

describe('reading has an end', () => {
  const faultOf = (text: string): string => {
    const compiled = compile(text, { variables });
    return compiled.ok ? '' : compiled.error;
  };
  const tooDeep = 'ERROR: <input>:-1:0: expression recursion limit exceeded: 250';
  const tooLong = 'ERROR: <input>:-1:0: max recursion depth exceeded';

  test.each([
    ['brackets', (count: number) => `${'['.repeat(count)}1${']'.repeat(count)}`],
    ['parentheses', (count: number) => `${'('.repeat(count)}1${')'.repeat(count)}`],
    ['conditions', (count: number) => `${'true ? 1 : '.repeat(count)}1`],
    ['relations in relations', (count: number) => `1${' == dyn(1'.repeat(count)}${')'.repeat(count)}`],
  ])('%s', (_, nested) => {
    expect(faultOf(nested(100))).toBe('');
    for (const count of [250, 5000]) expect(faultOf(nested(count))).toBe(tooDeep);
  });

  test.each([
    ['sums', (count: number) => `1${' + 1'.repeat(count)}`],
    ['a sum in a relation', (count: number) => `[1]${' + [1]'.repeat(count - 1)} == []`],
    ['calls of members', (count: number) => `"a"${'.trim()'.repeat(count)}`],
    ['macros', (count: number) => `[1]${'.filter(x, true)'.repeat(count)}`],
    ['indices', (count: number) => `dyn([])${'[0]'.repeat(count)}`],
    ['fields', (count: number) => `dyn({})${'.a'.repeat(count)}`],
  ])('%s', (_, repeated) => {
    expect(faultOf(repeated(250))).toBe('');
    for (const count of [251, 5000]) expect(faultOf(repeated(count))).toBe(tooLong);
  });

  test('what does not stand within itself has none', () => {
    expect(faultOf(`true${' && true'.repeat(5000)}`)).toBe('');
    expect(faultOf(`${'!'.repeat(5000)}true`)).toBe('');
    expect(faultOf(`[1${', 1'.repeat(5000)}]`)).toBe('');
  });

  const lines = (text: string): readonly string[] => faultOf(text).split('\n');

  test('so have faults', () => {
    expect(lines('# '.repeat(5000)).at(-1)).toBe('1 more errors were truncated');
    expect(lines('# '.repeat(5000))).toHaveLength(301);
    expect(lines(`[${'missing, '.repeat(300)}1]`).at(-1)).toBe('200 more errors were truncated');
    expect(faultOf(`[${'(?), '.repeat(50)}1]`)).toContain('Syntax error: error recovery attempt limit exceeded: 30');
    expect(faultOf('1 '.repeat(300))).toContain('ERROR: <input>:-1:0: error recovery token lookahead limit exceeded: 256');
    expect(faultOf(`${' '.repeat(20_000)}missing`)).not.toContain('\n');
  });

  test('so has the text', () =>
    expect(faultOf(' '.repeat(100_001))).toBe(
      'ERROR: <input>:-1:0: expression code point size exceeds limit: size: 100001, limit 100000',
    ));
});
