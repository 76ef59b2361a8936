/** How a quantity is written: `12M`, `12Mi` or `12e6`. A quantity keeps the format it was written in. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** A resource quantity, exact: `unscaled` times ten to the power of `scale`. */
export interface Quantity {
  readonly format: QuantityFormat;
  readonly unscaled: bigint;
  readonly scale: number;
  /** Held as a scaled 64 bit integer upstream (an arbitrary decimal otherwise); shows in `asInt64` and in rounding. */
  readonly int64: boolean;
  /** As written, when that is printed unchanged. */
  readonly text?: string;
}

export type ParsedQuantity = { readonly ok: true; readonly value: Quantity } | { readonly ok: false; readonly error: string };

const formatError = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const numericError = 'unable to parse numeric part of quantity';
const suffixError = "unable to parse quantity's suffix";

const quantityPattern = /^([+-]?)(\d*)(?:\.(\d*))?((?:[eEinumkKMGTP]+[-+]?|[-+])\d*)?$/;
const decimalSuffixes: ReadonlyMap<number, string> = new Map([
  [-9, 'n'],
  [-6, 'u'],
  [-3, 'm'],
  [0, ''],
  [3, 'k'],
  [6, 'M'],
  [9, 'G'],
  [12, 'T'],
  [15, 'P'],
  [18, 'E'],
]);
const decimalExponents: ReadonlyMap<string, number> = new Map(
  [...decimalSuffixes].map(([exponent, suffix]) => [suffix, exponent]),
);
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

const nano = -9;
const milli = -3;
const maxInt64 = 2n ** 63n - 1n;
const fitsInt64 = (value: bigint): boolean => value <= maxInt64 && value >= -maxInt64 - 1n;
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
// No sum or comparison of real quantities needs more digits; unbounded, `1e2000000000` would ask for gigabytes.
const powerOfTen = (exponent: number): bigint => 10n ** BigInt(Math.min(exponent, 100_000));

interface Suffix {
  readonly format: QuantityFormat;
  /** Of two for BinarySI, of ten otherwise. */
  readonly exponent: number;
}

const interpretSuffix = (suffix: string): Suffix | undefined => {
  const decimal = decimalExponents.get(suffix);
  if (decimal !== undefined) return { format: 'DecimalSI', exponent: decimal };
  const binary = binarySuffixes.indexOf(suffix);
  if (binary > 0) return { format: 'BinarySI', exponent: binary * 10 };
  if (!/^[eE][+-]?\d+$/.test(suffix)) return undefined;
  const exponent = BigInt(suffix.slice(1).replace('+', ''));
  return fitsInt64(exponent) ? { format: 'DecimalExponent', exponent: Number(BigInt.asIntN(32, exponent)) } : undefined;
};

/** Digits finer than 1n are rounded up: who asks for too little still gets something. */
const roundToNano = (unscaled: bigint, scale: number): { unscaled: bigint; scale: number } => {
  if (unscaled === 0n || scale >= nano) return { unscaled, scale };
  const dropped = nano - scale;
  if (dropped > unscaled.toString().length) return { unscaled: 1n, scale: nano };
  const divisor = powerOfTen(dropped);
  return { unscaled: (unscaled + divisor - 1n) / divisor, scale: nano };
};

/**
 * Reads a quantity as Kubernetes does (`resource.ParseQuantity`): no surrounding white space, digits finer than 1n
 * rounded away from zero, BinarySI capped at 2^63-1. Numbers are read as their JSON text.
 */
