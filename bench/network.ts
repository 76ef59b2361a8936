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

/** What is asked of a settled cluster, through the same reports as the commands print. */
interface Asked {
  readonly seconds: number;
  readonly megabytes: number;
  readonly query: number;
}

const measure = <Figures>(file: string, ...args: readonly string[]): Figures => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join(root, 'bench', file), ...args], {
    encoding: 'utf8',
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Figures;
};

/**
 * The complete map of a cluster of 500 workloads in 50 namespaces, with 1,000 policies and 500 Services: all connections,
 * exposure to the cluster and to the outside. The memory is the whole process's, with the objects; a query is one `connect`. The last figures are
 * of the commands on a settled cluster of that size, after it is loaded; their memory holds the whole simulated cluster.
 */
export const network = (): void => {
  for (const pods of [1_000, 10_000, 100_000]) {
    const measured = Array.from({ length: runs }, () => measure<Measured>('network-mapped.ts', `${pods}`));
    const name = `network/map of ${pods} Pods`;
    figure(name, median(measured.map(({ seconds }) => seconds)), 's');
    figure(`${name}, memory`, median(measured.map(({ megabytes }) => megabytes)), 'MB');
    figure(`${name}, classes`, median(measured.map(({ classes }) => classes)), 'objects');
    figure(`${name}, one query`, median(measured.map(({ query }) => query / 1000)), 's');
  }
  const asked = Array.from({ length: runs }, () => measure<Asked>('network-asked.ts'));
  figure('network/plimsoll map, 10,000 Pods', median(asked.map(({ seconds }) => seconds)), 's');
  figure('network/plimsoll map, memory', median(asked.map(({ megabytes }) => megabytes)), 'MB');
  figure('network/plimsoll reach', median(asked.map(({ query }) => query / 1000)), 's');
};
