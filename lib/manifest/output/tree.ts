import {
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** One entry of a directory tree; `path` is relative to its root, with `/`. */
export interface Entry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link' | 'other';
  readonly mode: number;
}

/** All below `root`, directories before what is in them; undefined when it is more than `most`, or reaches into another file system. */
export const entriesOf = (root: string, most: number): readonly Entry[] | undefined => {
  const { dev } = lstatSync(root);
  const entries: Entry[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const name of readdirSync(join(root, folder))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const state = lstatSync(join(root, path));
      if (state.dev !== dev || entries.length >= most) return undefined;
      const type = state.isDirectory() ? 'directory' : state.isFile() ? 'file' : state.isSymbolicLink() ? 'link' : 'other';
      entries.push({ path, type, mode: state.mode & 0o7777 });
      if (type === 'directory') folders.push(path);
    }
  }
  return entries;
};

/** Lets `entry` of `from` be in `to` as well (its folder is there already): the same file where the file system can, a copy where not. */
export const carry = (from: string, to: string, { path, type, mode }: Entry): void => {
  const source = join(from, path);
  const target = join(to, path);
  if (type === 'directory') {
    mkdirSync(target, { mode });
    return;
  }
  if (type === 'link') {
    symlinkSync(readlinkSync(source), target);
    return;
  }
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
};

/** Makes a file. `durable`: it is on the disk before this returns, so that not even a power cut leaves half of it. */
export const create = (path: string, text: string, durable: boolean): void => {
  const file = openSync(path, 'wx', 0o666);
  try {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

export const remove = (path: string): void => rmSync(path, { recursive: true, force: true });
