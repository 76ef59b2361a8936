import { amountOf } from './amount.js';
import type { PodSpec } from './generated/types.js';
import { addQuantities, compareQuantities, type Quantity } from './quantity.js';

type Totals = Map<string, Quantity>;

const add = (totals: Totals, amounts: { readonly [name: string]: string | number } | undefined): void => {
  for (const [name, json] of Object.entries(amounts ?? {})) {
    const sum = totals.get(name);
    totals.set(name, sum === undefined ? amountOf(json) : addQuantities(sum, amountOf(json)));
  }
};

const raise = (totals: Totals, floor: Totals): void => {
  for (const [name, amount] of floor) {
    const now = totals.get(name);
    if (now === undefined || compareQuantities(now, amount) < 0) totals.set(name, amount);
  }
};

const aggregate = (spec: PodSpec, list: 'requests' | 'limits'): Totals => {
  const running: Totals = new Map();
  const sidecars: Totals = new Map();
  const peaks: Totals = new Map();
  for (const container of spec.containers ?? []) add(running, container.resources?.[list]);
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      add(running, container.resources?.[list]);
      add(sidecars, container.resources?.[list]);
      raise(peaks, sidecars);
    } else {
      const peak = new Map(sidecars);
      add(peak, container.resources?.[list]);
      raise(peaks, peak);
    }
  }
  raise(running, peaks);
  return running;
};

/** What the containers ask for together: the running ones at once, each init container beside the sidecars before it. */
export const aggregateRequests = (spec: PodSpec): Totals => aggregate(spec, 'requests');

/** What the containers may use together, counted as their requests are. */
export const aggregateLimits = (spec: PodSpec): Totals => aggregate(spec, 'limits');
