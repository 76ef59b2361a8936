import type { Cluster } from '../cluster/cluster.js';
import type { Delivery, SynthHost } from '../constructs/host.js';
import type { Network } from '../network/network.js';
import type { VerifyInput } from '../verify/verify.js';
import { InputError, UsageError } from './command.js';
import { readConfig } from './config.js';
import { clusterOf, readManifests } from './input.js';
import { progress } from './print.js';
import { runPrograms } from './programs.js';

/** A settled cluster to ask questions of, and what it was made from. */
export interface World {
  /** Folder of the App, where there are several: `production`. */
  readonly title?: string | undefined;
  readonly input: VerifyInput;
  readonly cluster: Cluster;
  readonly network: Network;
}

/** Keeps what Apps deliver; nothing is reported or written. */
class Listener implements SynthHost {
  readonly #progress = progress();
  readonly all: Delivery[] = [];

  get count(): number {
    return this.all.length;
  }

  step(text: string): void {
    this.#progress.step(text);
  }

  deliver(delivery: Delivery): void {
    this.all.push(delivery);
  }

  done(): readonly World[] {
    this.#progress.clear();
    return this.all.map(({ folder, input, verification: { cluster, network } }) => ({ title: folder, input, cluster, network }));
  }
}

const isProgram = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);

/** The world of plain manifests; a snapshot alone is a world too. */
const worldOf = async (paths: readonly string[], snapshot: string | undefined): Promise<World> => {
  const cluster = clusterOf(snapshot);
  const { manifests, problems } = paths.length === 0 ? { manifests: [], problems: [] } : readManifests(paths);
  const [problem] = problems;
  if (problem !== undefined) throw new InputError(`${problem.source?.file ?? paths.join(', ')}: ${problem.message}`);
  const { dryRun } = await import('../verify/dryrun.js');
  const line = progress();
  const input: VerifyInput = { manifests, cluster, progress: line.step };
  const run = dryRun(input);
  line.clear();
  return {
    input,
    cluster: run.cluster,
    get network() {
      return run.network;
    },
  };
};

/**
 * The settled clusters of programs (each App has one) or of manifests. Without paths: of the programs that cdk8s.yaml names, or of the snapshot
 * alone.
 *
 * @throws InputError for what cannot be read or run, UsageError for sources that do not go together.
 */
export const worldsOf = async (
  paths: readonly string[],
  options: { readonly cluster?: string | undefined; readonly app?: string | undefined } = {},
): Promise<readonly World[]> => {
  const named = paths.filter(isProgram);
  if (named.length > 0 && named.length < paths.length)
    throw new UsageError('programs and manifests are different worlds: ask about one or the other');
  if (named.length > 0 && options.cluster !== undefined)
    throw new UsageError('--cluster goes with manifests; a program says its cluster itself: new App({ cluster })');
  const programs = paths.length > 0 ? named : options.cluster === undefined ? (await readConfig()).programs : [];
  if (paths.length === 0 && programs.length === 0 && options.cluster === undefined)
    throw new UsageError(
      'there is nothing to ask about: name a program or manifests, or write app: npx tsx main.ts into cdk8s.yaml',
    );
  const worlds =
    programs.length === 0
      ? [await worldOf(paths, options.cluster)]
      : await runPrograms(programs, {
          purpose: 'the question was answered',
          prepare: () => Promise.resolve(new Listener()),
          finish: (host) => host.done(),
        });
  if (options.app === undefined) return worlds;
  const chosen = worlds.filter(({ title }) => title === options.app);
  if (chosen.length > 0) return chosen;
  const folders = worlds.flatMap(({ title }) => title ?? []);
  throw new InputError(
    `there is no App with the folder ${options.app}; ${folders.length === 0 ? 'no App has one' : `there are ${folders.join(', ')}`}`,
  );
};
