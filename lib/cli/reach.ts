import { type ReachReport, reachReport, UnknownName } from '../report/reach/reach.js';
import { reachText } from '../report/reach/text.js';
import { InputError, type Invocation, UsageError } from './command.js';
import { look } from './print.js';
import { type World, worldsOf } from './worlds.js';

const asked = (world: World, from: string, to: string): ReachReport => {
  try {
    return reachReport(world, from, to);
  } catch (error) {
    if (error instanceof UnknownName) throw new InputError(error.message);
    throw error;
  }
};

/** `plimsoll reach FROM TO[:PORT]`: exit code 0 if every connection arrives, 1 if one does not. */
export const reach = async ({ positionals, options }: Invocation): Promise<number> => {
  const [from, to, ...rest] = positionals;
  if (from === undefined || to === undefined || rest.length > 0)
    throw new UsageError('reach takes who connects and what to: plimsoll reach web/front data/db:5432');
  const file = options.file as string | undefined;
  const worlds = await worldsOf(file === undefined ? [] : [file], {
    cluster: options.cluster as string | undefined,
    app: options.app as string | undefined,
  });
  const all = worlds.map((world) => ({ title: world.title, report: asked(world, from, to) }));
  if (options.format === 'json') {
    const list = all.map(({ title, report }) => ({ ...(title === undefined ? {} : { app: title }), ...report }));
    process.stdout.write(
      `${JSON.stringify({ version: 1, reached: all.every(({ report }) => report.reached), worlds: list }, null, 2)}\n`,
    );
  } else {
    const style = look(process.stdout);
    const texts = all.map(({ title, report }) => reachText(report, { ...style, title: all.length > 1 ? title : undefined }));
    process.stdout.write(texts.join('\n'));
  }
  return all.every(({ report }) => report.reached) ? 0 : 1;
};
