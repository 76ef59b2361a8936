import { expect, it } from 'vitest';
import { equal } from '../../lib/apiserver/equal.js';

it('a field that is undefined counts as absent, on either side', () => {
  expect(equal({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(equal({ a: 1 }, { a: 1, b: undefined })).toBe(true);
  expect(equal({ a: undefined, b: 1 }, { a: 1, b: undefined })).toBe(false);
  expect(equal({ a: undefined }, { a: 1 })).toBe(false);
  expect(equal({ a: 1 }, { a: undefined })).toBe(false);
});

it('lists in order, objects in any, keys of their own only', () => {
  expect(equal({ a: [1, { b: 'x' }], c: null }, { c: null, a: [1, { b: 'x' }] })).toBe(true);
  expect(equal([1, 2], [2, 1])).toBe(false);
  expect(equal([], {})).toBe(false);
  expect(equal({}, null)).toBe(false);
  expect(equal({ constructor: 1 }, {})).toBe(false);
  expect(equal({}, JSON.parse('{"__proto__": 1}'))).toBe(false);
  expect(equal(JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}'))).toBe(true);
});
