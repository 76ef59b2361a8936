import { isBase64 } from '../decode/scalar.js';
import { parseAddress, parseCidr } from '../validate/ip.js';

type Check = (text: string) => boolean;

const matches =
  (pattern: RegExp): Check =>
  (text) =>
    pattern.test(text);

const date: Check = (text) => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return false;
  const [year = 0, month = 0, day = 0] = parts.slice(1).map(Number);
  const at = new Date(Date.UTC(2000, month - 1, day));
  at.setUTCFullYear(year, month - 1, day);
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
};

const dateTime: Check = (text) => {
  const [day = '', time] = text.toLowerCase().split('t');
  const clock = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/.exec(time ?? '');
  if (clock === null || !date(day)) return false;
  const [, hour = '', minute = '', second = ''] = clock;
  return hour <= '23' && minute <= '59' && second <= '59';
};

const goDuration = /^[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
const units = /^(ns|us|µs|ms|s|m|h|hr|d|w|wk|nano.*|micro.*|milli.*|sec.*|min.*|hour.*|day.*|week.*)$/i;

/** As Go parses durations, or Scala: `22 ns`, `3 days`. */
const duration: Check = (text) =>
  goDuration.test(text) || [...text.matchAll(/(?<!\d)\d+\s*([A-Za-zµ]+)/g)].some(([, unit = '']) => units.test(unit));

const letter = String.raw`a-zA-Z0-9\p{S}\p{L}`;
const hostnamePattern = new RegExp(
  String.raw`^([${letter}]((-?[${letter}]{0,62})?)|([${letter}](([${letter}\-]{0,61}[${letter}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$`,
  'u',
);
const hostname: Check = (text) =>
  text.length <= 255 && text.split('.').every((part) => part.length <= 63) && hostnamePattern.test(text);

const luhn: Check = (text) => {
  let sum = 0;
  for (const [index, digit] of [...text].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
};
const creditCardPattern =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/;
const creditCard: Check = (text) => {
  const digits = text.replace(/[^0-9]+/g, '');
  return creditCardPattern.test(digits) && luhn(digits);
};

const isbn10: Check = (text) => {
  const digits = text.replace(/[\s-]+/g, '');
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  const sum = [...digits].reduce((total, digit, index) => total + (index + 1) * (digit === 'X' ? 10 : Number(digit)), 0);
  return sum % 11 === 0;
};
const isbn13: Check = (text) => {
  const digits = text.replace(/[\s-]+/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  return [...digits].reduce((total, digit, index) => total + (index % 2 === 0 ? 1 : 3) * Number(digit), 0) % 10 === 0;
};

/** What Go's `url.ParseRequestURI` takes: an absolute URI or an absolute path. */
const uri: Check = (text) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\x00-\x1f\x7f]/.test(text) || /%(?![0-9A-Fa-f]{2})/.test(text)) return false;
  if (text.startsWith('/') || text === '*') return true;
  const [, rest] = /^[A-Za-z][A-Za-z0-9+.-]*:(.*)$/.exec(text) ?? [];
  if (rest === undefined) return false;
  const [, authority] = /^\/\/([^/?#]*)/.exec(rest) ?? [];
  return authority === undefined || /^([^@\s]*@)?(\[[^\]]*\]|[^\s:[\]<>"\\^`{|}]*)(:\d*)?$/.test(authority);
};

const mailAtom = String.raw`[\p{L}\p{N}!#$%&'*+/=?^_\x60{|}~-]+`;
const mailAddress = String.raw`(?:${mailAtom}(?:\.${mailAtom})*|"(?:[^"\\]|\\.)*")@(?:${mailAtom}(?:\.${mailAtom})*|\[[0-9a-fA-F.:]+\])`;
const mailPattern = new RegExp(String.raw`^(?:\s*${mailAddress}|[^<>@]*<${mailAddress}>)\s*$`, 'u');

const hex = '[0-9a-f]';
const uuid = (third: string, fourth: string): Check =>
  matches(new RegExp(`^${hex}{8}-?${hex}{4}-?${third}-?${fourth}-?${hex}{12}$`, 'i'));
const octet = '(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])';
const shortName = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** The formats of strings that the server checks, by their names without dashes. */
const checks = new Map<string, Check>([
  ['bsonobjectid', matches(/^[0-9a-fA-F]{24}$/)],
  ['byte', (text) => text !== '' && !/[\r\n]/.test(text) && isBase64(text)],
  ['cidr', (text) => parseCidr(text) !== undefined],
  ['creditcard', creditCard],
  ['date', date],
  ['datetime', dateTime],
  ['duration', duration],
  ['email', matches(mailPattern)],
  ['hexcolor', matches(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)],
  ['hostname', hostname],
  ['ipv4', (text) => text.includes('.') && parseAddress(text) !== undefined],
  ['ipv6', (text) => text.includes(':') && parseAddress(text) !== undefined],
  ['isbn', (text) => isbn10(text) || isbn13(text)],
  ['isbn10', isbn10],
  ['isbn13', isbn13],
  ['k8slongname', (text) => text.length <= 253 && new RegExp(`^${shortName}(\\.${shortName})*$`).test(text)],
  ['k8sshortname', (text) => text.length <= 63 && new RegExp(`^${shortName}$`).test(text)],
  [
    'mac',
    matches(
      /^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2){4}[0-9a-f]{2}((\2[0-9a-f]{2}){2}|(\2[0-9a-f]{2}){14})?$|^([0-9a-f]{4}\.){2}([0-9a-f]{4})((\.[0-9a-f]{4})|(\.[0-9a-f]{4}){7})?$/i,
    ),
  ],
  ['password', () => true],
  ['rgbcolor', matches(new RegExp(`^rgb\\(\\s*${octet}\\s*,\\s*${octet}\\s*,\\s*${octet}\\s*\\)$`))],
  ['ssn', matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/)],
  ['uri', uri],
  ['uuid', uuid(`${hex}{4}`, `${hex}{4}`)],
  ['uuid3', uuid(`3${hex}{3}`, `${hex}{4}`)],
  ['uuid4', uuid(`4${hex}{3}`, `[89ab]${hex}{3}`)],
  ['uuid5', uuid(`5${hex}{3}`, `[89ab]${hex}{3}`)],
]);

/** The check of a string's format, undefined when there is none of that name. */
export const formatCheck = (format: string): Check | undefined => checks.get(format.replaceAll('-', ''));

/** Whether the server checks a format in a schema of these types; it ignores all others. */
export const isKnownFormat = (format: string, types: readonly string[]): boolean => {
  const type = types.length === 1 ? types[0] : '';
  switch (type) {
    case '':
    case 'string':
      return formatCheck(format) !== undefined;
    case 'integer':
      return format === 'int32' || format === 'int64';
    case 'number':
      return format === 'float' || format === 'double';
    default:
      return false;
  }
};
