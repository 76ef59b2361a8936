import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf, type Failure, failed, failure } from './output/failure.js';
import { lock, unlock } from './output/lock.js';
import { isInside, planFor } from './output/plan.js';
import { abandon, carryOut, recover } from './output/replace.js';

/** What changed in the output directory, by file name. */
export interface Written {
  readonly ok: true;
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** The directory that is meant, links followed; its parents are made. */
const placeOf = (directory: string): string | Failure => {
  const path = resolve(directory);
  const state = lstatSync(path, { throwIfNoEntry: false });
  if (state === undefined) {
    mkdirSync(dirname(path), { recursive: true });
    return join(realpathSync(dirname(path)), basename(path));
  }
  if (state.isSymbolicLink() && statSync(path, { throwIfNoEntry: false }) === undefined)
    return failure('output/not-a-directory', directory, 'is a link to nothing');
  const real = realpathSync(path);
  return statSync(real).isDirectory() ? real : failure('output/not-a-directory', directory, 'is a file, not a directory');
};

interface Held {
  readonly lock: string;
  /** The lock, and all else that is needed, can be made next to the directory. */
  readonly beside: boolean;
}

/** Beside the directory if possible. In a container only the directory itself may be writable. */
const hold = (directory: string): Held | Failure => {
  const beside = `${directory}.plimsoll-lock`;
  const within = join(directory, '.plimsoll-lock');
  const busy = (path: string): Failure =>
    failure('output/locked', path, 'is held by another run that writes there; if there is none, remove that file');
  try {
    return lock(beside) === 'held' ? { lock: beside, beside: true } : busy(beside);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error)) || lstatSync(directory, { throwIfNoEntry: false }) === undefined)
      throw error;
    return lock(within) === 'held' ? { lock: within, beside: false } : busy(within);
  }
};

/**
 * Makes `files` the output of `directory`: written beside it and exchanged in whole, so that a run killed at any moment leaves the old output
 * or the new one. Files that an earlier run wrote and that are no longer among `files` vanish; what is not ours stays, and is never
 * overwritten. What is the same already is not touched. Two runs at once wait for each other.
 *
 * Where a directory cannot be exchanged (the working directory, a mount, one full of other things) each file is replaced on its own.
 *
 * @param files text by name; a name may hold folders (`production/web.k8s.yaml`).
 */
export const writeOutput = (directory: string, files: ReadonlyMap<string, string>): Written | Failure => {
  const [outside] = [...files.keys()].filter((name) => !isInside(name));
  if (outside !== undefined) return failure('output/invalid-name', outside, 'is not a file name inside the output directory');
  try {
    const place = placeOf(directory);
    if (typeof place !== 'string') return place;
    const held = hold(place);
    if ('ok' in held) return held;
    try {
      recover(place);
      const plan = planFor(place, files);
      if ('ok' in plan) return plan;
      const written = [...plan.created.keys(), ...plan.replaced.keys()];
      if (written.length + plan.removed.length > 0 || plan.list !== undefined) carryOut(place, plan, held.beside);
      return { ok: true, written, removed: plan.removed, unchanged: plan.unchanged };
    } catch (error) {
      abandon(place);
      throw error;
    } finally {
      unlock(held.lock);
    }
  } catch (error) {
    return failed(directory, error);
  }
};
