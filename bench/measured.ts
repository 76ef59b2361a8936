import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { newProject } from './project.js';

let project: string | undefined;

/** Runs a program of this folder in processes of its own, as one file without types, which is how users run it; what it printed last each time. */
export const measured = <Figures>(name: string, times: number, args: readonly (string | number)[] = []): readonly Figures[] => {
  project ??= newProject();
  const program = join(project, `${name}.mjs`);
  buildSync({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile: program,
    bundle: true,
    packages: 'external',
    // By its name: `paths` of tsconfig.json would come first.
    external: ['plimsoll'],
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
