import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const isRoot = (folder: string): boolean => {
  try {
    return (JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { readonly name?: string }).name === 'plimsoll';
  } catch {
    return false;
  }
};

/** The folder of this package: its package.json stands above the code, which runs from `build/` or `lib/cli/`. */
export const packageRoot = (): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (isRoot(folder)) return folder;
  }
  throw new Error('the package.json of this package is missing');
};
