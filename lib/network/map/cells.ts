import { type Cidr, parseAddress, parseCidr } from '../address.js';
import type { CompiledRule } from '../policy/rule.js';

const families = [4, 6] as const;
const bits = { 4: 32n, 6: 128n } as const;

/** Where the ipBlocks and networks of rules begin and end, for each family, in order; the first address of all is there too. */
const startsOf = (rules: readonly CompiledRule[]): Readonly<Record<4 | 6, readonly bigint[]>> => {
  const starts = { 4: new Set([0n]), 6: new Set([0n]) };
  const texts = new Set(
    rules.flatMap(({ peers = [] }) => peers.flatMap(({ block }) => (block ? [block.cidr, ...(block.except ?? [])] : []))),
  );
  for (const cidr of [...texts].map(parseCidr)) {
    if (cidr !== undefined) starts[cidr.family].add(cidr.first).add(cidr.last + 1n);
  }
  const inOrder = (family: 4 | 6): readonly bigint[] =>
    [...starts[family]].filter((start) => start < 1n << bits[family]).sort((a, b) => (a < b ? -1 : 1));
  return { 4: inOrder(4), 6: inOrder(6) };
};

/** Addresses that no rule tells apart, each run of them once. */
export const rangesOf = (rules: readonly CompiledRule[]): readonly Cidr[] => {
  const starts = startsOf(rules);
  return families.flatMap((family) =>
    starts[family].map((first, index) => ({ family, first, last: (starts[family][index + 1] ?? 1n << bits[family]) - 1n })),
  );
};

/** Which run of addresses an address is in; the empty text where that makes no difference. */
export interface Cells {
  of(address: string | undefined): string;
}

export const createCells = (rules: readonly CompiledRule[]): Cells => {
  const starts = startsOf(rules);
  const some = rules.some(({ peers = [] }) => peers.some(({ block }) => block !== undefined));
  return {
    of: (text) => {
      const address = some && text !== undefined ? parseAddress(text) : undefined;
      if (address === undefined) return '';
      const { family, value } = address;
      const list = starts[family];
      let [low, high] = [0, list.length];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((list[middle] ?? 0n) <= value) low = middle;
        else high = middle;
      }
      return `${family}/${low}`;
    },
  };
};
