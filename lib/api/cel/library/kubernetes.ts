import * as names from '../../names.js';
import {
  addQuantities,
  asInt64,
  compareQuantities,
  parseQuantity,
  type Quantity,
  quantityInteger,
  quantityOf,
  quantitySign,
  subtractQuantities,
} from '../../quantity.js';
import { fail } from '../fault.js';
import { Opaque, Optional } from '../value.js';
import type { Library } from './signature.js';

interface Comparable<T> {
  readonly of: T;
  readonly equals: (other: unknown) => boolean;
}

const comparable = <T>(type: string, of: T, compare: (a: T, b: T) => number): Opaque =>
  new Opaque(type, { of, equals: (other: unknown) => compare(of, (other as Comparable<T>).of) === 0 });

const contentOf = <T>(value: Opaque): T => (value.content as Comparable<T>).of;

const quantity = (of: Quantity): Opaque => comparable('kubernetes.Quantity', of, compareQuantities);
const amount = (value: Opaque): Quantity => contentOf<Quantity>(value);

const readQuantity = (text: string): Opaque => {
  const parsed = parseQuantity(text);
  return parsed.ok ? quantity(parsed.value) : fail(parsed.error);
};

const approximate = ({ format, unscaled, scale }: Quantity): number =>
  format === undefined ? Number.NaN : Number(`${unscaled}e${scale}`);
const isWhole = (of: Quantity): boolean => asInt64(of) !== undefined;

const quantities: Library = {
  'quantity: (string) quantity': readQuantity,
  'isQuantity: (string) bool': (text: string) => parseQuantity(text).ok,
  'sign: quantity.() int': (value: Opaque) => BigInt(quantitySign(amount(value))),
  'isGreaterThan: quantity.(quantity) bool': (a: Opaque, b: Opaque) => compareQuantities(amount(a), amount(b)) > 0,
  'isLessThan: quantity.(quantity) bool': (a: Opaque, b: Opaque) => compareQuantities(amount(a), amount(b)) < 0,
  'compareTo: quantity.(quantity) int': (a: Opaque, b: Opaque) => BigInt(compareQuantities(amount(a), amount(b))),
  'asApproximateFloat: quantity.() double': (value: Opaque) => approximate(amount(value)),
  'asInteger: quantity.() int': (value: Opaque) => {
    const of = amount(value);
    return isWhole(of) ? (quantityInteger(of) ?? 0n) : fail('cannot convert value to integer');
  },
  'isInteger: quantity.() bool': (value: Opaque) => isWhole(amount(value)),
  'add: quantity.(quantity) quantity': (a: Opaque, b: Opaque) => quantity(addQuantities(amount(a), amount(b))),
  'add: quantity.(int) quantity': (a: Opaque, b: bigint) => quantity(addQuantities(amount(a), quantityOf(b))),
  'sub: quantity.(quantity) quantity': (a: Opaque, b: Opaque) => quantity(subtractQuantities(amount(a), amount(b))),
  'sub: quantity.(int) quantity': (a: Opaque, b: bigint) => quantity(subtractQuantities(amount(a), quantityOf(b))),
};

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];
}

const versionPattern =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/** `v1.2` becomes `1.2.0`. */
const normalized = (text: string): string => {
  const bare = text.replace(/^v/, '');
  const [core = '', ...rest] = bare.split(/(?=[-+])/);
  const numbers = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (numbers.length < 3) numbers.push('0');
  return numbers.join('.') + rest.join('');
};

const parseVersion = (text: string, normalize = false): Version | undefined => {
  const match = versionPattern.exec(normalize ? normalized(text) : text);
  if (match === null) return undefined;
  const [, major = '0', minor = '0', patch = '0', pre = ''] = match;
  return { numbers: [BigInt(major), BigInt(minor), BigInt(patch)], pre: pre === '' ? [] : pre.split('.') };
};

const comparePre = (a: string, b: string): number => {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  if (left !== right) return left ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
};

