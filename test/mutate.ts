/** mulberry32: a small generator whose numbers follow from its seed. */
export const generator = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

export type Random = () => number;
export const pick = <T>(random: Random, list: readonly T[]): T => {
  const picked = list[Math.floor(random() * list.length)];
  if (picked === undefined) throw new RangeError('an empty list');
  return picked;
};

/** Values that are wrong nearly everywhere. */
export const nasty: readonly unknown[] = [
  null,
  true,
  '',
  'yes',
  '0123',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '__proto__',
  'a'.repeat(300),
  '\u0000\u001b[31m\u202e',
  'ü',
  -1,
  0,
  1.5,
  1e308,
  9007199254740991,
  '1e3',
  '500m',
  '1Gi',
  [],
  {},
  [[]],
  [null],
  { a: { b: { c: [] } } },
  'NaN',
  '$(HOME)',
  '*',
  '{{ .Values.x }}',
  99999,
  '2026-01-01',
  ['x', 1, {}],
];
const names = [
  'metadata',
  'spec',
  'name',
  'containers',
  'kind',
  'apiVersion',
  '__proto__',
  'constructor',
  'toString',
  'a/b',
  'x'.repeat(100),
  '',
  'template',
  'labels',
  'selector',
  'nodeSelector',
  'replicas',
];

/** Every map and list of a value, so that a mutation can strike anywhere. */
const places = (value: unknown): readonly (Record<string, unknown> | unknown[])[] =>
  typeof value !== 'object' || value === null ? [] : [value as Record<string, unknown>, ...Object.values(value).flatMap(places)];

/** Strikes one place of the object: removes, renames, wraps or replaces. */
export const mutateObject = (random: Random, object: unknown): void => {
  const place = pick(random, places(object));
  if (Array.isArray(place)) {
    const index = Math.floor(random() * (place.length + 1));
    if (random() < 0.4) place.splice(index, 1);
    else if (random() < 0.5 && place.length > 0) place.push(place[0]);
    else place[index] = pick(random, nasty);
    return;
  }
  const keys = Object.keys(place);
  const key = keys.length === 0 || random() < 0.2 ? pick(random, names) : pick(random, keys);
  const value = Object.hasOwn(place, key) ? place[key] : null;
  const act = random();
  if (act < 0.25) delete place[key];
  else if (act < 0.4) {
    delete place[key];
    Object.defineProperty(place, random() < 0.5 ? pick(random, names) : `${key}s`, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else if (act < 0.5)
    Object.defineProperty(place, key, { value: [value], enumerable: true, configurable: true, writable: true });
  else Object.defineProperty(place, key, { value: pick(random, nasty), enumerable: true, configurable: true, writable: true });
};
