import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError, type Invocation, UsageError } from './command.js';
import { packageRoot } from './package-root.js';
import { version } from './version.js';

/** Files that npm would rename or leave out of a package carry another name in the template. */
const realNames: Readonly<Record<string, string>> = { gitignore: '.gitignore', '_package.json': 'package.json' };

type Section = Readonly<Record<string, string>>;
interface Package {
  readonly scripts?: Section;
  readonly dependencies?: Section;
  readonly devDependencies?: Section;
}

const isMap = (value: unknown): value is Package => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The package.json that a directory has; a new one begins with its name. */
const ownPackage = (directory: string): Package => {
  const file = join(directory, 'package.json');
  if (!existsSync(file)) {
    const name = basename(directory)
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-');
    return { name, private: true } as Package;
  }
  try {
    const own: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isMap(own)) return own;
  } catch {
    // Said below.
  }
  throw new InputError(`${file} is not JSON; nothing was written`);
};

/** Scripts and dependencies of the template join the package.json of the directory; what is there stays. */
const packageContent = (directory: string, template: string): string => {
  const wanted = JSON.parse(readFileSync(template, 'utf8').replaceAll('{{version}}', version())) as Package;
  const own = ownPackage(directory);
  const sections = (['scripts', 'dependencies', 'devDependencies'] as const).map((name) => [
    name,
    { ...wanted[name], ...own[name] },
  ]);
  return `${JSON.stringify({ ...own, type: 'module', ...Object.fromEntries(sections) }, null, 2)}\n`;
};

/** `plimsoll init [TEMPLATE] [DIR]`. */
export const init = async ({ positionals }: Invocation): Promise<number> => {
  const folder = join(packageRoot(), 'templates');
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const [template = 'service', target = '.'] = positionals;
  if (!names.includes(template)) throw new UsageError(`there is no template "${template}"; there are ${names.join(', ')}`);
  const directory = resolve(target);
  mkdirSync(directory, { recursive: true });
  const source = join(folder, template);
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1));
  const realName = (file: string): string => join(file, '..', realNames[basename(file)] ?? basename(file));
  const taken = files.map(realName).filter((file) => file !== 'package.json' && existsSync(join(directory, file)));
  if (taken.length > 0) throw new InputError(`${directory} has ${taken.join(', ')} already; nothing was written`);
  const content = packageContent(directory, join(source, '_package.json'));
  for (const file of files) {
    if (realName(file) === 'package.json') continue;
    const to = join(directory, realName(file));
    mkdirSync(join(to, '..'), { recursive: true });
    cpSync(join(source, file), to);
  }
  const own = join(directory, 'package.json');
  writeFileSync(`${own}.new`, content);
  renameSync(`${own}.new`, own);
  process.stdout.write(
    `Made a project from the template ${template}${target === '.' ? '' : ` in ${target}`}.\n\nNext:${target === '.' ? '' : `\n  cd ${target}`}\n  npm install\n  npm run synth\n  npm test\n`,
  );
  return 0;
};
