import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { figure, median } from './figure.js';

const root = fileURLToPath(new URL('..', import.meta.url));

const runs = 5;

const workloads = ['plain', 'spread', 'anti'] as const;

interface Size {
  readonly nodes: number;
  readonly pods: number;
  /** Pods a second that kube-scheduler 1.36 places, scoring all nodes, on 2 cores. */
  readonly real: Readonly<Record<(typeof workloads)[number], number>>;
}

const sizes: readonly Size[] = [
  { nodes: 1000, pods: 5000, real: { plain: 477, spread: 279, anti: 227 } },
  { nodes: 5000, pods: 2000, real: { plain: 107, spread: 65, anti: 73 } },
];

/** Pods placed a second on empty clusters, all nodes considered, against the real kube-scheduler. */
export const scheduler = (): void => {
  // As one file without types, which is how users run it.
  const program = join(root, 'build', 'bench', 'placements.mjs');
  buildSync({
    entryPoints: [join(root, 'bench', 'placements.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  for (const { nodes, pods, real } of sizes) {
    for (const workload of workloads) {
      const results = Array.from({ length: runs }, () => {
        const { status, stdout, stderr } = spawnSync(process.execPath, [program, workload, String(nodes), String(pods)], {
          encoding: 'utf8',
        });
        if (status !== 0) throw new Error(`placements.ts ended with ${status}: ${stderr}`);
        return JSON.parse(stdout) as { readonly rate: number; readonly megabytes: number };
      });
      const rate = median(results.map((result) => result.rate));
      const name = `scheduler/${workload} ${nodes}x${pods}`;
      figure(name, rate, 'pods/s');
      figure(`${name} memory`, median(results.map(({ megabytes }) => megabytes)), 'MB');
      figure(`${name} ratio`, rate / real[workload], 'x');
    }
  }
};
