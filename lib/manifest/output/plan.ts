import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { type Failure, failure } from './failure.js';

/**
 * In the output directory: which files are ours. No ending that kubectl looks for: `kubectl apply -f` of the directory must not
 * take it for a manifest.
 */
export const listName = '.plimsoll-files';
const listHead = '# Files written by plimsoll: the next run replaces them, and removes those that it no longer writes.';

export const listText = (names: Iterable<string>): string => [listHead, ...[...names].sort(), ''].join('\n');

/** `production/web.k8s.yaml`: below the directory, whatever the list or an App says. */
export const isInside = (name: string): boolean =>
  name !== listName &&
  !/[\\\0\n]/.test(name) &&
  name.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.startsWith('.plimsoll-'));

const stateOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** What of the directory is ours, by the list in it. */
export const ownedFiles = (directory: string): ReadonlySet<string> => {
  const path = join(directory, listName);
  if (stateOf(path)?.isFile() !== true) return new Set();
  const lines = readFileSync(path, 'utf8').split('\n');
  return new Set(lines.filter((line) => line !== '' && !line.startsWith('#') && isInside(line)));
};

/** What has to happen in a directory. Paths are relative to it. */
export interface Plan {
  readonly owned: ReadonlySet<string>;
  readonly created: ReadonlyMap<string, string>;
  readonly replaced: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
  /** The new list, undefined where it stays as it is. */
  readonly list: string | undefined;
}

/** The first directory on the way to `name` that is none; links count as none: what is behind them is not in this directory. */
const blockedBy = (directory: string, name: string, known: Set<string>): string | undefined => {
  const parts = name.split('/').slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    const folder = parts.slice(0, depth).join('/');
    if (known.has(folder)) continue;
    const state = stateOf(join(directory, folder));
    if (state === undefined) return undefined;
    if (!state.isDirectory()) return folder;
    known.add(folder);
  }
  return undefined;
};

const isSame = (path: string, state: Stats, text: Buffer): boolean =>
  state.size === text.length && readFileSync(path).equals(text);

/** Compares the directory with the files to be in it. A file that is neither ours nor what we would write is not touched: a failure. */
export const planFor = (directory: string, files: ReadonlyMap<string, string>): Plan | Failure => {
  if (stateOf(directory) === undefined)
    return { owned: new Set(), created: files, replaced: new Map(), removed: [], unchanged: [], list: listText(files.keys()) };
  const owned = ownedFiles(directory);
  const created = new Map<string, string>();
  const replaced = new Map<string, string>();
  const unchanged: string[] = [];
  const known = new Set<string>();
  for (const [name, text] of files) {
    const path = join(directory, name);
    const blocked = blockedBy(directory, name, known);
    if (blocked !== undefined)
      return failure('output/foreign-file', join(directory, blocked), 'is in the way: a directory must stand there');
    const state = stateOf(path);
    if (state === undefined) created.set(name, text);
    else if (state.isFile() && isSame(path, state, Buffer.from(text))) unchanged.push(name);
    else if (owned.has(name) && !state.isDirectory()) replaced.set(name, text);
    else return failure('output/foreign-file', path, 'was not written by plimsoll; remove it, or write to another directory');
  }
  const removed = [...owned].filter(
    (name) =>
      !files.has(name) && blockedBy(directory, name, known) === undefined && stateOf(join(directory, name))?.isFile() === true,
  );
  const list = listText(files.keys());
  const listPath = join(directory, listName);
  const listState = stateOf(listPath);
  return {
    owned,
    created,
    replaced,
    removed,
    unchanged,
    list: listState?.isFile() === true && isSame(listPath, listState, Buffer.from(list)) ? undefined : list,
  };
};
