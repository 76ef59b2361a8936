import {
  addQuantities,
  compareQuantities,
  decodeQuantity,
  type Quantity,
  quantityOf,
  subtractQuantities,
  toMilli,
  toNumber,
} from '../api/quantity.js';

/** Amounts of resources in the units that the scheduler counts in: millicores, bytes, pieces. */
export interface Resource {
  readonly milliCPU: number;
  readonly memory: number;
  readonly ephemeralStorage: number;
  /** Extended resources and huge pages. */
  readonly scalars: ReadonlyMap<string, number>;
}

/** A resource list as written: `{ cpu: '500m', memory: '1Gi' }`. */
export type ResourceQuantities = Readonly<Record<string, string | number>>;

/** Exact amounts, so that fractions of bytes add up before they are rounded. */
export type ResourceList = ReadonlyMap<string, Quantity>;

export const noResources: ResourceList = new Map();

export const parseResources = (quantities: ResourceQuantities | undefined): ResourceList => {
  if (quantities === undefined) return noResources;
  const list = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(quantities)) {
    const parsed = decodeQuantity(text);
    if (parsed.ok) list.set(name, parsed.value);
  }
  return list;
};

const merge = (combine: (a: Quantity, b: Quantity) => Quantity, lists: readonly ResourceList[]): ResourceList => {
  const filled = lists.filter(({ size }) => size > 0);
  const [first, ...others] = filled;
  if (first === undefined || others.length === 0) return first ?? noResources;
  const result = new Map(first);
  for (const list of others) {
    for (const [name, amount] of list) {
      const known = result.get(name);
      result.set(name, known === undefined ? amount : combine(known, amount));
    }
  }
  return result;
};

export const sumOf = (...lists: readonly ResourceList[]): ResourceList => merge(addQuantities, lists);

export const maxOf = (...lists: readonly ResourceList[]): ResourceList =>
  merge((a, b) => (compareQuantities(a, b) < 0 ? b : a), lists);

/** What is left of the amounts of `list`. */
export const differenceOf = (list: ResourceList, less: ResourceList): ResourceList =>
  new Map([...list].map(([name, amount]) => [name, subtractQuantities(amount, less.get(name) ?? quantityOf(0))]));

const isScalar = (name: string): boolean =>
  name.includes('/') || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-');

export const toResource = (list: ResourceList): Resource => {
  const amount = (name: string): number => {
    const quantity = list.get(name);
    return quantity === undefined ? 0 : toNumber(quantity);
  };
  const cpu = list.get('cpu');
  return {
    milliCPU: cpu === undefined ? 0 : toMilli(cpu),
    memory: amount('memory'),
    ephemeralStorage: amount('ephemeral-storage'),
    scalars: new Map([...list.keys()].filter(isScalar).map((name) => [name, amount(name)])),
  };
};

/** What a node can give to Pods, and to how many. */
export const allocatableOf = (quantities: ResourceQuantities): Resource & { readonly pods: number } => {
  const list = parseResources(quantities);
  const pods = list.get('pods');
  return { ...toResource(list), pods: pods === undefined ? 0 : toNumber(pods) };
};
