import { expect, test } from 'vitest';
import { differences } from './compare.js';

test('equal values have no differences, whatever the order of their keys', () => {
  expect(differences({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toEqual([]);
});

test('a field that is undefined counts as absent', () => {
  expect(differences({ a: 1 }, { a: 1, b: undefined })).toEqual([]);
});

test('a difference names the place, what was recorded and what came out', () => {
  expect(differences({ spec: { ports: [{ port: 80 }] } }, { spec: { ports: [{ port: 81 }] } })).toEqual([
    'spec.ports[0].port: recorded 80, got 81',
  ]);
  expect(differences({ a: null, b: 1 }, { a: {} })).toEqual(['a: recorded null, got {}', 'b: recorded 1, got nothing']);
});

test('lists of different length are shown whole, for their items no longer correspond', () => {
  expect(differences([1, 2], [2])).toEqual(['whole: recorded 2 items [1,2], got 1 [2]']);
});

test('the order of a list matters', () => {
  expect(differences(['a', 'b'], ['b', 'a'])).toHaveLength(2);
});

test('keys that every object inherits are compared as data', () => {
  expect(differences(JSON.parse('{"__proto__": 1}'), {})).toEqual(['__proto__: recorded 1, got nothing']);
  expect(differences({}, JSON.parse('{"constructor": 1}'))).toEqual(['constructor: recorded nothing, got 1']);
});

test('no more lines than asked for', () => {
  expect(differences([1, 2, 3], [4, 5, 6], 'list', 2)).toEqual(['list[0]: recorded 1, got 4', 'list[1]: recorded 2, got 5']);
});
