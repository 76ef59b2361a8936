import { Duration, Timestamp } from './value.js';

const second = 1_000_000_000n;
const units = new Map([
  ['h', 3600n * second],
  ['m', 60n * second],
  ['s', second],
  ['ms', 1_000_000n],
  ['us', 1000n],
  ['µs', 1000n],
  ['ns', 1n],
]);

const fraction = (digits: string, unit: bigint): bigint => (BigInt(digits || '0') * unit) / 10n ** BigInt(digits.length);

/** Reads `1h30m`, `-1.5s`, as Go's `time.ParseDuration`. */
export const parseDuration = (text: string): Duration | undefined => {
  const match = /^([+-]?)((?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|ns))+$/.exec(text);
  if (match === null) return /^[+-]?0$/.test(text) ? new Duration(0n) : undefined;
  let total = 0n;
  for (const [, whole = '', part = '', unit = ''] of text.matchAll(/(\d*)(?:\.(\d*))?(h|ms|m|s|us|µs|ns)/g)) {
    const size = units.get(unit) ?? 0n;
    total += BigInt(whole || '0') * size + fraction(part, size);
  }
  return new Duration(match[1] === '-' ? -total : total);
};

const timestampPattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-]\d{2}:\d{2})$/;

/** Reads a time of RFC 3339. */
export const parseTimestamp = (text: string): Timestamp | undefined => {
  const match = timestampPattern.exec(text);
  const milliseconds = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`);
  if (match === null || Number.isNaN(milliseconds)) return undefined;
  return new Timestamp(BigInt(milliseconds) * 1_000_000n + fraction(match[2] ?? '', second));
};

const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b;

export const dateOf = (time: Timestamp): Date => new Date(Number(floorDivide(time.nanoseconds, 1_000_000n)));

/** `2026-01-02T03:04:05.5Z` */
export const timestampText = (time: Timestamp): string => {
  const nanoseconds = ((time.nanoseconds % second) + second) % second;
  const decimals = nanoseconds === 0n ? '' : `.${nanoseconds.toString().padStart(9, '0').replace(/0+$/, '')}`;
  return `${dateOf(time).toISOString().slice(0, 19)}${decimals}Z`;
};

/** `3600s`, `0.5s` */
export const durationText = ({ nanoseconds }: Duration): string => {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const decimals = (size % second).toString().padStart(9, '0').replace(/0+$/, '');
  return `${nanoseconds < 0n ? '-' : ''}${size / second}${decimals === '' ? '' : `.${decimals}`}s`;
};

const zonePattern = /^([+-]?)(\d{1,2}):(\d{2})$/;

/** The moment as a date whose UTC fields are those of the zone: an offset `-08:00`, or a name of the tz database. */
export const inZone = (time: Timestamp, zone: string): Date | undefined => {
  const date = dateOf(time);
  const offset = zonePattern.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(date.getTime() + (offset[1] === '-' ? -minutes : minutes) * 60_000);
  }
  if (zone === '' || zone === 'UTC') return date;
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(date);
    const part = (type: string): number => Number(parts.find((found) => found.type === type)?.value ?? 0);
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return new Date(local + (((date.getTime() % 1000) + 1000) % 1000));
  } catch {
    return undefined;
  }
};
