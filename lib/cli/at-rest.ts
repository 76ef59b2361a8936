/**
 * Calls `rest` soon if nothing keeps the program awake: then it has ended. Node tells of the end with `beforeExit`, but only after V8 has
 * compiled and collected what it began to, which takes a tenth of a second after a large program.
 */
export const ifAtRest = (rest: () => void): void => {
  setImmediate(() => {
    if (process.getActiveResourcesInfo().length === 0) rest();
  });
};
