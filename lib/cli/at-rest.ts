import { Socket } from 'node:net';

/** How many of the standard streams Node counts among what is active; they keep no program awake. */
const activeStreams = (): number => [process.stdout, process.stderr].filter((stream) => stream instanceof Socket).length;

/**
 * Calls `rest` soon if nothing keeps the program awake: then it has ended. Node tells of the end with `beforeExit`, but only after V8 has
 * compiled and collected what it began to, which takes a tenth of a second after a large program.
 */
export const ifAtRest = (rest: () => void): void => {
  setImmediate(() => {
    const streams = activeStreams();
    if (process.getActiveResourcesInfo().length === streams) rest();
  });
};
