/** FNV-1a, 32 bits: everything that Kubernetes draws at random is derived from names through it. */
export const hash32 = (text: string, seed = 0x811c9dc5): number => {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // FNV leaves near names with near hashes; the finalizer of MurmurHash3 spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

const hex = (value: number): string => (value + 2 ** 32).toString(16).slice(1);

/** A uid derived from the object's key and how often an object of that key was created before. */
export const uidOf = (key: string, incarnation: number): string => {
  const text = incarnation === 0 ? key : `${key}#${incarnation}`;
  const [a, b, c] = [hex(hash32(text)), hex(hash32(text, 0x9747b28c)), hex(hash32(text, 0x3c6ef372))];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(0, 3)}-${c.slice(3)}${a.slice(0, 7)}`;
};

// No vowels and no 0, 1, 3: generated names spell nothing (k8s.io/apimachinery/pkg/util/rand).
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** `length` characters of the alphabet of generated names, derived from `text`. */
export const suffixOf = (text: string, length = 5): string => {
  let suffix = '';
  let hash = hash32(text);
  for (let i = 0; i < length; i++) {
    // Six digits of base 27 fit in 32 bits.
    if (i > 0 && i % 6 === 0) hash = hash32(`${text}/${i}`);
    suffix += alphabet[hash % 27];
    hash = Math.floor(hash / 27);
  }
  return suffix;
};
