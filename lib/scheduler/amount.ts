import { formatQuantity, quantityOf } from '../api/quantity.js';
import type { Resource } from './resource.js';

/** An amount in the scheduler's units: millicores, bytes, pieces. */
export const amountOf = (resources: Resource, name: string): number => {
  switch (name) {
    case 'cpu':
      return resources.milliCPU;
    case 'memory':
      return resources.memory;
    case 'ephemeral-storage':
      return resources.ephemeralStorage;
    default:
      return resources.scalars.get(name) ?? 0;
  }
};

const isBytes = (resource: string): boolean =>
  resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-');

const mebi = 2 ** 20;

/** The step in which people write amounts of a resource: a thousandth of a core, one Mi, one piece. */
export const stepOf = (resource: string): number => (isBytes(resource) ? mebi : 1);

/** An amount as people write it: `1500m`, `2Gi`, `3`. Bytes are rounded down to whole Mi. */
export const writeAmount = (resource: string, amount: number): string => {
  if (amount < 0) return `-${writeAmount(resource, -amount)}`;
  if (resource === 'cpu') return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`;
  if (!isBytes(resource)) return String(amount);
  return amount < mebi
    ? String(Math.floor(amount))
    : formatQuantity(quantityOf(BigInt(Math.floor(amount / mebi) * mebi), 'BinarySI'));
};
