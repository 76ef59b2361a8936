import { type Cidr, formatAddress } from '../address.js';

/** Addresses as people write them: blocks, without some smaller blocks in them. */
export interface Blocks {
  readonly addresses: readonly string[];
  readonly except: readonly string[];
}

const bits = { 4: 32, 6: 128 } as const;

/** The fewest CIDRs that are a range together. */
const cidrsOf = ({ family, first, last }: Cidr): readonly string[] => {
  const found: string[] = [];
  for (let start = first; start <= last; ) {
    let host = 0;
    const fits = (size: number): boolean => {
      const count = 1n << BigInt(size);
      return size <= bits[family] && start % count === 0n && start + count - 1n <= last;
    };
    while (fits(host + 1)) host++;
    found.push(`${formatAddress({ family, value: start })}/${bits[family] - host}`);
    start += 1n << BigInt(host);
  }
  return found;
};

const between = (ranges: readonly Cidr[]): readonly Cidr[] =>
  ranges.slice(1).flatMap(({ family, first }, index): readonly Cidr[] => {
    const before = ranges[index];
    return before === undefined || before.last + 1n >= first ? [] : [{ family, first: before.last + 1n, last: first - 1n }];
  });

/** Ranges of one family in their order, in the shorter of two ways: what is in them, or what lies between them. */
const ofFamily = (ranges: readonly Cidr[]): Blocks => {
  const [first, last] = [ranges[0], ranges.at(-1)];
  if (first === undefined || last === undefined) return { addresses: [], except: [] };
  const addresses = ranges.flatMap(cidrsOf);
  const hull = cidrsOf({ family: first.family, first: first.first, last: last.last });
  const holes = between(ranges).flatMap(cidrsOf);
  return hull.length + holes.length < addresses.length ? { addresses: hull, except: holes } : { addresses, except: [] };
};

/** Ranges that lie apart from each other. */
export const blocksOf = (ranges: readonly Cidr[]): Blocks => {
  const parts = ([4, 6] as const).map((family) =>
    ofFamily(ranges.filter((range) => range.family === family).sort((a, b) => (a.first < b.first ? -1 : 1))),
  );
  return { addresses: parts.flatMap(({ addresses }) => addresses), except: parts.flatMap(({ except }) => except) };
};
