import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, contains, formatAddress, hostPort, parseAddress, parseCidr } from '../../lib/network/address.js';

describe('addresses', () => {
  test.each([
    ['10.96.0.1', '10.96.0.1'],
    ['010.096.000.001', '10.96.0.1'],
    ['FD00:0:0::0:1', 'fd00::1'],
    ['2001:db8:0:0:1:0:0:0', '2001:db8:0:0:1::'],
    ['10:0:0:1:0:0:0:1', '10:0:0:1::1'],
    ['1:0:0:2:3:4:5:6', '1::2:3:4:5:6'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::', '::'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['db.data', 'db.data'],
  ])('%s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.a',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '12345::',
    '1:2:3:4:5:6:7:8::',
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['0.0.0.0/0', '203.0.113.5', true],
    ['10.1.2.3/24', '10.1.2.200', true],
    ['10.1.2.3', '10.1.2.3', true],
    ['::/0', '10.0.0.1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
  ])('%s holds %s: %s', (cidr, address, expected) => {
    const [range, one] = [parseCidr(cidr), parseAddress(address)];
    expect(range !== undefined && one !== undefined && contains(range, one)).toBe(expected);
  });

  test.each(['10.0.0.0/33', '10.0.0/8', '10.0.0.0/', '::/129', 'x/8'])('%s is no CIDR', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test('an address with a port', () => {
    expect([hostPort('10.0.0.1', 80), hostPort('fd00::1', 80)]).toEqual(['10.0.0.1:80', '[fd00::1]:80']);
  });

  test('what is printed is read as the same address', () => {
    const address = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => ({ family: 4 as const, value })),
      fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.array(fc.integer({ min: 0, max: 7 }))).map(([value, zeros]) => ({
        family: 6 as const,
        value: zeros.reduce((left, group) => left & ~(0xffffn << BigInt(group * 16)), value) | (1n << 120n),
      })),
    );
    fc.assert(
      fc.property(address, (one) => {
        expect(parseAddress(formatAddress(one))).toEqual(one);
      }),
    );
  });
});
