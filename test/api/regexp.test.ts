import { describe, expect, test } from 'vitest';
import { compileRegexp } from '../../lib/api/regexp.js';

const matches = (pattern: string, text: string): boolean | string => {
  const regexp = compileRegexp(pattern);
  return regexp.ok ? regexp.matches(text) : regexp.error;
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
  ])('%s', (pattern, fault) => expect(matches(pattern, '')).toBe(`error parsing regexp: ${fault}`));
});
