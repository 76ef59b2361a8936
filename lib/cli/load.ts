import { constants } from 'node:os';
import { pathToFileURL } from 'node:url';
import { ifAtRest } from './at-rest.js';
import { removeBundles } from './bundle.js';

/**
 * Resolves when the program has nothing left to do, as it would end on its own: its last `synth()` may come long after its module
 * was loaded. What it throws then counts as thrown by it.
 */
const atRest = (loaded: Promise<unknown>): Promise<void> =>
  new Promise((resolve, reject) => {
    let isLoaded = false;
    const rest = (): void => {
      process.off('beforeExit', rest);
      process.off('uncaughtException', fail);
      if (isLoaded) resolve();
      else reject(new Error('it waits for something that never comes'));
    };
    const fail = (error: unknown): void => {
      process.off('beforeExit', rest);
      process.off('uncaughtException', fail);
      reject(error);
    };
    process.once('beforeExit', rest);
    process.once('uncaughtException', fail);
    loaded.then(() => {
      isLoaded = true;
      ifAtRest(rest);
    }, fail);
  });

/**
 * Runs a bundled program in this process until it has nothing left to do. Stack positions lead to its sources.
 *
 * @throws whatever the program throws.
 */
export const runProgram = async (bundle: string): Promise<void> => {
  process.setSourceMapsEnabled(true);
  await atRest(import(pathToFileURL(bundle).href));
};

/** Leaves nothing behind however the process ends. `ended` is told when a program ends it. */
export const onEarlyEnd = (ended: () => void): (() => void) => {
  const exit = (): void => {
    removeBundles();
    ended();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (signal: (typeof signals)[number]): void => {
    process.off('exit', exit);
    removeBundles();
    process.exit(128 + constants.signals[signal]);
  };
  process.once('exit', exit);
  for (const signal of signals) process.once(signal, stop);
  return () => {
    process.off('exit', exit);
    for (const signal of signals) process.off(signal, stop);
    removeBundles();
  };
};
