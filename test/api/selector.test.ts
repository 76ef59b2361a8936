import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LabelSelector } from '../../lib/api/generated/types.js';
import { labelSelectorText, matcherOf, matcherOfLabels } from '../../lib/api/label-selector.js';
import { formatSelector, type Labels, parseSelector, type Selector, selectorMatches } from '../../lib/api/selector.js';

const selector = (text: string): Selector => {
  const parsed = parseSelector(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const errorOf = (text: string): string => {
  const parsed = parseSelector(text);
  return parsed.ok ? 'no error' : parsed.error;
};
const matches = (text: string, labels: Labels): boolean => selectorMatches(selector(text), labels);

describe('selectors as kubectl -l takes them', () => {
  test.each([
    ['', ''],
    [' b = 1 ,a', 'a,b=1'],
    ['tier in (db, api),!canary', '!canary,tier in (api,db)'],
    ['x notin (,)', 'x notin ()'],
    ['n>5,n<9', 'n>5,n<9'],
    ['in=notin', 'in=notin'],
    ['app=', 'app='],
    ['app==web,app!=api', 'app==web,app!=api'],
  ])('%j reads as %j', (text, expected) => {
    expect(formatSelector(selector(text))).toBe(expected);
  });

  test.each([
    ['app=web,', "found '', expected: identifier after ','"],
    ['=web', "found '=', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in web', "unable to parse requirement: found 'web' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['a in (,=', "unable to parse requirement: found '=', expected: ',', or identifier"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    [
      'n>1.5',
      "unable to parse requirement: values[0]: Invalid value: \"1.5\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
  ])('%j is refused', (text, error) => {
    expect(errorOf(text)).toBe(error);
  });

  test('all faults of the values of one requirement are told', () => {
    expect(errorOf('a in (-x,-y)')).toMatch(/^unable to parse requirement: \[values\[0\]\[a\]: .*, values\[1\]\[a\]: .*\]$/);
  });

  test('an absent label satisfies the negative operators only', () => {
    expect(['a!=1', 'a notin (1)', '!a'].map((text) => matches(text, {}))).toEqual([true, true, true]);
    expect(['a', 'a=1', 'a in (1)', 'a>0', 'a<2'].map((text) => matches(text, {}))).toEqual([false, false, false, false, false]);
  });

  test('numbers are compared as 64 bit integers', () => {
    expect(matches('n>9', { n: '10' })).toBe(true);
    expect(matches('n>9', { n: '1e3' })).toBe(false);
    expect(matches('n<9', { n: '-9223372036854775808' })).toBe(true);
    expect(matches('n<9', { n: '-9223372036854775809' })).toBe(false);
  });

  test('labels that every object seems to have are not there', () => {
    expect(matches('constructor', {})).toBe(false);
    expect(matches('!toString', {})).toBe(true);
  });

  test('printing and reading again changes nothing', () => {
    const key = fc.constantFrom('a', 'b', 'example.com/c');
    const value = fc.constantFrom('1', 'x', '');
    const requirement = fc.oneof(
      key,
      key.map((name) => `!${name}`),
      fc.tuple(key, fc.constantFrom('=', '==', '!='), value).map((parts) => parts.join('')),
      fc
        .tuple(key, fc.constantFrom('in', 'notin'), fc.array(value, { maxLength: 3 }))
        .map(([name, operator, values]) => `${name} ${operator} (${values})`),
    );
    const text = fc.array(requirement, { maxLength: 4 }).map((parts) => parts.join(','));
    fc.assert(
      fc.property(
        text,
        (written) => formatSelector(selector(formatSelector(selector(written)))) === formatSelector(selector(written)),
      ),
    );
  });
});

describe('label selectors of objects', () => {
  const web: Labels = { app: 'web', tier: 'front' };
  const expression = (operator: string, ...values: string[]): LabelSelector => ({
    matchExpressions: [{ key: 'app', operator, values }],
  });

  test('none selects nothing, an empty one everything', () => {
    expect(matcherOf(undefined)(web)).toBe(false);
    expect(matcherOf({})(web)).toBe(true);
    expect(matcherOf({})(undefined)).toBe(true);
  });

  test('labels and expressions must all hold', () => {
    const both: LabelSelector = { matchLabels: { tier: 'front' }, ...expression('In', 'web', 'api') };
    expect(matcherOf(both)(web)).toBe(true);
    expect(matcherOf(both)({ app: 'web' })).toBe(false);
    expect(matcherOf(both)(undefined)).toBe(false);
  });

  test('the four operators', () => {
    expect(matcherOf(expression('In', 'web'))(web)).toBe(true);
    expect(matcherOf(expression('NotIn', 'web'))(web)).toBe(false);
    expect(matcherOf(expression('NotIn', 'web'))({})).toBe(true);
    expect(matcherOf(expression('Exists'))(web)).toBe(true);
    expect(matcherOf(expression('DoesNotExist'))(web)).toBe(false);
  });

  test('a malformed expression selects nothing', () => {
    expect(matcherOf(expression('NotIn'))({})).toBe(false);
    expect(matcherOf(expression('Exists', 'x'))(web)).toBe(false);
    expect(matcherOf(expression('Gt', '1'))({ app: '2' })).toBe(false);
  });

  test('a matcher is made once for each selector', () => {
    const one: LabelSelector = { matchLabels: web };
    expect(matcherOf(one)).toBe(matcherOf(one));
    expect(matcherOfLabels(web)).toBe(matcherOfLabels(web));
  });

  test('a plain map selects what has all of its labels', () => {
    expect(matcherOfLabels({ app: 'web' })(web)).toBe(true);
    expect(matcherOfLabels({ app: 'web', x: '' })(web)).toBe(false);
    expect(matcherOfLabels({})(web)).toBe(true);
    expect(matcherOfLabels(JSON.parse('{"__proto__": "x"}'))(web)).toBe(false);
  });

  test('as kubectl prints them', () => {
    expect(labelSelectorText({ matchLabels: { b: '1' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] })).toBe('a,b=1');
    expect(labelSelectorText({})).toBe('<none>');
    expect(labelSelectorText(expression('Gt', '1'))).toBe('<error>');
  });
});
