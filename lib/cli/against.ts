import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readPaths } from '../manifest/index.js';
import type { Manifest } from '../manifest/manifest.js';
import { InputError } from './command.js';

/** The manifests of `--against PATH`; of an App with a folder those below it, where the output has that folder. */
export const runningManifests = (path: string, folder?: string): readonly Manifest[] => {
  if (!existsSync(path)) throw new InputError(`--against ${path} does not exist: leave it out while nothing runs yet`);
  const own = folder === undefined ? path : join(path, folder);
  const { manifests, problems } = readPaths([existsSync(own) ? own : path]);
  const [problem] = problems;
  if (problem !== undefined) throw new InputError(`--against ${path}: ${problem.source?.file ?? path}: ${problem.message}`);
  return manifests;
};
