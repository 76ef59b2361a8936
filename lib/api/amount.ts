import { formatQuantity, parseQuantity, type Quantity, quantityOf } from './quantity.js';

const none = quantityOf(0);

// The same few amounts are written again and again; bounded so that a hostile manifest cannot grow it.
const known = new Map<string | number, Quantity>();
const mostKnown = 1000;

/** The amount of a field that `decode` has accepted as a quantity. */
export const amountOf = (json: string | number): Quantity => {
  const found = known.get(json);
  if (found !== undefined) return found;
  const parsed = parseQuantity(json);
  const amount = parsed.ok ? parsed.value : none;
  if (known.size < mostKnown) known.set(json, amount);
  return amount;
};

export const amountText = (json: string | number): string => formatQuantity(amountOf(json));
