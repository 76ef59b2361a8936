import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** The text of a source file, read at most once; undefined if it cannot be read. */
export const sourceReader = (): ((file: string) => string | undefined) => {
  const texts = new Map<string, string | undefined>();
  return (file) => {
    if (!texts.has(file)) {
      try {
        texts.set(file, readFileSync(file, 'utf8'));
      } catch {
        // A file of another machine, or none at all: the finding is shown without its line.
        texts.set(file, undefined);
      }
    }
    return texts.get(file);
  };
};

/** A path as seen from the working directory, where that is below it. */
export const nearName = (file: string): string => {
  const near = relative(process.cwd(), file);
  return near !== '' && !near.startsWith('..') ? near : file;
};
