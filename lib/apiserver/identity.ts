/** FNV leaves near names with near hashes; the finalizer of MurmurHash3 spreads them. */
const spread = (fnv: number): number => {
  let hash = Math.imul(fnv ^ (fnv >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** FNV-1a, 32 bits; goes on from the `state` after the text before. */
export const fnv = (text: string, state = 0x811c9dc5): number => {
  let hash = state;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
};

/** Everything that Kubernetes draws at random is derived from names through it. */
export const hash32 = (text: string): number => spread(fnv(text));

/** Which digit of the three hashes of a key stands where in its uid; what is not a digit stands for itself. */
const layout = 'abcdefgh-ijkl-4nop-8qrs-tuvwxabcdefg';
const digits = '0123456789abcdef';
const places = Array.from(layout, (character) => (/[a-x]/.test(character) ? character.charCodeAt(0) - 97 : -1));
const codes = Array.from(layout, (character) => character.charCodeAt(0));

/** The states of the three hashes after the text that keys begin with. */
interface Space {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** By that text: there are few, and the keys themselves need not be put together. */
const spaces = new Map<string, Space>();
const mostSpaces = 10_000;

const newSpace = (text: string): Space => {
  const space = { a: fnv(text), b: fnv(text, 0x9747b28c), c: fnv(text, 0x3c6ef372) };
  if (spaces.size === mostSpaces) spaces.clear();
  spaces.set(text, space);
  return space;
};

/** A uid derived from the object's key, which is its `refSpace` and its name, and how often an object of that key was created before. */
export const uidOf = (space: string, name: string, incarnation: number): string => {
  let { a, b, c } = spaces.get(space) ?? newSpace(space);
  const text = incarnation === 0 ? name : `${name}#${incarnation}`;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x01000193);
    c = Math.imul(c ^ code, 0x01000193);
  }
  a = spread(a);
  b = spread(b);
  c = spread(c);
  for (let i = 0; i < codes.length; i++) {
    const place = places[i] ?? -1;
    if (place < 0) continue;
    const hash = place < 8 ? a : place < 16 ? b : c;
    codes[i] = digits.charCodeAt((hash >>> (28 - 4 * (place & 7))) & 15);
  }
  return String.fromCharCode(...codes);
};

// No vowels and no 0, 1, 3: generated names spell nothing (k8s.io/apimachinery/pkg/util/rand).
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
/** Two characters at a time. */
const pairs = Array.from({ length: 27 * 27 }, (_, i) => `${alphabet[i % 27]}${alphabet[Math.floor(i / 27)]}`);

/** `length` characters of the alphabet of generated names, derived from `text`. */
export const suffixOf = (text: string, length = 5): string => suffixAfter(fnv(text), length);

/** The same for a text whose `fnv` is known. */
export const suffixAfter = (state: number, length = 5): string => {
  let suffix = '';
  let hash = spread(state);
  for (let i = 0; i < length; i += 2) {
    // Six digits of base 27 fit in 32 bits.
    if (i > 0 && i % 6 === 0) hash = spread(fnv(`/${i}`, state));
    suffix += i + 1 < length ? pairs[hash % 729] : alphabet[hash % 27];
    hash = Math.floor(hash / 729);
  }
  return suffix;
};
