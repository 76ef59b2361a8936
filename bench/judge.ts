import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figure.js';

const root = fileURLToPath(new URL('..', import.meta.url));

const runs = 3;

/** Decoding, defaulting and validating the objects of the shop, again and again under other names: objects a second on one core. */
export const judge = (): void => {
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', join(root, 'bench', 'objects-judged.ts')],
      {
        encoding: 'utf8',
        cwd: root,
      },
    );
    if (status !== 0) throw new Error(`objects-judged.ts ended with ${status}: ${stderr}`);
    rates.push((JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as { rate: number }).rate);
  }
  figure('judge/objects a second', median(rates), 'objects');
};
