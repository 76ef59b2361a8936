import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { codeOf } from './failure.js';
import { listName, listText, ownedFiles, type Plan } from './plan.js';
import { carry, create, type Entry, entriesOf, remove } from './tree.js';

/** Beside the output directory: the next output while it is built, the last one while it is exchanged. */
const nextOf = (directory: string): string => `${directory}.plimsoll-new`;
const lastOf = (directory: string): string => `${directory}.plimsoll-old`;
/** The last one on its way out: nothing in it is worth a look any more, least of all a half of it. */
const wasteOf = (directory: string): string => `${directory}.plimsoll-waste`;
/** In the output directory, when only single files of it are replaced. */
const stagedName = '.plimsoll-new-';

/** More than so many entries that are not ours mean that the directory has another purpose: it is not moved about. */
const mostForeign = 2_000;
/** Waiting for the disk once a file is cheap for some files, not for thousands. A killed process loses nothing either way. */
const mostDurable = 256;

const writesOf = (plan: Plan): ReadonlyMap<string, string> =>
  new Map([...plan.created, ...plan.replaced, ...(plan.list === undefined ? [] : [[listName, plan.list] as const])]);

/** Somebody saved it while the next output was built: it is not there yet, or only as it was before. */
const isNewer = (path: string, than: string): boolean => {
  const carried = lstatSync(than, { throwIfNoEntry: false });
  const { ino, mtimeMs } = lstatSync(path);
  return carried === undefined || (carried.ino !== ino && mtimeMs > carried.mtimeMs);
};

/** Removes the last output, but takes over what is not ours and came into it while the next one was built. */
const discard = (last: string, directory: string): void => {
  const owned = ownedFiles(last);
  const entries = entriesOf(last, Number.POSITIVE_INFINITY);
  // Something was mounted into it: what is in there is not to be removed.
  if (entries === undefined) return;
  for (const { path, type } of entries) {
    if (type === 'directory' || path === listName || owned.has(path) || path.startsWith(stagedName)) continue;
    const target = join(directory, path);
    if (!isNewer(join(last, path), target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    renameSync(join(last, path), target);
  }
  renameSync(last, wasteOf(directory));
  remove(wasteOf(directory));
};

/** Puts right what a killed run left: the output is whole again afterwards, the old one or the new one. Needs the lock. */
export const recover = (directory: string): void => {
  remove(wasteOf(directory));
  const last = lastOf(directory);
  if (existsSync(last)) {
    if (existsSync(directory)) discard(last, directory);
    else renameSync(last, directory);
  }
  remove(nextOf(directory));
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) if (name.startsWith(stagedName)) remove(join(directory, name));
};

const foldersOf = (path: string): readonly string[] => {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
};

/** Folders that only held what is removed go with it; empty ones that are not ours stay. */
const emptied = (removed: ReadonlySet<string>, entries: readonly Entry[]): ReadonlySet<string> => {
  const held = new Set([...removed].flatMap(foldersOf));
  const staying = entries.filter(({ path, type }) => (type === 'directory' ? !held.has(path) : !removed.has(path)));
  const kept = new Set(staying.flatMap(({ path }) => foldersOf(path)));
  return new Set([...held].filter((folder) => !kept.has(folder)));
};

/**
 * Builds the whole next output beside the directory and exchanges the two: whoever looks sees the old output or the new one. Between the
 * two renames, microseconds, there is none; a run killed there is mended by `recover`.
 *
 * @returns false where a directory cannot be exchanged: a mount, the working directory, one with much in it that is not ours.
 */
const exchange = (directory: string, plan: Plan): boolean => {
  const exists = existsSync(directory);
  const inside = process.cwd() === directory || process.cwd().startsWith(`${directory}${sep}`);
  const ours = plan.unchanged.length + plan.replaced.size + plan.removed.length;
  const entries = exists && !inside ? entriesOf(directory, mostForeign + ours) : [];
  if (inside || entries === undefined || entries.some(({ type }) => type === 'other')) return false;

  const next = nextOf(directory);
  const writes = writesOf(plan);
  const removed = new Set(plan.removed);
  const dropped = new Set([...writes.keys(), ...removed, ...emptied(removed, entries)]);
  mkdirSync(next);
  for (const entry of entries) if (!dropped.has(entry.path)) carry(directory, next, entry);
  for (const folder of new Set([...writes.keys()].map(dirname))) mkdirSync(join(next, folder), { recursive: true });
  for (const [name, text] of writes) create(join(next, name), text, writes.size <= mostDurable);

  if (!exists) {
    renameSync(next, directory);
    return true;
  }
  chmodSync(next, lstatSync(directory).mode & 0o7777);
  const last = lastOf(directory);
  try {
    renameSync(directory, last);
  } catch (error) {
    if (!['EBUSY', 'EPERM', 'EACCES', 'EXDEV'].includes(codeOf(error))) throw error;
    remove(next);
    return false;
  }
  try {
    renameSync(next, directory);
  } catch (error) {
    renameSync(last, directory);
    throw error;
  }
  discard(last, directory);
  return true;
};

/** Replaces file by file, each in one step; more than one of them are not one step together. */
const replaceEach = (directory: string, plan: Plan): void => {
  mkdirSync(directory, { recursive: true });
  const put = (staged: string, name: string): void => {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    renameSync(staged, join(directory, name));
  };
  const stage = (index: number, text: string, durable: boolean): string => {
    const staged = join(directory, `${stagedName}${index}`);
    create(staged, text, durable);
    return staged;
  };
  const files = [...plan.created, ...plan.replaced];
  const staged = files.map(([name, text], index) => ({ name, staged: stage(index + 1, text, files.length <= mostDurable) }));
  // First of all the list names what was and what will be there: killed in between, all of it is still known as ours.
  if (plan.list !== undefined)
    put(stage(0, listText(new Set([...plan.owned, ...plan.unchanged, ...files.map(([name]) => name)])), true), listName);
  for (const { name, staged: from } of staged) put(from, name);
  for (const name of plan.removed) {
    rmSync(join(directory, name), { force: true });
    removeEmpty(directory, dirname(name));
  }
  if (plan.list !== undefined) put(stage(0, plan.list, true), listName);
};

const removeEmpty = (directory: string, folder: string): void => {
  if (folder === '.') return;
  try {
    rmdirSync(join(directory, folder));
  } catch {
    return;
  }
  removeEmpty(directory, dirname(folder));
};

/** Brings the directory from what it is to what it has to be. `beside`: files may be made next to it. */
export const carryOut = (directory: string, plan: Plan, beside: boolean): void => {
  const isOneFile = plan.replaced.size === 1 && plan.created.size === 0 && plan.removed.length === 0 && plan.list === undefined;
  if (isOneFile || !beside || !exchange(directory, plan)) replaceEach(directory, plan);
};

/** Takes back what a failed attempt left. */
export const abandon = (directory: string): void => {
  try {
    recover(directory);
  } catch {
    // The next run tries again.
  }
};
