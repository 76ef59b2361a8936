import type { Protocol } from '../protocol.js';

/** Ports from `first` to `last`, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Ports by protocol; the ranges are in order, apart from each other, and none is empty. */
export type PortSet = Readonly<Record<Protocol, readonly PortRange[]>> & {
  /** Names that no known Pod resolves, in order: `TCP http`; without a protocol ` http`. */
  readonly names: readonly string[];
};

/** Ports of one protocol. */
export interface ProtocolPorts extends PortRange {
  readonly protocol: Protocol;
}

const protocols = ['SCTP', 'TCP', 'UDP'] as const;
const everyPort: readonly PortRange[] = [{ first: 1, last: 65_535 }];

export const allPorts: PortSet = { SCTP: everyPort, TCP: everyPort, UDP: everyPort, names: [] };
export const noPorts: PortSet = { SCTP: [], TCP: [], UDP: [], names: [] };

const joined = (ranges: readonly PortRange[]): readonly PortRange[] => {
  const sorted = ranges.filter(({ first, last }) => first <= last).sort((a, b) => a.first - b.first);
  const out: PortRange[] = [];
  for (const range of sorted) {
    const before = out.at(-1);
    if (before === undefined || range.first > before.last + 1) out.push(range);
    else if (range.last > before.last) out[out.length - 1] = { first: before.first, last: range.last };
  }
  return out;
};

const common = (left: readonly PortRange[], right: readonly PortRange[]): readonly PortRange[] =>
  joined(left.flatMap((a) => right.map((b) => ({ first: Math.max(a.first, b.first), last: Math.min(a.last, b.last) }))));

const without = (left: readonly PortRange[], right: readonly PortRange[]): readonly PortRange[] =>
  right.reduce<readonly PortRange[]>(
    (rest, hole) =>
      rest.flatMap(({ first, last }) =>
        [
          { first, last: Math.min(last, hole.first - 1) },
          { first: Math.max(first, hole.last + 1), last },
        ].filter((range) => range.first <= range.last),
      ),
    left,
  );

const isEvery = ([range, ...more]: readonly PortRange[]): boolean =>
  range !== undefined && more.length === 0 && range.first === 1 && range.last === 65_535;

/** Every port of a protocol has every name. */
const hasName = (set: PortSet, name: string): boolean =>
  set.names.includes(name) ||
  protocols.every((protocol) => (name.startsWith(' ') || name.startsWith(protocol) ? isEvery(set[protocol]) : true));

const byProtocol = (ranges: (protocol: Protocol) => readonly PortRange[], names: readonly string[]): PortSet => ({
  SCTP: ranges('SCTP'),
  TCP: ranges('TCP'),
  UDP: ranges('UDP'),
  names,
});

export const portsOf = (parts: readonly ProtocolPorts[], names: readonly string[] = []): PortSet =>
  byProtocol((protocol) => joined(parts.filter((part) => part.protocol === protocol)), [...new Set(names)].sort());

export const union = (sets: readonly PortSet[]): PortSet => {
  const [only] = sets;
  if (only !== undefined && sets.length === 1) return only;
  const names = new Set(sets.flatMap((set) => set.names));
  return byProtocol((protocol) => joined(sets.flatMap((set) => set[protocol])), [...names].sort());
};

export const intersection = (left: PortSet, right: PortSet): PortSet => {
  if (right === allPorts || left === right) return left;
  if (left === allPorts) return right;
  const names = new Set([...left.names, ...right.names].filter((name) => hasName(left, name) && hasName(right, name)));
  return byProtocol((protocol) => common(left[protocol], right[protocol]), [...names].sort());
};

export const difference = (left: PortSet, right: PortSet): PortSet =>
  byProtocol(
    (protocol) => without(left[protocol], right[protocol]),
    left.names.filter((name) => !hasName(right, name)),
  );

export const isEmpty = (set: PortSet): boolean =>
  set === noPorts || (set.names.length === 0 && protocols.every((protocol) => set[protocol].length === 0));

/** All ports, cut so that every set has a part wholly or not at all. */
export const partsBetween = (sets: readonly PortSet[]): readonly ProtocolPorts[] =>
  protocols.flatMap((protocol) => {
    const starts = new Set([1]);
    for (const { first, last } of sets.flatMap((set) => set[protocol])) starts.add(first).add(last + 1);
    const sorted = [...starts].filter((start) => start <= 65_535).sort((a, b) => a - b);
    return sorted.map((first, index) => ({ protocol, first, last: (sorted[index + 1] ?? 65_536) - 1 }));
  });

/** `TCP 80,443,8000-8010,UDP 53`; `All Connections`, `No Connections`. */
export const portSetText = (set: PortSet): string => {
  if (isEmpty(set)) return 'No Connections';
  if (protocols.every((protocol) => isEvery(set[protocol]))) return 'All Connections';
  const parts = (['', ...protocols] as const).flatMap((protocol) => {
    const ranges =
      protocol === '' ? [] : set[protocol].map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
    const names = set.names.filter((name) => name.startsWith(`${protocol} `)).map((name) => name.slice(protocol.length + 1));
    return ranges.length + names.length === 0 ? [] : [`${protocol} ${[...ranges, ...names].join(',')}`];
  });
  return parts.join(',');
};
