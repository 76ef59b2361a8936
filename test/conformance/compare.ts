const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shortText = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length <= 300 ? text : `${text.slice(0, 297)}...`;
};

const collect = (expected: unknown, actual: unknown, path: string, limit: number, lines: string[]): void => {
  if (lines.length >= limit || Object.is(expected, actual)) return;
  const report = (): void => {
    lines.push(`${path === '' ? 'whole' : path}: recorded ${shortText(expected)}, got ${shortText(actual)}`);
  };
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) {
      lines.push(
        `${path === '' ? 'whole' : path}: recorded ${expected.length} items ${shortText(expected)}, got ${actual.length} ${shortText(actual)}`,
      );
      return;
    }
    for (const [index, item] of expected.entries()) collect(item, actual[index], `${path}[${index}]`, limit, lines);
  } else if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const child = path === '' ? key : `${path}.${key}`;
      const own = (value: Readonly<Record<string, unknown>>): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);
      collect(own(expected), own(actual), child, limit, lines);
    }
  } else if (expected !== actual) {
    report();
  }
};

/**
 * Where two JSON values differ, one readable line a place, at most `limit`; empty when they are equal. The order of keys
 * does not matter, and a field that is undefined counts as absent.
 */
export const differences = (expected: unknown, actual: unknown, path = '', limit = 5): string[] => {
  const lines: string[] = [];
  collect(expected, actual, path, limit, lines);
  return lines;
};
