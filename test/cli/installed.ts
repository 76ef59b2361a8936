import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ran {
  /** Exit code; null if a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** A project with this package installed, in a folder of its own: built from source, beside no other build. */
export class Project {
  readonly directory = mkdtempSync(join(tmpdir(), 'plimsoll-cli-'));
  readonly main = join(this.directory, 'node_modules/plimsoll/build/cli/main.js');

  constructor() {
    const installed = join(this.directory, 'node_modules/plimsoll');
    mkdirSync(installed, { recursive: true });
    execFileSync(process.execPath, ['--import', 'tsx', 'build.ts', join(installed, 'build')], { cwd: root });
    cpSync(join(root, 'package.json'), join(installed, 'package.json'));
    symlinkSync(join(root, 'templates'), join(installed, 'templates'));
    for (const name of ['cdk8s', 'constructs', 'esbuild', 'yaml'])
      symlinkSync(join(root, 'node_modules', name), join(this.directory, 'node_modules', name));
    writeFileSync(join(this.directory, 'package.json'), '{ "type": "module" }\n');
  }

  /** Writes files below the folder, by name. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.directory, name)), { recursive: true });
      writeFileSync(join(this.directory, name), content);
    }
  }

  remove(...names: readonly string[]): void {
    for (const name of names) rmSync(join(this.directory, name), { recursive: true, force: true });
  }

  read(name: string): string {
    return readFileSync(join(this.directory, name), 'utf8');
  }

  exists(name: string): boolean {
    return existsSync(join(this.directory, name));
  }

  /** What lies in the folder, without what was installed. */
  files(): string[] {
    return readdirSync(this.directory).filter((name) => name !== 'node_modules');
  }

  /** The environment of a user's shell: what the test runner says of itself does not reach it. */
  environment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env };
  }

  plimsoll(args: readonly string[], { input, env }: RunOptions = {}): Ran {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.main, ...args], {
      cwd: this.directory,
      encoding: 'utf8',
      env: this.environment(env),
      ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
      maxBuffer: 64 * 1024 * 1024,
    });
    return { status, stdout, stderr };
  }

  /** A line of shell in which `plimsoll` is this one. */
  shell(line: string): Ran {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-c', `plimsoll() { '${process.execPath}' '${this.main}' "$@"; }; ${line}`],
      {
        cwd: this.directory,
        encoding: 'utf8',
        env: this.environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    return { status, stdout, stderr };
  }

  destroy(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
