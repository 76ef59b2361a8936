import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figure.js';
import { measured } from './measured.js';
import { newProject } from './project.js';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Result {
  readonly seconds: number;
  readonly megabytes: number;
  readonly objects: number;
}

const runs = 5;

const spawned = (args: readonly string[], cwd: string): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
};

/**
 * Building, judging and writing within a process that runs already, with the package as it is published. The programs take turns: what else the
 * machine does meanwhile slows all of them down.
 */
const inProcess = <Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Result>> => {
  const rounds = Array.from({ length: runs }, () => names.map((name) => measured<Result>(name, 1)[0] as Result));
  const of = (index: number, key: keyof Result): number => median(rounds.map((round) => round[index]?.[key] ?? Number.NaN));
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      { seconds: of(index, 'seconds'), megabytes: of(index, 'megabytes'), objects: of(index, 'objects') },
    ]),
  ) as Record<Name, Result>;
};

/** The whole command, as people type it. */
const asCommand = (cli: string, script: string): number => {
  const directory = newProject();
  for (const name of [script, 'units.ts']) cpSync(join(root, 'bench', name), join(directory, name));
  const app = `node ${join(root, 'node_modules/tsx/dist/cli.mjs')} ${script}`;
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
  const {
    'units-plimsoll': plimsoll,
    'units-cdk8s': plain,
    'units-cdk8s-kinds': kinds,
    'units-cdk8s-plus': plus,
  } = inProcess('units-plimsoll', 'units-cdk8s', 'units-cdk8s-kinds', 'units-cdk8s-plus');
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
