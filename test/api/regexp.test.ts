import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRegexp } from '../../lib/api/regexp.js';

const matches = (pattern: string, text: string): boolean | string => {
  const regexp = compileRegexp(pattern);
  return regexp.ok ? regexp.matches(text) : regexp.error;
};

const found = (pattern: string, text: string, most?: number): readonly string[] | string => {
  const regexp = compileRegexp(pattern);
  return regexp.ok ? regexp.findAll(text, most) : regexp.error;
};

describe('patterns are those of Go', () => {
  test.each([
    ['^[a-z]+$', 'abc', true],
    ['^a$', 'a\n', false],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['(?i)^ABC$', 'abc', true],
    ['^(?P<name>\\d+)$', '12', true],
    ['^[[:alpha:]_-]+$', 'a-b_c', true],
    ['^\\Qa.b\\E$', 'a.b', true],
    ['^\\Qa.b\\E$', 'axb', false],
    ['\\Aab\\z', 'ab', true],
    ['^\\-\\:\\/$', '-:/', true],
    ['^\\p{Lu}\\pN$', 'A1', true],
    ['^\\x41\\x{42}$', 'AB', true],
    ['^{}$', '{}', true],
    ['^a{2}$', 'aa', true],
    ['^[]a]+$', ']a', true],
    ['^\\s$', '\u00a0', false],
    ['^[^\\s/]+$', 'a b', false],
    ['^.$', '\u{1f600}', true],
    ['(?m)^b$', 'a\nb\nc', true],
    ['^b$', 'a\nb\nc', false],
    ['(?m)\\Ab\\z', 'a\nb\nc', false],
    // A flag counts from where it stands to the end of its group.
    ['^a(?i)b$', 'aB', true],
    ['^a(?i)b$', 'AB', false],
    ['^(?:(?i)a)b$', 'AB', false],
    ['^(?i:a)b$', 'Ab', true],
    ['^(?i-i:a)$', 'A', false],
    ['(?i)^k$', '\u212a', true],
    // Words, digits and letters of \\w, \\d, \\b and [[:alpha:]] are those of ASCII.
    ['^\\w$', '\u00e9', false],
    ['^\\d$', '\u0663', false],
    ['\\b\u00e9', '\u00e9', false],
    ['^[[:alpha:]]$', '\u00e9', false],
    ['^[[:^alpha:]]$', '\u00e9', true],
    ['^[[:word:]]+$', 'a_1', true],
    ['^\\s$', '\v', false],
    ['^[[:space:]]$', '\v', true],
    ['^\\pL$', '\u00e9', true],
    ['^\\PL$', '1', true],
    ['^\\p{Greek}+$', '\u03b1\u03c9', true],
    ['^\\p{^Greek}$', 'a', true],
    ['^[\\p{Nd}-]+$', '1-2', true],
    // Names of groups are read without case, blanks, hyphens and underscores, and in full.
    ['^\\p{greek}$', '\u03b1', true],
    ['^\\p{ASCII}$', 'a', true],
    ['^\\p{Uppercase_Letter}\\p{ decimal-number }$', 'A1', true],
    ['^\\P{Letter}$', 'a', false],
    // Two groups may have one name.
    ['^(?:(?P<n>a)|(?<n>b))$', 'b', true],
    ['^(?:(?P<n>a)|(?P<n>b)|[(?P<n>]|\\(?P<)$', '(', true],
    ['^a{,2}$', 'a{,2}', true],
    ['^a{01}$', 'a{01}', true],
    ['^(?:a{0}b)?$', 'b', true],
    ['^\\07\\x7F$', '\x07\x7f', true],
    ['^\\a\\f\\t\\n\\r\\v$', '\x07\f\t\n\r\v', true],
    ['^(|a)+$', 'aa', true],
    ['', 'anything', true],
  ])('%s and %j: %s', (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected));
});

