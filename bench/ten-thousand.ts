import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figure.js';
import { measured } from './measured.js';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Result {
  readonly seconds: number;
  readonly megabytes: number;
  readonly objects: number;
}

const runs = 3;

const spawned = (args: readonly string[], cwd: string): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
};

/** Building, judging and writing within a process that runs already, with the package as it is published. */
const inProcess = (name: string): Result => {
  const results = measured<Result>(name, runs);
  const by = (key: keyof Result): number => median(results.map((result) => result[key]));
  return { seconds: by('seconds'), megabytes: by('megabytes'), objects: by('objects') };
};

/** The whole command, as people type it. */
const asCommand = (cli: string, script: string): number => {
  const directory = join(root, 'build', 'bench');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const app = `node ${join(root, 'node_modules/tsx/dist/cli.mjs')} ${join(root, 'bench', script)}`;
  writeFileSync(join(directory, 'cdk8s.yaml'), `language: typescript\napp: ${app}\noutput: dist\n`);
  return median(
    Array.from({ length: runs }, () => {
      const started = performance.now();
      spawned([join(root, cli), 'synth'], directory);
      return (performance.now() - started) / 1000;
    }),
  );
};

/**
 * 10,000 objects in units of Deployment, Service and ConfigMap: built, verified and written, against cdk8s alone building and writing the same:
 * as plain `ApiObject`s, which is the least that cdk8s can do, as the typed kinds that `cdk8s import k8s` makes, and as the constructs of cdk8s-plus-27.
 */
export const tenThousand = (): void => {
  const plimsoll = inProcess('units-plimsoll');
  const plain = inProcess('units-cdk8s');
  const kinds = inProcess('units-cdk8s-kinds');
  const plus = inProcess('units-cdk8s-plus');
  figure('ten-thousand/objects', plimsoll.objects, 'objects');
  figure('ten-thousand/plimsoll', plimsoll.seconds, 's');
  figure('ten-thousand/plimsoll memory', plimsoll.megabytes, 'MB');
  figure('ten-thousand/cdk8s', plain.seconds, 's');
  figure('ten-thousand/cdk8s memory', plain.megabytes, 'MB');
  figure('ten-thousand/ratio', plain.seconds / plimsoll.seconds, 'x');
  figure('ten-thousand/cdk8s, typed kinds', kinds.seconds, 's');
  figure('ten-thousand/ratio to typed kinds', kinds.seconds / plimsoll.seconds, 'x');
  figure('ten-thousand/cdk8s-plus-27', plus.seconds, 's');
  figure('ten-thousand/ratio to cdk8s-plus', plus.seconds / plimsoll.seconds, 'x');
  const synth = asCommand('build/cli/main.js', 'units-plimsoll.ts');
  const synthPlain = asCommand('node_modules/cdk8s-cli/bin/cdk8s', 'units-cdk8s.ts');
  const synthPlus = asCommand('node_modules/cdk8s-cli/bin/cdk8s', 'units-cdk8s-plus.ts');
  figure('ten-thousand/plimsoll synth', synth, 's');
  figure('ten-thousand/cdk8s synth', synthPlain, 's');
  figure('ten-thousand/cdk8s synth, plus', synthPlus, 's');
  figure('ten-thousand/synth ratio', synthPlain / synth, 'x');
  figure('ten-thousand/synth ratio, plus', synthPlus / synth, 'x');
};
