import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a program of this folder in processes of its own, as one file without types, which is how users run it; what it printed last each time. */
export const measured = <Figures>(name: string, times: number, args: readonly (string | number)[] = []): readonly Figures[] => {
  const program = join(root, 'build', 'bench', `${name}.mjs`);
  buildSync({
    entryPoints: [join(root, 'bench', `${name}.ts`)],
    outfile: program,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return Array.from({ length: times }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args.map(String)], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`${name}.ts ended with ${status}: ${stderr}`);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Figures;
  });
};
