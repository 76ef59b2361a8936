import { readFileSync } from 'node:fs';
import type { ClusterConfig } from '../cluster/config.js';
import { readPaths, readText } from '../manifest/index.js';
import { jsonReport } from '../report/json.js';
import { verify } from '../verify/verify.js';
import { runningManifests } from './against.js';
import { InputError, type Invocation, UsageError } from './command.js';
import { printed, progress } from './print.js';

const standardInput = (): string => {
  try {
    return readFileSync(0, 'utf8');
  } catch (error) {
    throw new InputError(`standard input cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** The cluster of `--cluster FILE`: what kubectl printed, JSON or YAML. */
const clusterOf = (file: string | undefined): ClusterConfig => {
  if (file === undefined) return { world: 'open' };
  const { manifests, problems } = readPaths([file]);
  const [problem] = problems;
  if (problem !== undefined) throw new InputError(`${file}: ${problem.message}`);
  return { world: 'open', snapshot: manifests.map(({ object }) => object) };
};

/** `plimsoll check FILE|DIR|- ...`. */
export const check = async ({ positionals, options }: Invocation): Promise<number> => {
  if (positionals.length === 0) throw new UsageError('check needs files or directories, or - for standard input');
  const cluster = clusterOf(options.cluster as string | undefined);
  const read = [
    ...(positionals.includes('-') ? [readText('<stdin>', standardInput())] : []),
    readPaths(positionals.filter((path) => path !== '-')),
  ];
  const manifests = read.flatMap((part) => part.manifests);
  const problems = read.flatMap((part) => part.problems);
  if (manifests.length === 0 && problems.length === 0)
    throw new InputError(`there are no manifests in ${positionals.join(', ')}`);
  const line = progress();
  const verification = verify({
    manifests,
    problems,
    cluster,
    against: options.against === undefined ? undefined : runningManifests(options.against as string),
    strict: options.strict === true,
    progress: line.step,
  });
  line.clear();
  if (options.format === 'json') process.stdout.write(`${JSON.stringify(jsonReport([{ verification }]), null, 2)}\n`);
  else process.stdout.write(printed(verification, { outcome: verification.accepted ? 'accepted' : 'refused' }, process.stdout));
  return verification.accepted ? 0 : 1;
};
