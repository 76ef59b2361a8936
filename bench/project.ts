import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const packages = ['cdk8s', 'cdk8s-plus-27', 'constructs', 're2js', 'yaml'];

/**
 * A project that has this package installed, as people have one: within the repository, programs would run on its sources. It is removed when the
 * process ends.
 */
export const newProject = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
  mkdirSync(join(directory, 'node_modules'));
  for (const name of packages) symlinkSync(join(root, 'node_modules', name), join(directory, 'node_modules', name));
  symlinkSync(root, join(directory, 'node_modules', 'plimsoll'));
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n');
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
};
