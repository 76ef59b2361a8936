import type { Layout } from '../manifest/layout.js';
import { type Invocation, UsageError } from './command.js';
import { readConfig } from './config.js';
import { runPrograms } from './programs.js';
import { schedulerConfigurationOf } from './scheduler-config.js';

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
  const scheduler = await schedulerConfigurationOf(options['scheduler-config'] as string | undefined);
  // The same variable by which cdk8s tells programs where to write.
  process.env.CDK8S_OUTDIR = (options.output as string | undefined) ?? config.output;

  return runPrograms(programs, {
    purpose: 'its manifests were judged and written',
    prepare: async () => {
      const { Deliveries } = await import('./host.js');
      return new Deliveries({
        layout,
        format,
        strict: options.strict === true || config.strict,
        against: options.against as string | undefined,
        scheduler,
      });
    },
    finish: (host) => host.finish(),
  });
};
