import type { Protocol } from '../protocol.js';

/** Ports from `first` to `last`, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Ports by protocol; the ranges are in order, apart from each other, and none is empty. */
export type PortSet = Readonly<Record<Protocol, readonly PortRange[]>>;

const protocols = ['SCTP', 'TCP', 'UDP'] as const;
const everyPort: readonly PortRange[] = [{ first: 1, last: 65_535 }];

export const allPorts: PortSet = { SCTP: everyPort, TCP: everyPort, UDP: everyPort };

const joined = (ranges: readonly PortRange[]): readonly PortRange[] => {
  const sorted = [...ranges].filter(({ first, last }) => first <= last).sort((a, b) => a.first - b.first);
  const out: PortRange[] = [];
  for (const range of sorted) {
    const before = out.at(-1);
    if (before === undefined || range.first > before.last + 1) out.push(range);
    else out[out.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
  }
  return out;
};

const common = (left: readonly PortRange[], right: readonly PortRange[]): readonly PortRange[] =>
  joined(left.flatMap((a) => right.map((b) => ({ first: Math.max(a.first, b.first), last: Math.min(a.last, b.last) }))));

const byProtocol = (ranges: (protocol: Protocol) => readonly PortRange[]): PortSet => ({
  SCTP: ranges('SCTP'),
  TCP: ranges('TCP'),
  UDP: ranges('UDP'),
});

export const portsOf = (parts: readonly (PortRange & { readonly protocol: Protocol })[]): PortSet =>
  byProtocol((protocol) => joined(parts.filter((part) => part.protocol === protocol)));

export const union = (sets: readonly PortSet[]): PortSet =>
  byProtocol((protocol) => joined(sets.flatMap((set) => set[protocol])));

export const intersection = (left: PortSet, right: PortSet): PortSet =>
  byProtocol((protocol) => common(left[protocol], right[protocol]));

export const isEmpty = (set: PortSet): boolean => protocols.every((protocol) => set[protocol].length === 0);

const isEvery = ([range, ...more]: readonly PortRange[]): boolean =>
  range !== undefined && more.length === 0 && range.first === 1 && range.last === 65_535;

/** `TCP 80,443,8000-8010,UDP 53`; `All Connections`, `No Connections`. */
export const portSetText = (set: PortSet): string => {
  if (isEmpty(set)) return 'No Connections';
  if (protocols.every((protocol) => isEvery(set[protocol]))) return 'All Connections';
  return protocols
    .filter((protocol) => set[protocol].length > 0)
    .map((protocol) => {
      const ranges = set[protocol].map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
      return `${protocol} ${ranges.join(',')}`;
    })
    .join(',');
};
