import type { Container, Quantity, ResourceFieldSelector } from '../api/generated/types.js';
import { milliValue, quantityValue } from '../api/quantity.js';
import type { Resolved } from './field-ref.js';

type Resources = Readonly<Record<string, Quantity>>;

const scalable = new Set(['cpu', 'memory', 'ephemeral-storage']);
const supported = (list: string, resource: string): boolean =>
  (list === 'limits' || list === 'requests') && (scalable.has(resource) || resource.startsWith('hugepages-'));

/** CPU counts in thousandths, everything else in whole units, both rounded up. */
const inUnits = (resource: string, amount: Quantity | undefined): number =>
  resource === 'cpu' ? milliValue(amount) : quantityValue(amount);

/** A limit that the container does not set, or sets to zero, is what the node can give. */
const limitOf = (container: Container, resource: string, allocatable: Resources): Quantity | undefined => {
  const limit = container.resources?.limits?.[resource];
  return scalable.has(resource) && milliValue(limit) === 0 ? (allocatable[resource] ?? limit) : limit;
};

/** `resourceFieldRef`: requests or limits of a container in units of the divisor, rounded up. */
export const resourceField = (selector: ResourceFieldSelector, container: Container, allocatable: Resources): Resolved => {
  const [list = '', resource = ''] = selector.resource.split(/\.(.*)/su);
  if (!supported(list, resource)) return { error: `unsupported container resource : ${selector.resource}` };
  const amount = list === 'limits' ? limitOf(container, resource, allocatable) : container.resources?.requests?.[resource];
  const divisor = inUnits(resource, selector.divisor) || inUnits(resource, 1);
  return { value: String(Math.ceil(inUnits(resource, amount) / divisor)) };
};