export const parseQuantity = (input: string | number): ParsedQuantity => {
  const written = String(input);
  const match = written === '' ? null : quantityPattern.exec(written);
  if (match === null) return { ok: false, error: formatError };
  const [, sign = '', whole = '', fraction = '', suffixText = ''] = match;
  const integer = whole.startsWith('0') ? whole.replace(/^0+/, '') : whole;
  const suffix = interpretSuffix(suffixText);
  if (suffix === undefined) return { ok: false, error: suffixError };
  const { format, exponent } = suffix;
  const binary = format === 'BinarySI';
  const signed = (value: bigint): bigint => (sign === '-' ? -value : value);

  const digits = (integer === '' ? '0' : integer) + fraction;
  const scale = (binary ? 0 : exponent) - fraction.length;
  // A binary exponent of ten takes three decimal digits; fractions of binary units are never held as integers.
  const spareDigits = binary ? 14 - digits.length - (exponent * 3) / 10 : 18 - digits.length;
  if (spareDigits >= 0 && scale >= nano && !(binary && fraction !== '')) {
    const mantissa = BigInt(digits);
    // Upstream prints these as written, canonical or not (`+5`, `007`, `5.`, `8.194k`).
    const asWritten = binary ? mantissa % 8n !== 0n : scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
    const unscaled = signed(binary ? mantissa << BigInt(exponent) : mantissa);
    return { ok: true, value: { format, unscaled, scale, int64: true, ...(asWritten ? { text: written } : {}) } };
  }

  if (whole + fraction === '') return { ok: false, error: numericError };
  const mantissa = BigInt(digits);
  const rounded = roundToNano(binary ? mantissa << BigInt(exponent) : mantissa, scale);
  if (!binary) return { ok: true, value: { format, unscaled: signed(rounded.unscaled), scale: rounded.scale, int64: false } };
  const one = powerOfTen(-rounded.scale);
  if (rounded.unscaled > maxInt64 * one)
    return { ok: true, value: { format, unscaled: signed(maxInt64), scale: 0, int64: false } };
  const small = rounded.unscaled > 0n && rounded.unscaled < one;
  return {
    ok: true,
    value: { format: small ? 'DecimalSI' : format, unscaled: signed(rounded.unscaled), scale: rounded.scale, int64: false },
  };
};

/** Reads the JSON value of a quantity field: as `parseQuantity`, surrounding white space allowed. */
export const decodeQuantity = (json: string | number): ParsedQuantity =>
  parseQuantity(typeof json === 'string' ? json.trim() : json);

/** A quantity of `value` times ten to the power of `scale` (an integer; -3 for thousandths). */
export const quantityOf = (value: number | bigint, format: QuantityFormat = 'DecimalSI', scale = 0): Quantity => ({
  format,
  unscaled: BigInt(value),
  scale,
  int64: true,
});

/** Both amounts at the finer of the two scales. */
const aligned = (a: Quantity, b: Quantity): { a: bigint; b: bigint; scale: number } => {
  const scale = Math.min(a.scale, b.scale);
  const at = (q: Quantity): bigint =>
    q.scale === scale || q.unscaled === 0n ? q.unscaled : q.unscaled * powerOfTen(q.scale - scale);
  return { a: at(a), b: at(b), scale };
};

/** -1, 0 or 1. */
export const compareQuantities = (left: Quantity, right: Quantity): -1 | 0 | 1 => {
  const { a, b } = aligned(left, right);
  return a < b ? -1 : a > b ? 1 : 0;
};

/** The sum, in the format of `a` (of `b` when `a` is zero). */
export const addQuantities = (left: Quantity, right: Quantity): Quantity => {
  const format = left.unscaled === 0n ? right.format : left.format;
  const int64 = left.int64 && right.int64;
  if (right.unscaled === 0n) return { format, unscaled: left.unscaled, scale: left.scale, int64 };
  if (left.unscaled === 0n) return { format, unscaled: right.unscaled, scale: right.scale, int64 };
  const { a, b, scale } = aligned(left, right);
  return { format, unscaled: a + b, scale, int64: int64 && fitsInt64(a + b) };
};

/** The difference, in the format of `a` (of `b` when `a` is zero). */
export const subtractQuantities = (a: Quantity, b: Quantity): Quantity => addQuantities(a, { ...b, unscaled: -b.unscaled });

/** -1, 0 or 1. */
export const quantitySign = (q: Quantity): -1 | 0 | 1 => (q.unscaled < 0n ? -1 : q.unscaled > 0n ? 1 : 0);

const withoutFactors = (amount: bigint, factor: bigint): { amount: bigint; times: number } => {
  let rest = amount;
  let times = 0;
  while (rest !== 0n && rest % factor === 0n) {
    rest /= factor;
    times++;
  }
  return { amount: rest, times };
};

const formatDecimal = (q: Quantity, format: QuantityFormat): string => {
  const { amount, times } = withoutFactors(q.unscaled, 10n);
  const exponent = q.scale + times;
  const excess = ((exponent % 3) + 3) % 3;
  const power = exponent - excess;
  // Beyond E upstream knows no suffix and prints none.
  const suffix = format === 'DecimalSI' ? (decimalSuffixes.get(power) ?? '') : power === 0 ? '' : `e${power}`;
  return `${amount * 10n ** BigInt(excess)}${suffix}`;
};

