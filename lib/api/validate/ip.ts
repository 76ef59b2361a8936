/** An IP address as numbers: 4 bytes of IPv4 or 8 groups of IPv6. */
export interface Address {
  readonly family: 'IPv4' | 'IPv6';
  /** The address as an integer of 32 or 128 bits. */
  readonly value: bigint;
}

const dot = 46;
const zero = 48;

/** The 32 bits of an IPv4 address. Every Service has one of its own, so it is read character by character. */
const fourOf = (text: string): number | undefined => {
  let value = 0;
  let parts = 0;
  let part = 0;
  let digits = 0;
  for (let index = 0; index <= text.length; index++) {
    const code = index === text.length ? dot : text.charCodeAt(index);
    const digit = code - zero;
    if (digit >= 0 && digit <= 9 && digits < 3) {
      part = part * 10 + digit;
      digits++;
    } else {
      if (code !== dot || digits === 0 || part > 255) return undefined;
      value = value * 256 + part;
      parts++;
      part = 0;
      digits = 0;
    }
  }
  return parts === 4 ? value : undefined;
};

const parseFour = (text: string): bigint | undefined => {
  const value = fourOf(text);
  return value === undefined ? undefined : BigInt(value);
};

const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));

const parseSix = (text: string): bigint | undefined => {
  let rest = text;
  // The last two groups may be written as an IPv4 address.
  const dotted = rest.slice(rest.lastIndexOf(':') + 1);
  if (dotted.includes('.')) {
    const four = parseFour(dotted);
    if (four === undefined) return undefined;
    rest = `${rest.slice(0, -dotted.length)}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  }
  const halves = rest.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = halves.length === 2 ? groups(halves[1] ?? '') : [];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  let value = 0n;
  for (const group of [...head, ...Array.from({ length: missing }, () => '0'), ...tail]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    value = value * 65536n + BigInt(`0x${group}`);
  }
  return value;
};

/** Reads an address as the server's lenient parser does: leading zeros of IPv4 are allowed here. */
export const parseAddress = (text: string): Address | undefined => {
  if (text.includes(':')) {
    const value = parseSix(text);
    return value === undefined ? undefined : { family: 'IPv6', value };
  }
  const value = parseFour(text);
  return value === undefined ? undefined : { family: 'IPv4', value };
};

/** A range of addresses. */
export interface Cidr {
  readonly address: Address;
  readonly length: number;
}

const bitsOf = (address: Address): number => (address.family === 'IPv4' ? 32 : 128);

export const parseCidr = (text: string): Cidr | undefined => {
  const slash = text.indexOf('/');
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (address === undefined || !/^\d{1,3}$/.test(length) || Number(length) > bitsOf(address)) return undefined;
  return { address, length: Number(length) };
};

const network = (address: Address, length: number): bigint => address.value >> BigInt(bitsOf(address) - length);

/** Whether the address lies in the range. */
export const contains = (cidr: Cidr, address: Address): boolean =>
  cidr.address.family === address.family && network(cidr.address, cidr.length) === network(address, cidr.length);

const hasLeadingZero = (text: string): boolean => /(^|\.)0\d/.test(text.includes(':') ? '' : text);
const isMapped = (text: string, address: Address): boolean => text.includes(':') && address.value >> 32n === 0xffffn;

const none: readonly string[] = [];

/** Faults of an address in a field that has always been checked leniently and now is strictly. */
export const addressFaults = (text: string): readonly string[] => {
  if (fourOf(text) !== undefined && !hasLeadingZero(text)) return none;
  const address = parseAddress(text);
  if (address === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  const faults: string[] = [];
  if (hasLeadingZero(text)) faults.push('must not have leading 0s');
  if (isMapped(text, address)) faults.push('must not be an IPv4-mapped IPv6 address');
  return faults;
};

/** Faults of a range, host bits and leading zeros included. */
export const cidrFaults = (text: string): readonly string[] => {
  const cidr = parseCidr(text);
  if (cidr === undefined) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  const [host = '', length = ''] = text.split('/');
  const faults: string[] = [];
  if (hasLeadingZero(host) || /^0\d/.test(length)) faults.push('must not have leading 0s in IP or prefix length');
  if (isMapped(host, cidr.address)) faults.push('must not have an IPv4-mapped IPv6 address');
  const hostBits = bitsOf(cidr.address) - cidr.length;
  if (cidr.address.value & ((1n << BigInt(hostBits)) - 1n)) faults.push('must not have bits set beyond the prefix length');
  return faults;
};

const within = (text: string, address: Address): boolean => {
  const cidr = parseCidr(text);
  return cidr !== undefined && contains(cidr, address);
};

/** Faults of an address that traffic is sent to: none of the ranges that mean the host itself or its link. */
export const specialAddressFaults = (text: string): readonly string[] => {
  const parsed = parseAddress(text);
  if (parsed === undefined) return ['must be a valid IP address'];
  const address: Address = isMapped(text, parsed) ? { family: 'IPv4', value: parsed.value & 0xffffffffn } : parsed;
  const faults: string[] = [];
  if (address.value === 0n) faults.push(`may not be unspecified (${text})`);
  if (within('127.0.0.0/8', address) || within('::1/128', address))
    faults.push('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (within('169.254.0.0/16', address) || within('fe80::/10', address)) {
    faults.push('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  }
  if (within('224.0.0.0/24', address) || (within('ff00::/8', address) && ((address.value >> 112n) & 0xfn) === 2n)) {
    faults.push('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  }
  return faults;
};
