import type { Faults } from './faults.js';
import type { Path } from './path.js';

export const hasBacksteps = (path: string): boolean => path.split('/').includes('..');

export const noBacksteps = (path: string, at: Path, faults: Faults): void => {
  if (hasBacksteps(path)) faults.invalid(at, path, "must not contain '..'");
};

/** A path below the directory it is used in. */
export const descending = (path: string, at: Path, faults: Faults): void => {
  if (path.startsWith('/')) faults.invalid(at, path, 'must be a relative path');
  noBacksteps(path, at, faults);
};

/** As `descending`, and no name that a volume keeps for itself (`..data`). */
export const notReserved = (path: string, at: Path, faults: Faults): void => {
  descending(path, at, faults);
  if (path.startsWith('..') && !path.startsWith('../')) faults.invalid(at, path, "must not start with '..'");
};

export const fileMode = (mode: number | undefined, at: Path, faults: Faults): void => {
  if (mode !== undefined && (mode > 0o777 || mode < 0)) {
    faults.invalid(at, mode, 'must be a number between 0 and 0777 (octal), both inclusive');
  }
};