/** The canonical text: the largest suffix that loses nothing and leaves no fraction (`1.5Gi` is `1536Mi`, `0.5` is `500m`). */
export const formatQuantity = (q: Quantity): string => {
  if (q.text !== undefined) return q.text;
  if (q.unscaled === 0n) return '0';
  if (q.format !== 'BinarySI') return formatDecimal(q, q.format);
  const one = q.scale < 0 ? powerOfTen(-q.scale) : 1n;
  const whole = q.scale > 0 ? q.unscaled * powerOfTen(q.scale) : q.unscaled / one;
  if (q.unscaled % one !== 0n || absolute(whole) < 1024n) return formatDecimal(q, 'DecimalSI');
  const { amount, times } = withoutFactors(whole, 1024n);
  return `${amount}${binarySuffixes[times] ?? ''}`;
};

/** The value as a multiple of ten to the power of `scale`, rounded away from zero; undefined beyond 64 bits. */
const scaled = (q: Quantity, scale: number): bigint | undefined => {
  const shift = q.scale - scale;
  if (q.unscaled === 0n) return 0n;
  if (shift >= 0) {
    const value = shift > 19 ? undefined : q.unscaled * powerOfTen(shift);
    return value !== undefined && fitsInt64(value) ? value : undefined;
  }
  const divisor = powerOfTen(-shift);
  const quotient = q.unscaled / divisor;
  const exact = q.unscaled % divisor === 0n;
  // Upstream adds one to the truncated value of a negative decimal too.
  const value = exact ? quotient : q.unscaled < 0n && q.int64 ? quotient - 1n : quotient + 1n;
  return fitsInt64(value) ? value : undefined;
};

/** The value rounded to an integer away from zero; undefined where that does not fit 64 bits. */
export const quantityInteger = (q: Quantity): bigint | undefined => scaled(q, 0);

/** A thousand times the value, rounded to an integer away from zero; undefined where that does not fit 64 bits. */
export const quantityMilliInteger = (q: Quantity): bigint | undefined => scaled(q, milli);

/** The value if it is an integer held as one, undefined otherwise (`AsInt64`). */
export const asInt64 = (q: Quantity): bigint | undefined => (q.int64 && q.scale >= 0 ? scaled(q, 0) : undefined);

const asNumber = (q: Quantity, value: bigint | undefined): number =>
  value === undefined ? Number(maxInt64) * quantitySign(q) : Number(value);

/** The value, rounded away from zero, as a JavaScript number (exact up to 2^53, held within 64 bits). */
export const toNumber = (q: Quantity): number => asNumber(q, quantityInteger(q));

/** A thousand times the value, rounded away from zero, as a JavaScript number (exact up to 2^53, held within 64 bits). */
export const toMilli = (q: Quantity): number => asNumber(q, quantityMilliInteger(q));

interface Amounts {
  readonly value: number;
  readonly milli: number;
}

// A cluster writes few distinct quantities very many times; bounded so that a hostile manifest cannot grow it.
const knownAmounts = new Map<string, Amounts>();
const knownAmountsLimit = 10_000;

const amountsOf = (text: string): Amounts => {
  const known = knownAmounts.get(text);
  if (known !== undefined) return known;
  const parsed = decodeQuantity(text);
  const amounts = parsed.ok ? { value: toNumber(parsed.value), milli: toMilli(parsed.value) } : { value: 0, milli: 0 };
  if (knownAmounts.size >= knownAmountsLimit) knownAmounts.clear();
  knownAmounts.set(text, amounts);
  return amounts;
};

/**
 * The value of a quantity field, rounded away from zero: bytes of `16Gi`, Pods of `110`. Fast: for schedulers and sums.
 * 0 for an absent field and for text that is no quantity (validation refuses such an object before).
 */
export const quantityValue = (json: string | number | undefined): number => {
  if (json === undefined) return 0;
  if (typeof json === 'number') return Number.isSafeInteger(json) ? json : amountsOf(String(json)).value;
  return amountsOf(json).value;
};

/** As `quantityValue`, in thousandths: millicores of `500m` or `2`. */
export const milliValue = (json: string | number | undefined): number =>
  json === undefined ? 0 : amountsOf(typeof json === 'number' ? String(json) : json).milli;
