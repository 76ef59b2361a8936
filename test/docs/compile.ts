import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Type-checks TypeScript files (text by name) together, as a project beside the package would see them.
 *
 * @param project names the folder in `node_modules/.cache` that they are written to.
 * @returns the compiler's messages, one line each, that are about these files.
 */
export const compileErrors = (project: string, files: ReadonlyMap<string, string>): readonly string[] => {
  const folder = `${root}/node_modules/.cache/${project}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(`${folder}/${name}`, text);
  const config = { extends: '../../../tsconfig.json', compilerOptions: { rootDir: '../../..' }, include: ['*.ts'], exclude: [] };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
  try {
    execFileSync(`${root}/node_modules/.bin/tsc`, ['--noEmit', '-p', folder], { cwd: root, encoding: 'utf8' });
    return [];
  } catch (error) {
    const { stdout } = error as { readonly stdout?: unknown };
    if (typeof stdout !== 'string' || stdout === '') throw error;
    return stdout.split('\n').filter((line) => line.includes(`.cache/${project}/`));
  }
};
