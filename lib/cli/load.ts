import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
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

const places: Readonly<Record<string, string>> = {
  'import.meta.url': '__plimsoll_url',
  'import.meta.dirname': '__plimsoll_dirname',
  'import.meta.filename': '__plimsoll_filename',
  __dirname: '__plimsoll_dirname',
  __filename: '__plimsoll_filename',
};

/**
 * Runs a TypeScript or JavaScript program in this process: its own files are bundled (some 30 ms; a loader hook costs ten times
 * that), its packages stay what Node resolves. Stack positions lead to the sources.
 *
 * @throws whatever the program throws, and esbuild's BuildFailure for a program that does not parse.
 */
export const loadProgram = async (program: string): Promise<void> => {
  const file = resolve(program);
  // Beside the program, because that is where Node must look for its packages.
  const bundle = join(dirname(file), `.${basename(file)}.plimsoll-${randomBytes(4).toString('hex')}.mjs`);
  const remove = (): Promise<void> => rm(bundle, { force: true });
  try {
    const built = build({
      entryPoints: [file],
      outfile: bundle,
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
      plugins: [ownPlace],
      banner: {
        js: "import { createRequire as __plimsoll_require } from 'node:module'; globalThis.require ??= __plimsoll_require(import.meta.url);",
      },
    });
    // esbuild works in a process of its own; meanwhile this one loads what nearly every program imports.
    await Promise.all([built, import('cdk8s')]);
    process.setSourceMapsEnabled(true);
    await import(pathToFileURL(bundle).href);
  } finally {
    await remove();
  }
};
