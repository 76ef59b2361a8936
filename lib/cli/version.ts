import { readFileSync } from 'node:fs';

/** Version of this package; its package.json stands above the folder the code runs from. */
export const version = (): string => {
  for (const up of ['../', '../../', '../../../']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(`${up}package.json`, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (name === 'plimsoll' && version !== undefined) return version;
    } catch {
      // Not here: one folder up.
    }
  }
  return 'unknown';
};
