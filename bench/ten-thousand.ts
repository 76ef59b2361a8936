import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figure.js';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Result {
  readonly seconds: number;
  readonly megabytes: number;
  readonly objects: number;
}

const runs = 3;

const measure = (script: string): Result => {
  const results: Result[] = [];
  for (let run = 0; run < runs; run++) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join(root, 'bench', script)], {
      encoding: 'utf8',
      cwd: root,
    });
    if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
    results.push(JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Result);
  }
  const by = (key: keyof Result): number => median(results.map((result) => result[key]));
  return { seconds: by('seconds'), megabytes: by('megabytes'), objects: by('objects') };
};

/** 10,000 objects in units of Deployment, Service and ConfigMap: built, verified and written, against cdk8s alone building and writing the same. */
export const tenThousand = (): void => {
  const plimsoll = measure('units-plimsoll.ts');
  const cdk8s = measure('units-cdk8s.ts');
  figure('ten-thousand/objects', plimsoll.objects, 'objects');
  figure('ten-thousand/plimsoll', plimsoll.seconds, 's');
  figure('ten-thousand/plimsoll memory', plimsoll.megabytes, 'MB');
  figure('ten-thousand/cdk8s', cdk8s.seconds, 's');
  figure('ten-thousand/cdk8s memory', cdk8s.megabytes, 'MB');
  figure('ten-thousand/ratio', cdk8s.seconds / plimsoll.seconds, 'x');
};
