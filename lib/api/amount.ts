import { formatQuantity, parseQuantity, type Quantity, quantityOf } from './quantity.js';

const none = quantityOf(0);

/** The amount of a field that `decode` has accepted as a quantity. */
export const amountOf = (json: string | number): Quantity => {
  const parsed = parseQuantity(json);
  return parsed.ok ? parsed.value : none;
};

export const amountText = (json: string | number): string => formatQuantity(amountOf(json));
