import {
  compareQuantities,
  decodeQuantity,
  formatQuantity,
  type Quantity,
  quantityMilliInteger,
  quantityOf,
} from '../quantity.js';

const time = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/**
 * A time of RFC 3339 as the server writes it back: in UTC, to the second (`Time`) or microsecond (`MicroTime`). Undefined when
 * it is none.
 */
export const canonicalTime = (text: string, micro: boolean): string | undefined => {
  const match = time.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const at = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0));
  // Date rolls February 30 over; the server refuses it.
  const isReal = at.getUTCMonth() + 1 === month && at.getUTCDate() === day && at.getUTCHours() === hour && (second ?? 60) < 60;
  if (!isReal || (minute ?? 60) > 59) return undefined;
  const offset = match[8] === undefined ? 0 : (match[8] === '-' ? -1 : 1) * (Number(match[9]) * 60 + Number(match[10]));
  const utc = new Date(at.getTime() - offset * 60_000).toISOString().slice(0, 19);
  return micro ? `${utc}.${(match[7] ?? '').padEnd(6, '0').slice(0, 6)}Z` : `${utc}Z`;
};

/** Whether the text is base64 in the standard alphabet with padding; line breaks are allowed, as in Go's decoder. */
export const isBase64 = (text: string): boolean => {
  const plain = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text;
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
};

const milliScale = -3;
const canonical = { exact: new Map<string | number, string>(), milli: new Map<string | number, string>() };
const roundedUp = (value: Quantity): Quantity => {
  const milli = quantityMilliInteger(value);
  const rounded = milli === undefined ? value : quantityOf(milli, value.format, milliScale);
  return compareQuantities(rounded, value) === 0 ? value : rounded;
};

const mostRemembered = 10_000;

/**
 * A quantity in its canonical text, undefined when it is none. Amounts in a resource list are kept to the thousandth,
 * rounded up.
 */
export const canonicalQuantity = (json: string | number, toMilli: boolean): string | undefined => {
  const known = toMilli ? canonical.milli : canonical.exact;
  const found = known.get(json);
  if (found !== undefined) return found;
  const parsed = decodeQuantity(json);
  if (!parsed.ok) return undefined;
  const { value } = parsed;
  const text = formatQuantity(toMilli && value.scale < milliScale ? roundedUp(value) : value);
  if (known.size < mostRemembered) known.set(json, text);
  return text;
};
