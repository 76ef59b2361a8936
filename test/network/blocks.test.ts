import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cidr, contains, parseAddress, parseCidr } from '../../lib/network/address.js';
import { blocksOf } from '../../lib/network/map/blocks.js';

const range = (first: string, last: string): Cidr => {
  const [low, high] = [parseAddress(first), parseAddress(last)];
  if (low === undefined || high === undefined) throw new Error(`${first} or ${last} is no address`);
  return { family: low.family, first: low.value, last: high.value };
};

describe('ranges of addresses as people write them', () => {
  test('a block, everything, everything but a block', () => {
    expect(blocksOf([range('203.0.113.0', '203.0.113.255')])).toEqual({ addresses: ['203.0.113.0/24'], except: [] });
    expect(blocksOf([range('0.0.0.0', '255.255.255.255'), range('::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')])).toEqual({
      addresses: ['0.0.0.0/0', '::/0'],
      except: [],
    });
    expect(blocksOf([range('0.0.0.0', '9.255.255.255'), range('11.0.0.0', '255.255.255.255')])).toEqual({
      addresses: ['0.0.0.0/0'],
      except: ['10.0.0.0/8'],
    });
  });

  test('addresses that are no block are several', () => {
    expect(blocksOf([range('10.0.0.1', '10.0.0.4')]).addresses).toEqual(['10.0.0.1/32', '10.0.0.2/31', '10.0.0.4/32']);
    expect(blocksOf([])).toEqual({ addresses: [], except: [] });
  });

  test('hold exactly the addresses of the ranges', () => {
    const bounds = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(bounds, (list) => {
        const sorted = [...list].sort((a, b) => a - b);
        const ranges = sorted.flatMap((first, index): readonly Cidr[] => {
          const last = sorted[index + 1];
          return index % 2 === 1 || last === undefined ? [] : [{ family: 4, first: BigInt(first), last: BigInt(last - 1) }];
        });
        const { addresses, except } = blocksOf(ranges);
        const inBlocks = (value: bigint): boolean => {
          const within = (texts: readonly string[]): boolean =>
            texts.some((text) => {
              const cidr = parseCidr(text);
              return cidr !== undefined && contains(cidr, { family: 4, value });
            });
          return within(addresses) && !within(except);
        };
        for (const value of sorted.flatMap((each) => [each - 1, each, each + 1]).filter((each) => each >= 0 && each < 2 ** 32)) {
          const inRanges = ranges.some(({ first, last }) => first <= BigInt(value) && BigInt(value) <= last);
          expect(inBlocks(BigInt(value))).toBe(inRanges);
        }
      }),
    );
  });
});
