import { createHash } from 'node:crypto';

/** Names that Windows keeps for devices, whatever follows their first dot. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** Leaves room for extension and hash below the 255 bytes that file systems allow. */
const longest = 180;

const hash = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 8);

/** `wanted` in characters that every file system and shell takes as they are; different names may come out equal. */
const safe = (wanted: string): string => {
  const name = wanted.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, longest);
  return /^[.-]|^$/.test(name) || device.test(name) ? `_${name}` : name;
};

/**
 * A file name without extension for each unit, by its key. No two are equal, not even where case does not count; those that would be
 * (or had to be cut) end in a hash of their key, so that a name depends on no order.
 *
 * @param wanted what each unit would like to be called.
 */
export const fileNames = (wanted: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
  const claims = new Map<string, number>();
  for (const name of wanted.values()) {
    const folded = safe(name).toLowerCase();
    claims.set(folded, (claims.get(folded) ?? 0) + 1);
  }
  const names = new Map<string, string>();
  const contested: [string, string][] = [];
  for (const [key, name] of wanted) {
    if (claims.get(safe(name).toLowerCase()) === 1 && name.length <= longest) names.set(key, safe(name));
    else contested.push([key, safe(name)]);
  }
  const taken = new Set([...names.values()].map((name) => name.toLowerCase()));
  for (const [key, name] of contested) {
    let unique = `${name}-${hash(key)}`;
    while (taken.has(unique.toLowerCase())) unique = `${name}-${hash(unique)}`;
    taken.add(unique.toLowerCase());
    names.set(key, unique);
  }
  return names;
};
