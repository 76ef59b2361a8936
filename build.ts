/**
 * `tsx build.ts [DIR]`: bundles the package into DIR, build/ by default. Programs of the author and of this package share chunks, so the CLI and the
 * program that it runs load everything once.
 */
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What few runs need is read when it is first used. */
const late: ReadonlySet<string> = new Set(['re2js', 'yaml']);

/** Members of an object with what a package exports, read on use. */
const onUse = (name: string): string =>
  Object.keys(createRequire(import.meta.url)(name))
    .map((exported) => `get ${exported}() { return require(${JSON.stringify(name)}).${exported}; }`)
    .join(', ');

/**
 * CommonJS packages are required, not imported: before Node imports one it parses every file of it for the names that it exports, which
 * takes longer than running them.
 */
const required: Plugin = {
  name: 'required',
  setup(bundler) {
    bundler.onResolve({ filter: /^(?:cdk8s|constructs|esbuild|re2js|yaml)$/ }, ({ path, namespace, kind }) => {
      if (kind !== 'import-statement') return { path, external: true };
      return namespace === 'required' ? undefined : { path, namespace: 'required' };
    });
    bundler.onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = ${late.has(path) ? `{ ${onUse(path)} }` : `require(${JSON.stringify(path)})`};`,
    }));
  },
};

const outdir = process.argv[2] ?? path('build');
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: ['lib/index.ts', 'lib/testing/index.ts', 'lib/cli/main.ts'].map(path),
  outdir,
  outbase: path('lib'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  // Half of the time that a start takes is reading code. Names stay, and lines, for stacks that people can report.
  minifyWhitespace: true,
  lineLimit: 160,
  plugins: [required],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
