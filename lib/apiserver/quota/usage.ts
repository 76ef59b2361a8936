import { amountOf } from '../../api/amount.js';
import { addQuantities, compareQuantities, formatQuantity, type Quantity, quantityOf, quantitySign } from '../../api/quantity.js';

/** Amounts by resource name: `pods`, `requests.cpu`, `count/deployments.apps`. */
export type Usage = ReadonlyMap<string, Quantity>;

type ResourceList = Readonly<Record<string, string | number>>;

export const one = quantityOf(1);
export const zero = quantityOf(0);

const none: Usage = new Map();
const read = new WeakMap<ResourceList, Usage>();

/** A list of quantities as it stands in a status. */
export const usageOf = (list: ResourceList | undefined): Usage => {
  if (list === undefined) return none;
  const known = read.get(list);
  if (known !== undefined) return known;
  const usage = new Map(Object.entries(list).map(([name, json]) => [name, amountOf(json)]));
  read.set(list, usage);
  return usage;
};

/** What a status says of it; remembered, as the next request asks for it again. */
export const resourceListOf = (usage: Usage): Readonly<Record<string, string>> => {
  const list = Object.fromEntries([...usage].map(([name, amount]) => [name, formatQuantity(amount)]));
  read.set(list, usage);
  return list;
};

/** `limits.cpu=2,pods=1`, as refusals print it. */
export const usageText = (usage: Usage, names: readonly string[]): string =>
  [...names]
    .sort()
    .map((name) => `${name}=${formatQuantity(usage.get(name) ?? zero)}`)
    .join();

/** `a` with what `b` adds to it, `times` over. */
export const plus = (a: Usage, b: Usage, times = 1): Usage => {
  const sum = new Map(a);
  for (const [name, amount] of b) {
    const { text: _text, ...value } = amount;
    const added = times === 1 ? amount : { ...value, unscaled: amount.unscaled * BigInt(times) };
    const before = sum.get(name);
    sum.set(name, before === undefined ? added : addQuantities(before, added));
  }
  return sum;
};

/** What `a` has more than `b`, resource by resource. */
export const increase = (a: Usage, b: Usage): Usage => {
  const more = new Map<string, Quantity>();
  for (const [name, amount] of a) {
    const before = b.get(name);
    if (before === undefined) more.set(name, amount);
    else if (compareQuantities(amount, before) > 0)
      more.set(name, addQuantities(amount, { ...before, unscaled: -before.unscaled }));
  }
  return more;
};

/** The part of these resources of which there is any. */
export const consumed = (usage: Usage, names: Usage): Usage =>
  new Map([...usage].filter(([name, amount]) => names.has(name) && quantitySign(amount) !== 0));
