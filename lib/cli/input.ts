import { readFileSync } from 'node:fs';
import type { ClusterConfig } from '../cluster/config.js';
import { readPaths, readText } from '../manifest/index.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Problem } from '../manifest/problem.js';
import { InputError } from './command.js';

const standardInput = (): string => {
  try {
    return readFileSync(0, 'utf8');
  } catch (error) {
    throw new InputError(`standard input cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** The cluster of `--cluster FILE`: what kubectl printed, JSON or YAML. */
export const clusterOf = (file: string | undefined): ClusterConfig => {
  if (file === undefined) return { world: 'open' };
  const { manifests, problems } = readPaths([file]);
  const [problem] = problems;
  if (problem !== undefined) throw new InputError(`${file}: ${problem.message}`);
  return { world: 'open', snapshot: manifests.map(({ object }) => object) };
};

/** Manifests of files and directories, `-` being standard input, with what could not be read. */
export const readManifests = (
  paths: readonly string[],
): { readonly manifests: readonly Manifest[]; readonly problems: readonly Problem[] } => {
  const read = [
    ...(paths.includes('-') ? [readText('<stdin>', standardInput())] : []),
    readPaths(paths.filter((path) => path !== '-')),
  ];
  const manifests = read.flatMap((part) => part.manifests);
  const problems = read.flatMap((part) => part.problems);
  if (manifests.length === 0 && problems.length === 0) throw new InputError(`there are no manifests in ${paths.join(', ')}`);
  return { manifests, problems };
};
