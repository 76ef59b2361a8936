/**
 * How kubectl understands a plain (unquoted) scalar. It reads YAML with sigs.k8s.io/yaml, which stands on go-yaml v2: booleans
 * and octal numbers of YAML 1.1, but neither its base-60 numbers nor its dates.
 */

const words: ReadonlyMap<string, boolean | number | null> = new Map<string, boolean | number | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

const suspicious = /^[-+.0-9yYnNtTfFoO~]|^$/;
const based = /^([-+]?)(0(?:[xX][0-9a-fA-F]{1,16}|[bB][01]{1,64}|[oO]?[0-7]{1,22}))$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** Value of a plain scalar. Infinite and NaN only for `.inf` and `.nan`, which JSON cannot hold. */
export const resolvePlain = (text: string): string | number | boolean | null => {
  if (!suspicious.test(text)) return text;
  const word = words.get(text);
  if (word !== undefined) return word;
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  const inBase = based.exec(digits);
  if (inBase !== null) {
    const [, sign, magnitude = ''] = inBase;
    const value = Number(/^0[0-7]/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude);
    return sign === '-' && value !== 0 ? -value : value;
  }
  if (!decimal.test(digits)) return text;
  const value = Number(digits);
  // Go's ParseFloat gives up where Number() says infinite, and the scalar stays a string.
  return Number.isFinite(value) ? value + 0 : text;
};

/** Name of a mapping key: JSON has only strings. undefined where the key has none. */
export const keyOf = (key: string | number | boolean | null): string | undefined =>
  key === null || (typeof key === 'number' && !Number.isFinite(key)) ? undefined : String(key);

/** Sets an own property, whatever its name. */
export const put = (target: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  else target[key] = value;
};
