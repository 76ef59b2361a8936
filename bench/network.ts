import { figure, median } from './figure.js';
import { measured } from './measured.js';

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

/**
 * The complete map of a cluster of 500 workloads in 50 namespaces, with 1,000 policies and 500 Services: all connections,
 * exposure to the cluster and to the outside. The memory is the whole process's, with the objects; a query is one `connect`. The last figures are
 * of the commands on a settled cluster of that size, after it is loaded; their memory holds the whole simulated cluster.
 */
export const network = (): void => {
  for (const pods of [1_000, 10_000, 100_000]) {
    const maps = measured<Measured>('network-mapped', runs, [pods]);
    const name = `network/map of ${pods} Pods`;
    figure(name, median(maps.map(({ seconds }) => seconds)), 's');
    figure(`${name}, memory`, median(maps.map(({ megabytes }) => megabytes)), 'MB');
    figure(`${name}, classes`, median(maps.map(({ classes }) => classes)), 'objects');
    figure(`${name}, one query`, median(maps.map(({ query }) => query / 1000)), 's');
  }
  const asked = measured<Asked>('network-asked', runs);
  figure('network/plimsoll map, 10,000 Pods', median(asked.map(({ seconds }) => seconds)), 's');
  figure('network/plimsoll map, memory', median(asked.map(({ megabytes }) => megabytes)), 'MB');
  figure('network/plimsoll reach', median(asked.map(({ query }) => query / 1000)), 's');
};
