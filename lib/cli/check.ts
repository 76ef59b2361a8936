import { jsonReport } from '../report/json.js';
import { verify } from '../verify/verify.js';
import { runningManifests } from './against.js';
import { type Invocation, UsageError } from './command.js';
import { clusterOf, readManifests } from './input.js';
import { printed, progress } from './print.js';
import { schedulerConfigurationOf } from './scheduler-config.js';

/** `plimsoll check FILE|DIR|- ...`. */
export const check = async ({ positionals, options }: Invocation): Promise<number> => {
  if (positionals.length === 0) throw new UsageError('check needs files or directories, or - for standard input');
  const cluster = clusterOf(options.cluster as string | undefined);
  const scheduler = await schedulerConfigurationOf(options['scheduler-config'] as string | undefined);
  const { manifests, problems } = readManifests(positionals);
  const line = progress();
  const verification = verify({
    manifests,
    problems,
    cluster: { ...cluster, scheduler },
    against: options.against === undefined ? undefined : runningManifests(options.against as string),
    strict: options.strict === true,
    progress: line.step,
  });
  line.clear();
  if (options.format === 'json') process.stdout.write(`${JSON.stringify(jsonReport([{ verification }]), null, 2)}\n`);
  else process.stdout.write(printed(verification, { outcome: verification.accepted ? 'accepted' : 'refused' }, process.stdout));
  return verification.accepted ? 0 : 1;
};
