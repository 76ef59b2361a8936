import type { PodSpec } from '../generated/types.js';
import { addQuantities, compareQuantities, formatQuantity, type Quantity } from '../quantity.js';
import type { Faults } from './faults.js';
import type { Path } from './path.js';
import { amountOf, amountText, validatePodResources } from './resources.js';

type Totals = Map<string, Quantity>;

const add = (totals: Totals, requests: { readonly [name: string]: string | number } | undefined): void => {
  for (const [name, json] of Object.entries(requests ?? {})) {
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

/** What the containers ask for together: the running ones at once, each init container beside the sidecars before it. */
const aggregateRequests = (spec: PodSpec): Totals => {
  const running: Totals = new Map();
  const sidecars: Totals = new Map();
  const peaks: Totals = new Map();
  for (const container of spec.containers ?? []) add(running, container.resources?.requests);
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      add(running, container.resources?.requests);
      add(sidecars, container.resources?.requests);
      raise(peaks, sidecars);
    } else {
      const peak = new Map(sidecars);
      add(peak, container.resources?.requests);
      raise(peaks, peak);
    }
  }
  raise(running, peaks);
  return running;
};

/** Resources of the Pod as a whole hold what its containers ask for (KEP-2837). */
export const validatePodLevelResources = (spec: PodSpec, at: Path, faults: Faults): void => {
  if (spec.resources === undefined) return;
  validatePodResources(spec.resources, at, faults);
  const { requests = {}, limits = {} } = spec.resources;
  for (const [name, total] of aggregateRequests(spec)) {
    const request = Object.hasOwn(requests, name) ? (requests[name] ?? 0) : 0;
    if (compareQuantities(total, amountOf(request)) <= 0) continue;
    const detail = `must be greater than or equal to aggregate container requests of ${formatQuantity(total)}`;
    faults.invalid(at.child('requests').key(name), amountText(request), detail);
  }
  for (const [index, container] of (spec.containers ?? []).entries()) {
    for (const [name, limit] of Object.entries(container.resources?.limits ?? {})) {
      const most = Object.hasOwn(limits, name) ? limits[name] : undefined;
      if (most === undefined || compareQuantities(amountOf(limit), amountOf(most)) <= 0) continue;
      const place = at.child('containers').index(index).key(name).child('limits');
      faults.invalid(place, amountText(limit), `must be less than or equal to pod limits of ${amountText(most)}`);
    }
  }
};
