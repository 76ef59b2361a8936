import { amountOf } from '../../api/amount.js';
import type { Container, LimitRangeItem, PodSpec } from '../../api/generated/types.js';
import { aggregateLimits, aggregateRequests } from '../../api/pod-requests.js';
import { compareQuantities, formatQuantity, type Quantity, quantitySign, toMilli, toNumber } from '../../api/quantity.js';

type ResourceList = { readonly [name: string]: string | number } | undefined;
type Amounts = ReadonlyMap<string, Quantity>;

/** What one container, a whole Pod or a claim asks for and may use. */
export interface Use {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** `usage`: `cpu usage per Container`. */
type Constraint = (
  usage: string,
  enforced: Quantity,
  request: Quantity | undefined,
  limit: Quantity | undefined,
) => string | undefined;

const isLess = (a: Quantity, b: Quantity): boolean => compareQuantities(a, b) < 0;

const minimum: Constraint = (usage, enforced, request, limit) => {
  const rule = `minimum ${usage} is ${formatQuantity(enforced)}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  if (isLess(request, enforced)) return `${rule}, but request is ${formatQuantity(request)}`;
  return limit !== undefined && isLess(limit, enforced) ? `${rule}, but limit is ${formatQuantity(limit)}` : undefined;
};

const maximum: Constraint = (usage, enforced, request, limit) => {
  const rule = `maximum ${usage} is ${formatQuantity(enforced)}`;
  if (limit === undefined) return `${rule}.  No limit is specified`;
  if (isLess(enforced, limit)) return `${rule}, but limit is ${formatQuantity(limit)}`;
  return request !== undefined && isLess(enforced, request) ? `${rule}, but request is ${formatQuantity(request)}` : undefined;
};

/** Claims have no limits that count. */
const maximumRequest: Constraint = (usage, enforced, request) => {
  const rule = `maximum ${usage} is ${formatQuantity(enforced)}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  return isLess(enforced, request) ? `${rule}, but request is ${formatQuantity(request)}` : undefined;
};

/** Thousandths of more do not fit 64 bits: then whole units are compared. */
const maxMilliValue = 2 ** 63 / 1000;
const isPrecise = (amount: Quantity): boolean => toNumber(amount) <= maxMilliValue;

const ratio = (
  usage: string,
  enforced: Quantity,
  request: Quantity | undefined,
  limit: Quantity | undefined,
): string | undefined => {
  const rule = `${usage} is ${formatQuantity(enforced)}`;
  if (request === undefined || quantitySign(request) === 0) return `${rule}, but no request is specified or request is 0`;
  if (limit === undefined || quantitySign(limit) === 0) return `${rule}, but no limit is specified or limit is 0`;
  const measure = isPrecise(request) && isPrecise(limit) && isPrecise(enforced) ? toMilli : toNumber;
  const provided = measure(limit) / measure(request);
  const isExceeded = isPrecise(enforced) ? provided * 1000 > toMilli(enforced) : provided > toNumber(enforced);
  return isExceeded ? `${rule}, but provided ratio is ${provided.toFixed(6)}` : undefined;
};

const breachesOf = (list: ResourceList, { requests, limits }: Use, subject: string, constraint: Constraint): readonly string[] =>
  Object.entries(list ?? {}).flatMap(
    ([name, enforced]) => constraint(`${name} ${subject}`, amountOf(enforced), requests.get(name), limits.get(name)) ?? [],
  );

/** What `use` breaks of a LimitRange's item. */
export const breaches = ({ type, min, max, maxLimitRequestRatio }: LimitRangeItem, use: Use): readonly string[] => {
  const usage = `usage per ${type}`;
  if (type === 'PersistentVolumeClaim')
    return [...breachesOf(min, use, usage, minimum), ...breachesOf(max, use, usage, maximumRequest)];
  return [
    ...breachesOf(min, use, usage, minimum),
    ...breachesOf(max, use, usage, maximum),
    ...breachesOf(maxLimitRequestRatio, use, `max limit to request ratio per ${type}`, ratio),
  ];
};

const amountsOf = (list: ResourceList): Amounts =>
  new Map(Object.entries(list ?? {}).map(([name, amount]) => [name, amountOf(amount)]));

export const useOf = (resources: Container['resources']): Use => ({
  requests: amountsOf(resources?.requests),
  limits: amountsOf(resources?.limits),
});

/** What is said for the whole Pod goes before what its containers add up to. */
const overridden = (total: Amounts, own: ResourceList): Amounts =>
  new Map([...total, ...[...amountsOf(own)].filter(([name]) => name === 'cpu' || name === 'memory')]);

export const useOfPod = (spec: PodSpec): Use => ({
  requests: overridden(aggregateRequests(spec), spec.resources?.requests),
  limits: overridden(aggregateLimits(spec), spec.resources?.limits),
});
