import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figure.js';

const root = fileURLToPath(new URL('..', import.meta.url));

const runs = 3;

interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
  readonly classes: number;
  readonly connections: number;
  readonly query: number;
}

const measure = (pods: number): Measured => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'bench', 'network-mapped.ts'), `${pods}`],
    { encoding: 'utf8', cwd: root, maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`network-mapped.ts ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Measured;
};

/**
 * The complete map of a cluster of 500 workloads in 50 namespaces, with 1,000 policies and 500 Services: all connections,
 * exposure to the cluster and to the outside. The memory is the whole process's, with the objects; a query is one `connect`.
 */
export const network = (): void => {
  for (const pods of [1_000, 10_000, 100_000]) {
    const measured = Array.from({ length: runs }, () => measure(pods));
    const name = `network/map of ${pods} Pods`;
    figure(name, median(measured.map(({ seconds }) => seconds)), 's');
    figure(`${name}, memory`, median(measured.map(({ megabytes }) => megabytes)), 'MB');
    figure(`${name}, classes`, median(measured.map(({ classes }) => classes)), 'objects');
    figure(`${name}, one query`, median(measured.map(({ query }) => query / 1000)), 's');
  }
};
