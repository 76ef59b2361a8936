import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addQuantities,
  asInt64,
  compareQuantities,
  decodeQuantity,
  formatQuantity,
  milliValue,
  parseQuantity,
  type Quantity,
  quantityInteger,
  quantityMilliInteger,
  quantityOf,
  quantitySign,
  quantityValue,
  subtractQuantities,
  toMilli,
  toNumber,
} from '../../lib/api/quantity.js';

const q = (text: string | number): Quantity => {
  const parsed = parseQuantity(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const canonical = (text: string | number): string => formatQuantity(q(text));
const errorOf = (text: string): string => {
  const parsed = parseQuantity(text);
  return parsed.ok ? 'no error' : parsed.error;
};

describe('reading', () => {
  test('the suffix decides the format, and is kept', () => {
    expect(q('12M').format).toBe('DecimalSI');
    expect(q('12Mi').format).toBe('BinarySI');
    expect(q('12e6').format).toBe('DecimalExponent');
  });

  test.each([
    ['', 'regular expression'],
    ['abc', 'regular expression'],
    ['1 Gi', 'regular expression'],
    ['1.2.3', 'regular expression'],
    ['50K', "unable to parse quantity's suffix"],
    ['1e', "unable to parse quantity's suffix"],
    ['1e99999999999999999999', "unable to parse quantity's suffix"],
    ['Ei', 'unable to parse numeric part of quantity'],
  ])('%j is no quantity', (text, error) => {
    expect(errorOf(text)).toContain(error);
  });

  test('a number alone may be left out, as upstream lets it', () => {
    expect(canonical('k')).toBe('0');
    expect(canonical('-')).toBe('0');
    expect(canonical('Gi')).toBe('0');
  });

  test('a field of an object may have white space around it, and may be a JSON number', () => {
    expect(decodeQuantity(' 1Gi ')).toEqual(parseQuantity('1Gi'));
    expect(parseQuantity(' 1Gi ').ok).toBe(false);
    expect(canonical(0.5)).toBe('500m');
    expect(canonical(1e21)).toBe('1e+21');
  });

  test('what is finer than 1n is rounded away from zero', () => {
    expect(canonical('0.1n')).toBe('1n');
    expect(canonical('-1.1n')).toBe('-2n');
    expect(canonical('1e-2000000000')).toBe('1e-9');
  });

  test('binary quantities stop at 2^63-1, decimal ones do not', () => {
    expect(canonical('8Ei')).toBe('9223372036854775807');
    expect(canonical('-400Ei')).toBe('-9223372036854775807');
    expect(canonical('9223372036854775808')).toBe('9223372036854775808');
  });

  test('a binary quantity below one is decimal', () => {
    expect(q('0.0001Ki').format).toBe('DecimalSI');
    expect(canonical('0.0001Ki')).toBe('102400u');
  });
});

describe('the canonical text', () => {
  test.each([
    ['1000', '1k'],
    ['2000m', '2'],
    ['1.5Gi', '1536Mi'],
    ['1024Ki', '1Mi'],
    ['0.9Ki', '921600m'],
    ['1e2', '100'],
    ['3e10', '30e9'],
    ['007', '007'],
    ['+5', '+5'],
    ['1000E', '1'],
  ])('%s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  test('reads back as the same amount', () => {
    const quantity = fc
      .tuple(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.nat(999),
        fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-3'),
      )
      .map(([integer, fraction, suffix]) => `${integer}.${fraction}${suffix}`);
    fc.assert(fc.property(quantity, (text) => compareQuantities(q(canonical(text)), q(text)) === 0));
  });
});

describe('values', () => {
  test('are rounded away from zero', () => {
    expect(quantityInteger(q('1.1'))).toBe(2n);
    expect(quantityInteger(q('-500m'))).toBe(-1n);
    expect(quantityMilliInteger(q('1384n'))).toBe(1n);
  });

  test('a negative decimal is rounded as upstream does it', () => {
    expect(quantityInteger(q('-0.1Mi'))).toBe(-104856n);
  });

  test('are absent beyond 64 bits, and held within them as numbers', () => {
    expect(quantityInteger(q('10E'))).toBeUndefined();
    expect(quantityMilliInteger(q('8E'))).toBeUndefined();
    expect(toNumber(q('10E'))).toBe(2 ** 63);
    expect(toNumber(q('-10E'))).toBe(-(2 ** 63));
    expect(toMilli(q('1e2000000000'))).toBe(2 ** 63);
  });

  test('an integer held as one', () => {
    expect(asInt64(q('1k'))).toBe(1000n);
    expect(asInt64(q('1.0'))).toBeUndefined();
    expect(asInt64(q('9223372036854775807'))).toBeUndefined();
  });

  test('the fast values of fields agree with the exact ones', () => {
    const cpu = fc
      .tuple(fc.nat(10_000), fc.constantFrom('', 'm', 'Ki', 'Mi', 'k'))
      .map(([amount, suffix]) => `${amount}${suffix}`);
    fc.assert(fc.property(cpu, (text) => quantityValue(text) === toNumber(q(text)) && milliValue(text) === toMilli(q(text))));
    expect(quantityValue('16Gi')).toBe(16 * 2 ** 30);
    expect(milliValue('1.5')).toBe(1500);
    expect([quantityValue(110), milliValue(2), milliValue(0.5), quantityValue(0.5)]).toEqual([110, 2000, 500, 1]);
    expect([quantityValue(undefined), milliValue(undefined), quantityValue('lots')]).toEqual([0, 0, 0]);
  });
});

describe('arithmetic', () => {
  test('keeps the format of the first, of the second when the first is zero', () => {
    expect(formatQuantity(addQuantities(q('1Gi'), q('1G')))).toBe('2073741824');
    expect(formatQuantity(addQuantities(q('1Ki'), q('1024')))).toBe('2Ki');
    expect(formatQuantity(addQuantities(q('0'), q('1Ki')))).toBe('1Ki');
    expect(formatQuantity(subtractQuantities(q('1e3'), q('1k')))).toBe('0');
    expect(formatQuantity(subtractQuantities(quantityOf(0), q('1500m')))).toBe('-1500m');
  });

  test('is exact and its own inverse', () => {
    const amount = fc.tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.integer({ min: -9, max: 6 }));
    const quantity = amount.map(([value, scale]) => quantityOf(value, 'DecimalSI', scale));
    fc.assert(
      fc.property(quantity, quantity, (a, b) => {
        const sum = addQuantities(a, b);
        return compareQuantities(subtractQuantities(sum, b), a) === 0 && compareQuantities(sum, addQuantities(b, a)) === 0;
      }),
    );
    fc.assert(fc.property(quantity, quantity, (a, b) => compareQuantities(a, b) === quantitySign(subtractQuantities(a, b))));
  });

  test('compares amounts, not texts', () => {
    expect(compareQuantities(q('1Ki'), q('1024'))).toBe(0);
    expect(compareQuantities(q('1Gi'), q('1G'))).toBe(1);
    expect(compareQuantities(q('-1'), q('1'))).toBe(-1);
    expect(compareQuantities(q('1e2000000000'), q('1'))).toBe(1);
  });
});
