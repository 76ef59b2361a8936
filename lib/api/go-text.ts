/** A number as the server prints it in messages (Go's `%v` of int64 and float64): `3`, `0.7`, `1.5e+06`. */
export const numberText = (value: number): string => {
  if (Number.isInteger(value)) return String(value);
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
};

/** A JSON value as the server prints it with `%v`: `map[a:1 b:[x y]]`. */
export const goText = (value: unknown): string => {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([name, item]) => `${name}:${goText(item)}`).join(' ')}]`;
};
