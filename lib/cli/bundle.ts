import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const loaders: Readonly<Record<string, 'ts' | 'tsx' | 'js' | 'jsx'>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
};

/** A bundled file still sees its own place: `import.meta.url`, `__dirname` and `__filename` are those of its source. */
const ownPlace: Plugin = {
  name: 'own-place',
  setup(bundler) {
    bundler.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
      const loader = loaders[extname(path)];
      const contents = await readFile(path, 'utf8');
      if (loader === undefined || !/\bimport\.meta\b|\b__(?:dir|file)name\b/.test(contents)) return undefined;
      const place = { url: pathToFileURL(path).href, dirname: dirname(path), filename: path };
      // On the first line, so that line numbers stay.
      const names = Object.entries(place).map(([name, value]) => `const __plimsoll_${name} = ${JSON.stringify(value)};`);
      return { contents: names.join('') + contents, loader };
    });
  },
};

/** The CommonJS packages of every program: required, because Node parses all files of one that is imported for what they export. */
const required: Plugin = {
  name: 'required',
  setup(bundler) {
    bundler.onResolve({ filter: /^(?:cdk8s|cdk8s-plus-\d+|constructs)$/ }, ({ path }) => ({ path, namespace: 'required' }));
    bundler.onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = __plimsoll_require(${JSON.stringify(path)});`,
    }));
  },
};

const places: Readonly<Record<string, string>> = {
  'import.meta.url': '__plimsoll_url',
  'import.meta.dirname': '__plimsoll_dirname',
  'import.meta.filename': '__plimsoll_filename',
  __dirname: '__plimsoll_dirname',
  __filename: '__plimsoll_filename',
};

/** Bundles of this run that still lie beside their programs. */
const bundles = new Set<string>();

/** Removes what `bundle` made; also when the program ends the process or the user does. */
export const removeBundles = (): void => {
  for (const file of bundles) rmSync(file, { force: true });
  bundles.clear();
};

/**
 * Makes one module of the files of a program: some 30 ms, in a process of its own; a loader hook costs ten times that. Packages stay
 * what Node resolves.
 *
 * @returns its path.
 * @throws esbuild's BuildFailure for a program that does not parse.
 */
export const bundle = async (program: string): Promise<string> => {
  const file = resolve(program);
  // Beside the program, because that is where Node must look for its packages.
  const outfile = join(dirname(file), `.${basename(file)}.plimsoll-${randomBytes(4).toString('hex')}.mjs`);
  bundles.add(outfile);
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    // Also where a tsconfig.json leads the name elsewhere: program and CLI must be of one copy.
    external: ['plimsoll', 'plimsoll/*'],
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'silent',
    define: { ...places },
    plugins: [ownPlace, required],
    banner: {
      js: "import { createRequire as __plimsoll_create } from 'node:module'; const __plimsoll_require = __plimsoll_create(import.meta.url); globalThis.require ??= __plimsoll_require;",
    },
  });
  return outfile;
};
