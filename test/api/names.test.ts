import { describe, expect, test } from 'vitest';
import {
  cIdentifier,
  configMapKey,
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  domainPrefixedPath,
  envVarName,
  labelValue,
  type NameCheck,
  portName,
  qualifiedName,
  relaxedEnvVarName,
  wildcardDns1123Subdomain,
} from '../../lib/api/names.js';

const checks: readonly [string, NameCheck, readonly string[], readonly string[]][] = [
  ['DNS label', dns1123Label, ['a', '1a', 'a-b', 'a'.repeat(63)], ['', 'A', '-a', 'a-', 'a_b', 'a\n', 'a'.repeat(64)]],
  ['DNS subdomain', dns1123Subdomain, ['a', 'a.b', '1.2', 'xn--a'], ['', 'a..b', '.a', 'a.', 'A.b', `${'a.'.repeat(127)}b`]],
  ['DNS-1035 label', dns1035Label, ['a', 'a1'], ['1a', 'a.b', '']],
  ['wildcard host', wildcardDns1123Subdomain, ['*.a', '*.a.b'], ['*', 'a.b', '*.*.b', 'a.*.b', '**.a']],
  ['qualified name', qualifiedName, ['a', 'A_b.c', 'example.com/A'], ['', '/a', 'a/', 'a/b/c', '_a', 'A.com/a', 'a'.repeat(64)]],
  ['label value', labelValue, ['', 'A_b.c', '1'], ['-a', 'a-', 'a b', 'a'.repeat(64)]],
  ['port name', portName, ['a', 'http-2', '1a'], ['', '80', 'HTTP', 'a--b', '-a', 'a'.repeat(16)]],
  ['environment variable', envVarName, ['A_B', '.a', 'a-b'], ['', '1A', 'A=B', '.', '..', '..a']],
  ['relaxed environment variable', relaxedEnvVarName, ['1', 'a b', '~', ' '], ['', 'A=B', 'ü', 'a\tb']],
  ['data key', configMapKey, ['a', '.a', 'A_b-c', '1'], ['', 'a/b', '.', '..', '..a', 'a'.repeat(254)]],
  ['C identifier', cIdentifier, ['a', '_1'], ['', '1a', 'a-b']],
  ['domain-prefixed path', domainPrefixedPath, ['a.io/b', 'a/b/c'], ['', 'a', '/b', 'a/', 'A/b', 'a/b c']],
];

describe.each(checks)('%s', (_name, check, valid, invalid) => {
  test.each(valid)('%j is valid', (text) => {
    expect(check(text)).toEqual([]);
  });

  test.each(invalid)('%j is not', (text) => {
    expect(check(text).length).toBeGreaterThan(0);
  });
});

test('a subdomain where a label is wanted is told about its dots', () => {
  expect(dns1123Label('foo.bar')).toEqual(['must not contain dots']);
});

test('limits count bytes, not characters', () => {
  expect(labelValue('ü'.repeat(32))[0]).toBe('must be no more than 63 bytes');
  expect(labelValue('ü'.repeat(31))).toHaveLength(1);
});

test('every fault is told, in the order of the server', () => {
  expect(portName('-8--0123456789-.')).toEqual([
    'must be no more than 15 characters',
    'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    'must contain at least one letter (a-z)',
    'must not contain consecutive hyphens',
    'must not begin or end with a hyphen',
  ]);
});

test('the prefix and the name of a key are judged apart', () => {
  const faults = qualifiedName('-/');
  expect(faults.map((fault) => fault.slice(0, 30))).toEqual([
    'prefix part a lowercase RFC 11',
    'name part must be non-empty',
    'name part must consist of alph',
  ]);
});

test('the part of a domain-prefixed path that is wrong is named, quoted as the server quotes', () => {
  expect(domainPrefixedPath('', 'spec.controller')).toEqual(['spec.controller: Required value']);
  expect(domainPrefixedPath('a.io/"b\u0007', 'spec.controller')[0]).toContain(
    'spec.controller: Invalid value: "\\"b\\a": Invalid path',
  );
});
