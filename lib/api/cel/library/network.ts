import { type Address, type Cidr, contains, parseAddress, parseCidr } from '../../validate/ip.js';
import { fail } from '../fault.js';
import { LiteralMap, Opaque, type Value } from '../value.js';
import type { Library } from './signature.js';

const isMapped = (text: string): boolean => {
  const address = text.includes(':') ? parseAddress(text) : undefined;
  return address !== undefined && address.value >> 32n === 0xffffn;
};
const hasLeadingZero = (text: string): boolean => !text.includes(':') && /(^|\.)0\d/.test(text);

/** The shortest text of an address. */
const addressText = ({ family, value }: Address): string => {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16));
  const zeros = [...groups.join(':').matchAll(/(?<=^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  if (zeros === undefined) return groups.join(':');
  const text = groups.join(':');
  const head = text.slice(0, zeros.index).replace(/:$/, '');
  const tail = text.slice(zeros.index + zeros[0].length).replace(/^:/, '');
  return `${head}::${tail}`;
};

const addressFault = (text: string): string | undefined => {
  const address = parseAddress(text);
  const quoted = JSON.stringify(text);
  if (address === undefined || hasLeadingZero(text)) {
    return `IP Address ${quoted} parse error during conversion from string: ParseAddr(${quoted}): ${goFault(text)}`;
  }
  return isMapped(text) ? `IPv4-mapped IPv6 address ${quoted} is not allowed` : undefined;
};

const goFault = (text: string): string => {
  if (text.includes(':')) return 'unexpected character, want colon';
  if (!text.includes('.')) return 'unable to parse IP';
  if (/[^0-9.]/.test(text)) return 'unexpected character';
  if (text.split('.').some((field) => field.length > 1 && field.startsWith('0'))) return 'IPv4 field has octet with leading zero';
  if (text.split('.').some((field) => Number(field) > 255)) return 'IPv4 field has value >255';
  return text.split('.').length < 4 ? 'IPv4 address too short' : 'IPv4 address too long';
};

const ipOf = (address: Address): Opaque =>
  new Opaque('net.IP', { address, equals: (other: unknown) => addressText((other as Content).address) === addressText(address) });

interface Content {
  readonly address: Address;
}

const readIp = (text: string): Opaque => {
  const fault = addressFault(text);
  const address = parseAddress(text);
  return fault !== undefined || address === undefined ? fail(fault ?? '') : ipOf(address);
};

const addressOf = (ip: Opaque): Address => (ip.content as Content).address;

const range = (text: string): Cidr => parseCidr(text) ?? fail('no range');
const lies =
  (four: string | undefined, six: string) =>
  (ip: Opaque): boolean => {
    const address = addressOf(ip);
    const text = address.family === 'IPv4' ? four : six;
    return text !== undefined && contains(range(text), address);
  };

const isUnspecified = (ip: Opaque): boolean => addressOf(ip).value === 0n;
const isLoopback = lies('127.0.0.0/8', '::1/128');
const isLinkLocalMulticast = lies('224.0.0.0/24', 'ff02::/16');
const isLinkLocalUnicast = lies('169.254.0.0/16', 'fe80::/10');
const isMulticast = lies('224.0.0.0/4', 'ff00::/8');
const isBroadcast = lies('255.255.255.255/32', '::/128');

const addresses: Library = {
  'ip: (string) ip': readIp,
  'isIP: (string) bool': (text: string) => addressFault(text) === undefined,
  'ip.isCanonical: (string) bool': (text: string) => addressText(addressOf(readIp(text))) === text,
  'family: ip.() int': (ip: Opaque) => (addressOf(ip).family === 'IPv4' ? 4n : 6n),
  'isUnspecified: ip.() bool': isUnspecified,
  'isLoopback: ip.() bool': isLoopback,
  'isLinkLocalMulticast: ip.() bool': isLinkLocalMulticast,
  'isLinkLocalUnicast: ip.() bool': isLinkLocalUnicast,
  'isGlobalUnicast: ip.() bool': (ip: Opaque) =>
    ![isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast, isBroadcast].some((is) => is(ip)),
  'string: (ip) string': (ip: Opaque) => addressText(addressOf(ip)),
};

const cidrFault = (text: string): string | undefined => {
  const cidr = parseCidr(text);
  const [host = '', length] = text.split('/');
  if (cidr === undefined || hasLeadingZero(host) || /^0\d/.test(length ?? '')) {
    const quoted = JSON.stringify(text);
    const why =
      length === undefined
        ? "no '/'"
        : parseAddress(host) === undefined
          ? `ParseAddr(${JSON.stringify(host)}): ${goFault(host)}`
          : 'prefix length out of range';
    return `network address parse error during conversion from string: netip.ParsePrefix(${quoted}): ${why}`;
  }
  return isMapped(host) ? `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed` : undefined;
};

const cidrText = ({ address, length }: Cidr): string => `${addressText(address)}/${length}`;
const cidrValue = (cidr: Cidr): Opaque =>
  new Opaque('net.CIDR', { cidr, equals: (other: unknown) => cidrText((other as { cidr: Cidr }).cidr) === cidrText(cidr) });
const cidrOf = (value: Opaque): Cidr => (value.content as { readonly cidr: Cidr }).cidr;

const readCidr = (text: string): Opaque => {
  const fault = cidrFault(text);
  const cidr = parseCidr(text);
  return fault !== undefined || cidr === undefined ? fail(fault ?? '') : cidrValue(cidr);
};

const containsIp = (cidr: Opaque, ip: Opaque): boolean => contains(cidrOf(cidr), addressOf(ip));
const containsCidr = (outer: Opaque, inner: Opaque): boolean =>
  cidrOf(outer).length <= cidrOf(inner).length && contains(cidrOf(outer), cidrOf(inner).address);

const masked = ({ address, length }: Cidr): Cidr => {
  const bits = BigInt((address.family === 'IPv4' ? 32 : 128) - length);
  return { address: { ...address, value: (address.value >> bits) << bits }, length };
};

const ranges: Library = {
  'cidr: (string) cidr': readCidr,
  'isCIDR: (string) bool': (text: string) => cidrFault(text) === undefined,
  'containsIP: cidr.(string) bool': (cidr: Opaque, text: string) => containsIp(cidr, readIp(text)),
  'containsIP: cidr.(ip) bool': containsIp,
  'containsCIDR: cidr.(string) bool': (cidr: Opaque, text: string) => containsCidr(cidr, readCidr(text)),
  'containsCIDR: cidr.(cidr) bool': containsCidr,
  'ip: cidr.() ip': (cidr: Opaque) => ipOf(cidrOf(cidr).address),
  'prefixLength: cidr.() int': (cidr: Opaque) => BigInt(cidrOf(cidr).length),
  'masked: cidr.() cidr': (cidr: Opaque) => cidrValue(masked(cidrOf(cidr))),
  'string: (cidr) string': (cidr: Opaque) => cidrText(cidrOf(cidr)),
};

interface Url {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** Reads an absolute URL or a path, as Go's `url.ParseRequestURI`; the parts keep the case they are written in. */
const parseUrl = (text: string): Url | undefined => {
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?]*))?)?([^?]*)(?:\?(.*))?$/s.exec(text);
  if (match === null || text === '' || /[\s"<>^`{|}\\]/.test(text.split('?')[0] ?? '')) return undefined;
  const [, scheme = '', authority = '', path = '', query = ''] = match;
  if (scheme === '' && !path.startsWith('/')) return undefined;
  if (scheme !== '' && match[2] === undefined && !path.startsWith('/')) return undefined;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (!/^(?:\[[0-9a-fA-F:.%]+\]|[^:[\]]*)(?::\d*)?$/.test(host) || /%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  return { scheme: scheme.toLowerCase(), host, path, query };
};

const urlOf = (value: Opaque): Url => (value.content as { readonly url: Url }).url;

const readUrl = (text: string): Opaque => {
  const url = parseUrl(text);
  if (url === undefined) {
    const quoted = JSON.stringify(text);
    return fail(
      `URL parse error during conversion from string: parse ${quoted}: ${text === '' ? 'empty url' : 'invalid URI for request'}`,
    );
  }
  return new Opaque('kubernetes.URL', {
    url,
    equals: (other: unknown) => JSON.stringify((other as { url: Url }).url) === JSON.stringify(url),
  });
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

const queryOf = (query: string): Value => {
  const values = new Map<string, Value[]>();
  for (const pair of query.split('&').filter((text) => text !== '')) {
    const [key = '', ...rest] = pair.split('=');
    const name = decoded(key);
    values.set(name, [...(values.get(name) ?? []), decoded(rest.join('='))]);
  }
  return new LiteralMap(values);
};

const port = /:(\d*)$/;

const urls: Library = {
  'url: (string) url': readUrl,
  'isURL: (string) bool': (text: string) => parseUrl(text) !== undefined,
  'getScheme: url.() string': (url: Opaque) => urlOf(url).scheme,
  'getHost: url.() string': (url: Opaque) => urlOf(url).host,
  'getHostname: url.() string': (url: Opaque) =>
    urlOf(url)
      .host.replace(port, '')
      .replace(/^\[|\]$/g, ''),
  'getPort: url.() string': (url: Opaque) => port.exec(urlOf(url).host)?.[1] ?? '',
  'getEscapedPath: url.() string': (url: Opaque) => urlOf(url).path,
  'getQuery: url.() map(string, list(string))': (url: Opaque) => queryOf(urlOf(url).query),
};

/** Addresses, ranges of addresses and URLs. */
export const network: readonly Library[] = [addresses, ranges, urls];
