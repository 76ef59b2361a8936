/** An IP address as a number of its family. IPv4-mapped IPv6 addresses are IPv4, as in Kubernetes. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** The addresses of a CIDR. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const mappedPrefix = 0xffff_0000_0000n;

const parseV4 = (text: string): bigint | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return BigInt(value);
};

/** The 16-bit groups of one side of `::`; a dotted IPv4 tail counts as two groups. */
const groupsOf = (text: string): readonly number[] | undefined => {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes('.')) {
      const tail = parseV4(part);
      if (tail === undefined) return undefined;
      groups.push(Number(tail >> 16n), Number(tail & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
};

const parseV6 = (text: string): bigint | undefined => {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
};

export const parseAddress = (text: string): Address | undefined => {
  if (!text.includes(':')) {
    const value = parseV4(text);
    return value === undefined ? undefined : { family: 4, value };
  }
  const value = parseV6(text);
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn ? { family: 4, value: value - mappedPrefix } : { family: 6, value };
};

/** A CIDR, or a single address as the CIDR that holds only it. */
export const parseCidr = (text: string): Cidr | undefined => {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bits = address.family === 4 ? 32 : 128;
  const length = slash < 0 ? String(bits) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  const host = (1n << BigInt(bits - Number(length))) - 1n;
  const first = address.value & ~host;
  return { family: address.family, first, last: first | host };
};

export const contains = (cidr: Cidr, { family, value }: Address): boolean =>
  cidr.family === family && cidr.first <= value && value <= cidr.last;

/** Canonical text (RFC 5952), as Kubernetes prints addresses. */
export const formatAddress = ({ family, value }: Address): string => {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const text = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(':');
  let longest: { readonly start: number; readonly length: number } | undefined;
  for (const { 0: run, index } of text.matchAll(/\b0(?::0\b)+/g)) {
    if (longest === undefined || run.length > longest.length) longest = { start: index, length: run.length };
  }
  if (longest === undefined) return text;
  const { start, length } = longest;
  return `${text.slice(0, start)}::${text.slice(start + length)}`.replace(/:{3,}/, '::');
};

const plainV4 = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/;

/** An address in its canonical text; anything else as it is. */
export const canonical = (text: string): string => {
  if (plainV4.test(text)) return text;
  const address = parseAddress(text);
  return address === undefined ? text : formatAddress(address);
};

/** `10.0.0.1:80`, `[fd00::1]:80`. */
export const hostPort = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);
