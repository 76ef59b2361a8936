import { readFileSync } from 'node:fs';
import { readPlainYaml } from '../manifest/plain-yaml.js';
import { InputError } from './command.js';

/** What cdk8s.yaml says to Plimsoll. */
export interface Config {
  /** Programs to run. */
  readonly programs: readonly string[];
  readonly output: string;
  readonly layout?: string | undefined;
  readonly strict: boolean;
}

const file = 'cdk8s.yaml';

const map = (value: unknown, name: string): Readonly<Record<string, unknown>> => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new InputError(`${file}: ${name} must be a map`);
};

const text = (value: unknown, name: string): string | undefined => {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new InputError(`${file}: ${name} must be a text`);
};

/** The program of an `app` command such as `npx tsx main.ts`: its last word that names a script. */
const programOf = (command: string): string | undefined => command.split(/\s+/).findLast((word) => /\.[cm]?[jt]sx?$/.test(word));

/** Known keys of the `plimsoll:` section; anything else is a slip of the pen. */
const known = ['app', 'output', 'layout', 'strict'];

/** The file as YAML. The parser for all of YAML takes a tenth of a second to load, and is seldom needed. */
const parse = async (content: string): Promise<unknown> => {
  const plain = readPlainYaml(content, 0, content.length);
  if (plain !== undefined) return plain.value;
  try {
    return (await import('yaml')).parse(content);
  } catch (error) {
    throw new InputError(`${file}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
  }
};

const read = (): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new InputError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/**
 * Reads cdk8s.yaml of the working directory: cdk8s' own keys `app` and `output`, and a section `plimsoll` that comes first.
 *
 * @throws InputError for a file that is not what it should be.
 */
export const readConfig = async (): Promise<Config> => {
  const content = read();
  if (content === undefined) return { programs: [], output: 'dist', strict: false };
  const parsed = map((await parse(content)) ?? {}, 'the file');
  const own = map(parsed.plimsoll ?? {}, 'plimsoll');
  const unknown = Object.keys(own).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new InputError(`${file}: plimsoll has no setting "${unknown}"; there are ${known.join(', ')}`);
  const apps = Array.isArray(own.app)
    ? own.app.map((app) => text(app, 'plimsoll.app') ?? '')
    : [text(own.app, 'plimsoll.app') ?? ''];
  const programs = apps.filter((app) => app !== '');
  const command = text(parsed.app, 'app');
  const fromCommand = command === undefined ? undefined : programOf(command);
  if (own.strict !== undefined && typeof own.strict !== 'boolean')
    throw new InputError(`${file}: plimsoll.strict must be true or false`);
  return {
    programs: programs.length > 0 ? programs : fromCommand === undefined ? [] : [fromCommand],
    output: text(own.output, 'plimsoll.output') ?? text(parsed.output, 'output') ?? 'dist',
    layout: text(own.layout, 'plimsoll.layout'),
    strict: own.strict === true,
  };
};
