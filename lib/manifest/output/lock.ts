import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from './failure.js';

/** Milliseconds to wait for another run: one writes for less. */
const patience = 5_000;
/** Milliseconds after which a lock is forgotten whose process cannot be asked: it is on another machine, or was killed before it wrote its number. */
const longestWrite = 600_000;
const slowestStart = 2_000;

const pause = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

/** Its holder is gone: killed, most likely. A process holds no lock twice, so one with its own number is another's of that number. */
const isStale = (content: string, age: number): boolean => {
  const [pid, host] = content.trim().split(' ');
  if (pid === undefined || pid === '') return age > slowestStart;
  if (host !== hostname()) return age > longestWrite;
  return Number(pid) === process.pid || !isAlive(Number(pid));
};

const asideOf = (path: string): string => `${path}-stale`;

/** Takes a stale lock away, unless another run was quicker: what it puts there in the meantime goes back. */
const breakLock = (path: string, content: string): void => {
  const aside = asideOf(path);
  renameSync(path, aside);
  if (readFileSync(aside, 'utf8') === content) rmSync(aside, { force: true });
  else renameSync(aside, path);
};

/**
 * Takes the lock file `path`, waiting a little for another run to finish.
 *
 * @returns `held`, or `busy` if another run keeps it. Throws what the file system throws when the file cannot be made.
 */
export const lock = (path: string): 'held' | 'busy' => {
  for (const end = Date.now() + patience; ; ) {
    try {
      writeFileSync(path, `${process.pid} ${hostname()}\n`, { flag: 'wx' });
      return 'held';
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    try {
      const content = readFileSync(path, 'utf8');
      if (isStale(content, Date.now() - statSync(path).mtimeMs)) {
        breakLock(path, content);
        continue;
      }
    } catch (error) {
      // Released between two looks.
      if (codeOf(error) === 'ENOENT') continue;
      throw error;
    }
    if (Date.now() > end) return 'busy';
    pause(20);
  }
};

export const unlock = (path: string): void => {
  rmSync(asideOf(path), { force: true });
  rmSync(path, { force: true });
};