describe('what Go cannot read is refused in its words', () => {
  test.each([
    ['(', 'missing closing ): `(`'],
    ['a)', 'unexpected ): `a)`'],
    ['x[a-', 'missing closing ]: `[a-`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['*a', 'missing argument to repetition operator: `*`'],
    ['a|*', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['a\\', 'trailing backslash at end of expression: ``'],
    ['\\q', 'invalid escape sequence: `\\q`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?!a)', 'invalid or unsupported Perl syntax: `(?!`'],
    ['(?P<a', 'invalid named capture: `(?P<a`'],
    ['(?P<a b>x)', 'invalid named capture: `(?P<a b>`'],
    ['(?P<n>a)(?P<n>b', 'missing closing ): `(?P<n>a)(?P<n>b`'],
    ['(?<=a)b', 'invalid named capture: `(?<=a)b`'],
    ['(?P=n)', 'invalid or unsupported Perl syntax: `(?P`'],
    ['(?i', 'invalid or unsupported Perl syntax: `(?i`'],
    ['a++', 'invalid nested repetition operator: `++`'],
    ['a{2}{3}', 'invalid nested repetition operator: `{2}{3}`'],
    ['(a{500}){3}', 'invalid repeat count: `{3}`'],
    ['a{2,1}', 'invalid repeat count: `{2,1}`'],
    ['[[:foo:]]', 'invalid character class range: `[:foo:]`'],
    ['\\p{foo}', 'invalid character class range: `\\p{foo}`'],
    ['\\p{letter}\\p{foo}', 'invalid character class range: `\\p{foo}`'],
    ['\\p{constructor}', 'invalid character class range: `\\p{constructor}`'],
    ['\\C', 'invalid escape sequence: `\\C`'],
    ['\\Z', 'invalid escape sequence: `\\Z`'],
    ['\\1', 'invalid escape sequence: `\\1`'],
    ['[a-\\d]', 'invalid escape sequence: `\\d`'],
  ])('%s', (pattern, fault) => expect(matches(pattern, '')).toBe(`error parsing regexp: ${fault}`));

  test('groups in groups in groups', () => {
    const nested = (depth: number): string => '('.repeat(depth) + ')'.repeat(depth);
    expect(matches(nested(999), '')).toBe(true);
    expect(matches(nested(100_000), '')).toBe(`error parsing regexp: expression nests too deeply: \`${nested(100_000)}\``);
  });
});

describe('all that is found, leftmost first', () => {
  test.each<[pattern: string, text: string, expected: readonly string[]]>([
    ['a|ab', 'abab', ['a', 'a']],
    ['ab|a', 'abab', ['ab', 'ab']],
    ['a+?', 'aaa', ['a', 'a', 'a']],
    ['(?U)a+', 'aaa', ['a', 'a', 'a']],
    ['(?U)a+?', 'aaa', ['aaa']],
    ['[0-9]+', 'a12b3', ['12', '3']],
    // Nothing, right after something that was found, does not count.
    ['a*', 'baaac', ['', 'aaa', '']],
    ['', '\u{1f600}b', ['', '', '']],
    ['(|a)*', 'aa', ['', '', '']],
    ['\\b', 'ab c', ['', '', '', '']],
    ['x', 'abc', []],
  ])('%s in %j', (pattern, text, expected) => expect(found(pattern, text)).toEqual(expected));

  test.each([
    [0, []],
    [1, ['a']],
    [2, ['a', 'b']],
    [9, ['a', 'b', 'c']],
  ])('at most %d', (most, expected) => expect(found('[a-c]', 'abc', most)).toEqual(expected));
});

describe('no pattern takes longer than its length times that of the text', () => {
  const many = 'a'.repeat(100_000);

  /** A search that tries one way after the other would not end with these in the age of the universe. */
  test.each([
    ['^(a+)+$', `${many}!`, false],
    ['^(a|a)*$', `${many}!`, false],
    ['^(a|aa)+$', `${many}!`, false],
    ['(a*)*b', many, false],
    ['^((a*)*)*$', `${many}!`, false],
    [
      '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
      many,
      false,
    ],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', many, false],
    ['a?'.repeat(100) + 'a'.repeat(100), 'a'.repeat(100), true],
    ['^(?:a?){500}a{500}$', 'a'.repeat(499), false],
    ['(.*)*x', 'a\n'.repeat(50_000), false],
    ['(?i)(?:a+)+\\pN$', many, false],
  ])('%s', (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected));

  test('neither does what is found', () => expect(found('(?:a+)+b|a', many, 3)).toEqual(['a', 'a', 'a']));
});

describe('what JavaScript reads in the same way it finds in the same way', () => {
  const atom = fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '[b-c]', '\\d', '\\w', '\\b', '^', '$', '\\.', '(?:ab|a)');
  const operator = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{1,}');
  const { pattern } = fc.letrec<{ pattern: string; branch: string; piece: string }>((tie) => ({
    pattern: fc.array(tie('branch'), { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|')),
    branch: fc.array(tie('piece'), { maxLength: 4 }).map((pieces) => pieces.join('')),
    piece: fc
      .tuple(
        fc.oneof(
          { maxDepth: 3 },
          atom,
          tie('pattern').map((inside) => `(${inside})`),
        ),
        operator,
      )
      // JavaScript repeats nothing that looks at a place only.
      .map(([repeated, by]) => (['\\b', '^', '$'].includes(repeated) ? repeated : repeated + by)),
  }));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.', '\n', ' '), maxLength: 12 });

  test('whether a text matches', () =>
    fc.assert(
      fc.property(pattern, text, (source, value) => {
        expect(matches(source, value)).toBe(new RegExp(source).test(value));
      }),
    ));

  const plain = fc
    .array(
      fc
        .tuple(fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '(?:ab|a)', '(b|bc|1)'), operator)
        .map(([repeated, by]) => repeated + by),
      { minLength: 1, maxLength: 4 },
    )
    .map((pieces) => pieces.join(''));

  test('what of it does, but for nothing right after something', () =>
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 3 }), text, (branches, value) => {
        const source = branches.join('|');
        const expected: string[] = [];
        let end = -1;
        for (const { 0: part, index } of value.matchAll(new RegExp(source, 'g'))) {
          if (part !== '' || index !== end) expected.push(part);
          end = index + part.length;
        }
        expect(found(source, value)).toEqual(expected);
      }),
    ));
});
