import { existsSync, statSync } from 'node:fs';
import type { Layout } from '../manifest/layout.js';
import { bundle } from './bundle.js';
import { InputError, type Invocation, UsageError } from './command.js';
import { readConfig } from './config.js';
import { onEarlyEnd, runProgram } from './load.js';
import { programError } from './program-error.js';

const layouts: readonly Layout[] = ['chart', 'app', 'resource', 'stdout'];

const layoutOf = (text: string | undefined): Layout | undefined => {
  const layout = layouts.find((each) => each === text);
  if (text !== undefined && layout === undefined)
    throw new UsageError(`layout is one of ${layouts.join(', ')}; it was given "${text}"`);
  return layout;
};

/** `plimsoll synth [PROGRAM...]`. */
export const synth = async ({ positionals, options }: Invocation): Promise<number> => {
  const config = await readConfig();
  const programs = positionals.length > 0 ? positionals : config.programs;
  if (programs.length === 0) {
    throw new UsageError(
      'there is no program to run: name one (plimsoll synth main.ts), or write app: npx tsx main.ts into cdk8s.yaml',
    );
  }
  const layout = layoutOf((options.layout as string | undefined) ?? config.layout);
  const format = options.format === 'json' ? 'json' : 'text';
  if (format === 'json' && layout === 'stdout')
    throw new UsageError('--format json and --layout stdout both need standard output');
  for (const program of programs) {
    if (!existsSync(program)) throw new InputError(`${program} does not exist`);
    if (!statSync(program).isFile()) throw new InputError(`${program} is not a file`);
  }
  // The same variable by which cdk8s tells programs where to write.
  process.env.CDK8S_OUTDIR = (options.output as string | undefined) ?? config.output;

  const finished = onEarlyEnd(() => {
    process.stderr.write('plimsoll: the program ended the process (process.exit) before its manifests were judged and written\n');
    process.exitCode = 1;
  });
  try {
    const bundles = programs.map(bundle);
    // Whoever fails first is told first, below.
    for (const bundled of bundles) bundled.catch(() => undefined);
    // While esbuild works this process loads what the programs will need.
    const [{ Deliveries }, { setHost }] = await Promise.all([
      import('./host.js'),
      import('../constructs/host.js'),
      import('../constructs/index.js'),
    ]);
    const host = new Deliveries({
      layout,
      format,
      strict: options.strict === true || config.strict,
      against: options.against as string | undefined,
    });
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
    return host.finish();
  } finally {
    finished();
  }
};
