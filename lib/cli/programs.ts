import { existsSync, statSync } from 'node:fs';
import type { SynthHost } from '../constructs/host.js';
import { bundle } from './bundle.js';
import { InputError } from './command.js';
import { onEarlyEnd, runProgram } from './load.js';
import { programError } from './program-error.js';

/** A host that knows how many Apps were delivered to it. */
interface CountingHost extends SynthHost {
  readonly count: number;
}

/** What is made of the Apps of programs. */
interface Errand<Host, Result> {
  /** Makes the host, while the programs are bundled. */
  readonly prepare: () => Promise<Host>;
  /** Called when all programs are done, while the stacks of their constructs still lead to their sources. */
  readonly finish: (host: Host) => Result;
  /** What did not happen when a program ends the process: `its manifests were judged`. */
  readonly purpose: string;
}

/**
 * Runs programs in this process, one after the other; what their Apps synthesize is delivered to the host.
 *
 * @throws InputError for a program that is missing, fails, or synthesizes nothing.
 */
export const runPrograms = async <Host extends CountingHost, Result>(
  programs: readonly string[],
  { prepare, finish, purpose }: Errand<Host, Result>,
): Promise<Result> => {
  for (const program of programs) {
    if (!existsSync(program)) throw new InputError(`${program} does not exist`);
    if (!statSync(program).isFile()) throw new InputError(`${program} is not a file`);
  }
  const finished = onEarlyEnd(() => {
    process.stderr.write(`plimsoll: the program ended the process (process.exit) before ${purpose}\n`);
    process.exitCode = 1;
  });
  try {
    const bundles = programs.map(bundle);
    // Whoever fails first is told first, below.
    for (const bundled of bundles) bundled.catch(() => undefined);
    // While esbuild works this process loads what the programs will need.
    const [host, { setHost }] = await Promise.all([prepare(), import('../constructs/host.js'), import('../constructs/index.js')]);
    setHost(host);
    for (const [index, bundled] of bundles.entries()) {
      const program = programs[index] ?? '';
      const before = host.count;
      try {
        await runProgram(await bundled);
      } catch (error) {
        throw new InputError(programError(program, error));
      }
      if (host.count === before) {
        throw new InputError(`${program} synthesized no Plimsoll App: make one (new App() from 'plimsoll') and call its synth()`);
      }
    }
    return finish(host);
  } finally {
    finished();
  }
};
