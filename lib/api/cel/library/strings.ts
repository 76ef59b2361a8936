import { escapes } from '../../quote.js';
import { fail } from '../fault.js';
import { durationText, timestampText } from '../time.js';
import { Duration, isList, isMap, Timestamp, TypeValue, typeNameOf, Uint, type Value } from '../value.js';
import type { Library } from './signature.js';
import { doubleText } from './standard.js';

const points = (text: string): readonly string[] => [...text];
const outOfRange = (index: bigint): never => fail(`index out of range: ${index}`);

const within = (index: bigint, length: number): number =>
  index < 0n || index > BigInt(length) ? outOfRange(index) : Number(index);

const charAt = (text: string, index: bigint): string => {
  const characters = points(text);
  return characters[within(index, characters.length)] ?? '';
};

const startsAt = (characters: readonly string[], part: readonly string[], at: number): boolean =>
  part.every((character, index) => characters[at + index] === character);

const indexOf = (text: string, part: string, from = 0n): bigint => {
  const characters = points(text);
  const sought = points(part);
  const first = within(from, characters.length);
  for (let at = first; at <= characters.length - sought.length; at++) {
    if (startsAt(characters, sought, at)) return BigInt(at);
  }
  return -1n;
};

const lastIndexOf = (text: string, part: string, from?: bigint): bigint => {
  const characters = points(text);
  const sought = points(part);
  const start = from === undefined ? characters.length : within(from, characters.length);
  for (let at = Math.min(start, characters.length - sought.length); at >= 0; at--) {
    if (startsAt(characters, sought, at)) return BigInt(at);
  }
  return -1n;
};

const replace = (text: string, old: string, next: string, limit = -1n): string => {
  if (limit < 0n) return text.replaceAll(old, () => next);
  let count = limit;
  return text.replaceAll(old, (found) => (count-- > 0n ? next : found));
};

const split = (text: string, separator: string, limit = -1n): readonly string[] => {
  if (limit === 0n) return [];
  const parts = separator === '' ? [...text] : text.split(separator);
  if (limit < 0n || BigInt(parts.length) <= limit) return parts;
  const kept = parts.slice(0, Number(limit) - 1);
  return [...kept, parts.slice(Number(limit) - 1).join(separator)];
};

const substring = (text: string, start: bigint, end?: bigint): string => {
  const characters = points(text);
  if (end !== undefined && start > end) return fail(`invalid substring range. start: ${start}, end: ${end}`);
  const first = within(start, characters.length);
  return characters.slice(first, end === undefined ? undefined : within(end, characters.length)).join('');
};

const join = (list: readonly Value[], separator = ''): string =>
  list.map((item) => (typeof item === 'string' ? item : fail(`join: invalid input: ${String(item)}`))).join(separator);

const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const upper = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
const trim = (text: string): string => {
  const isBlank = (at: number): boolean => /[^\S\ufeff]|\u0085/.test(text.charAt(at));
  let start = 0;
  let end = text.length;
  while (isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
};

const quote = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped
  `"${text.replace(/[\x07\b\f\n\r\t\v\\"]/g, (character) => escapes.get(character) ?? character)}"`;

/** A value as `%s` prints it; strings within lists and maps are quoted only for `%s` of a string in a map key. */
const textOf = (value: Value): string => {
  if (typeof value === 'string') return value;
  if (value === null) return 'null';
  if (typeof value === 'number') return doubleText(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof TypeValue) return value.name;
  if (isList(value)) return `[${value.map(textOf).join(', ')}]`;
  if (isMap(value)) {
    const pairs = value.keys().map((key) => `${textOf(key)}: ${textOf(value.get(key) ?? null)}`);
    return `{${pairs.sort().join(', ')}}`;
  }
  return fail(`could not convert argument ${typeNameOf(value)} to string`);
};

const wrong = (letter: string, allowed: string, value: Value): never =>
  fail(`error during formatting: ${letter} clause can only be used on ${allowed}, was given ${typeNameOf(value)}`);

const hexOf = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const clause = (letter: string, precision: number | undefined, value: Value): string => {
  const whole = value instanceof Uint ? value.value : value;
  switch (letter) {
    case 's':
      return textOf(value);
    case 'd':
      if (typeof whole === 'bigint') return String(whole);
      return typeof whole === 'number' && !Number.isFinite(whole) ? textOf(whole) : wrong('decimal', 'integers', value);
    case 'f':
    case 'e': {
      const number = typeof whole === 'bigint' ? Number(whole) : whole;
      if (typeof number !== 'number') return wrong(letter === 'f' ? 'fixed-point' : 'scientific', 'doubles', value);
      if (!Number.isFinite(number)) return textOf(number);
      const text = letter === 'f' ? number.toFixed(precision ?? 6) : number.toExponential(precision ?? 6);
      return text.replace(/e([+-])(\d)$/, 'e$10$2');
    }
    case 'b':
      if (typeof whole === 'boolean') return whole ? '1' : '0';
      return typeof whole === 'bigint' ? whole.toString(2) : wrong('only integers and bools', 'integers and bools', value);
    case 'o':
      return typeof whole === 'bigint' ? whole.toString(8) : wrong('octal', 'integers', value);
    case 'x':
    case 'X': {
      const text =
        typeof whole === 'bigint'
          ? whole.toString(16)
          : typeof whole === 'string'
            ? hexOf(whole)
            : whole instanceof Uint8Array
              ? [...whole].map((byte) => byte.toString(16).padStart(2, '0')).join('')
              : wrong('hex', 'integers, byte buffers, and strings', value);
      return letter === 'X' ? text.toUpperCase() : text;
    }
    default:
      return fail(`could not parse formatting clause: unrecognized formatting clause "${letter}"`);
  }
};

const format = (text: string, values: readonly Value[]): string => {
  let index = 0;
  return text.replace(/%(?:%|(?:\.(\d+))?([\s\S]?))/g, (found, precision: string | undefined, letter: string | undefined) => {
    if (found === '%%') return '%';
    const value = values[index];
    if (value === undefined) return fail(`index ${index} out of range`);
    index++;
    return clause(letter ?? '', precision === undefined ? undefined : Number(precision), value);
  });
};

export const strings: Library = {
  'charAt: string.(int) string': charAt,
  'format: string.(list(dyn)) string': format,
  'indexOf: string.(string) int': (text: string, part: string) => indexOf(text, part),
  'indexOf: string.(string, int) int': indexOf,
  'join: list(string).() string': (list: readonly Value[]) => join(list),
  'join: list(string).(string) string': join,
  'lastIndexOf: string.(string) int': (text: string, part: string) => lastIndexOf(text, part),
  'lastIndexOf: string.(string, int) int': lastIndexOf,
  'lowerAscii: string.() string': lower,
  'replace: string.(string, string) string': (text: string, old: string, next: string) => replace(text, old, next),
  'replace: string.(string, string, int) string': replace,
  'split: string.(string) list(string)': (text: string, separator: string) => split(text, separator),
  'split: string.(string, int) list(string)': split,
  'strings.quote: (string) string': quote,
  'substring: string.(int) string': (text: string, start: bigint) => substring(text, start),
  'substring: string.(int, int) string': substring,
  'trim: string.() string': trim,
  'upperAscii: string.() string': upper,
};
