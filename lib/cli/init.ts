import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError, type Invocation, UsageError } from './command.js';
import { packageRoot } from './package-root.js';
import { version } from './version.js';

/** Files that npm would rename or leave out of a package carry another name in the template. */
const realNames: Readonly<Record<string, string>> = { gitignore: '.gitignore', '_package.json': 'package.json' };

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
  const ownPackage = existsSync(join(directory, 'package.json'));
  for (const file of files) {
    const to = join(directory, realName(file));
    if (realName(file) === 'package.json' && ownPackage) continue;
    mkdirSync(join(to, '..'), { recursive: true });
    cpSync(join(source, file), to);
  }
  mergePackage(directory, join(source, '_package.json'), ownPackage);
  process.stdout.write(
    `Made a project from the template ${template}${target === '.' ? '' : ` in ${target}`}.\n\nNext:${target === '.' ? '' : `\n  cd ${target}`}\n  npm install\n  npm run synth\n  npm test\n`,
  );
  return 0;
};

type Package = Record<string, Record<string, string> | string | undefined>;

/** Scripts and dependencies of the template join an existing package.json; what is there stays. */
const mergePackage = (directory: string, template: string, exists: boolean): void => {
  const wanted = JSON.parse(readFileSync(template, 'utf8').replaceAll('{{version}}', version())) as Package;
  const file = join(directory, 'package.json');
  const own = exists
    ? (JSON.parse(readFileSync(file, 'utf8')) as Package)
    : {
        name: basename(directory)
          .toLowerCase()
          .replace(/[^a-z0-9-]+/g, '-'),
        private: 'true',
      };
  const merged: Package = { ...wanted, ...own };
  for (const section of ['scripts', 'dependencies', 'devDependencies'])
    merged[section] = { ...(wanted[section] as Record<string, string>), ...(own[section] as Record<string, string> | undefined) };
  const content = JSON.stringify({ ...merged, ...(exists ? {} : { private: true }), type: 'module' }, null, 2);
  writeFileSync(`${file}.new`, `${content}\n`);
  renameSync(`${file}.new`, file);
};