const compareVersions = (a: Version, b: Version): number => {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  for (let at = 0; at < Math.min(a.pre.length, b.pre.length); at++) {
    const order = comparePre(a.pre[at] ?? '', b.pre[at] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(a.pre.length - b.pre.length);
};

const semver = (text: string, normalize = false): Opaque =>
  comparable('kubernetes.Semver', parseVersion(text, normalize) ?? fail(versionFault(text)), compareVersions);

const versionFault = (text: string): string => {
  if (text === '') return 'Version string empty';
  const parts = text.split('.');
  if (parts.length < 3) return 'No Major.Minor.Patch elements found';
  const wrong = parts.slice(0, 2).find((part) => !/^\d+$/.test(part));
  if (wrong !== undefined)
    return `Invalid character(s) found in ${wrong === parts[0] ? 'major' : 'minor'} number ${JSON.stringify(wrong)}`;
  return `Invalid character(s) found in patch number ${JSON.stringify(parts[2])}`;
};

const part = (index: 0 | 1 | 2) => (value: Opaque) => contentOf<Version>(value).numbers[index];
const versionOrder = (a: Opaque, b: Opaque): number => compareVersions(contentOf(a), contentOf(b));

const versions: Library = {
  'semver: (string) semver': (text: string) => semver(text),
  'semver: (string, bool) semver': semver,
  'isSemver: (string) bool': (text: string) => parseVersion(text) !== undefined,
  'isSemver: (string, bool) bool': (text: string, normalize: boolean) => parseVersion(text, normalize) !== undefined,
  'isGreaterThan: semver.(semver) bool': (a: Opaque, b: Opaque) => versionOrder(a, b) > 0,
  'isLessThan: semver.(semver) bool': (a: Opaque, b: Opaque) => versionOrder(a, b) < 0,
  'compareTo: semver.(semver) int': (a: Opaque, b: Opaque) => BigInt(versionOrder(a, b)),
  'major: semver.() int': part(0),
  'minor: semver.() int': part(1),
  'patch: semver.() int': part(2),
};

/** A prefix of a generated name may end in a dash: it is judged with a letter in its place. */
const prefix = (check: names.NameCheck) => (text: string) =>
  check(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -1)}a` : text);

const says = (holds: (text: string) => boolean, fault: string) => (text: string) => (holds(text) ? [] : [fault]);

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

const uriFaults = (text: string): readonly string[] => {
  if (text === '') return ['parse "": empty url'];
  if (text.startsWith('/')) return [];
  return URL.canParse(text) ? [] : [`parse ${JSON.stringify(text)}: invalid URI for request`];
};

const formats = new Map<string, (text: string) => readonly string[]>([
  ['dns1123Label', names.dns1123Label],
  ['dns1123Subdomain', names.dns1123Subdomain],
  ['dns1035Label', names.dns1035Label],
  ['qualifiedName', names.qualifiedName],
  ['dns1123LabelPrefix', prefix(names.dns1123Label)],
  ['dns1123SubdomainPrefix', prefix(names.dns1123Subdomain)],
  ['dns1035LabelPrefix', prefix(names.dns1035Label)],
  ['labelValue', names.labelValue],
  ['uri', uriFaults],
  [
    'uuid',
    says(
      (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
      'does not match the UUID format',
    ),
  ],
  ['byte', says((text) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text), 'invalid base64')],
  ['date', says(isDate, 'invalid date')],
  ['datetime', says((text) => /^\d{4}-\d{2}-\d{2}[Tt ]/.test(text) && !Number.isNaN(Date.parse(text)), 'invalid datetime')],
]);

const formatOf = (name: string): Opaque => new Opaque('kubernetes.NamedFormat', name);

const namedFormats: Library = {
  'format.named: (string) optional(format)': (name: string) => new Optional(formats.has(name) ? formatOf(name) : undefined),
  'validate: format.(string) optional(list(string))': (format: Opaque, text: string) => {
    const faults = formats.get(String(format.content))?.(text) ?? [];
    return new Optional(faults.length === 0 ? undefined : [...faults]);
  },
  ...Object.fromEntries([...formats.keys()].map((name) => [`format.${name}: () format`, () => formatOf(name)])),
};

const patches: Library = {
  'jsonpatch.escapeKey: (string) string': (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1'),
};

/** The libraries of the API server that are about its own formats. */
export const kubernetes: readonly Library[] = [quantities, versions, namedFormats, patches];
