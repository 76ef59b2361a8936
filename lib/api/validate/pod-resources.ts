import { amountOf, amountText } from '../amount.js';
import type { PodSpec } from '../generated/types.js';
import { aggregateRequests } from '../pod-requests.js';
import { compareQuantities, formatQuantity } from '../quantity.js';
import type { Faults } from './faults.js';
import type { Path } from './path.js';
import { validatePodResources } from './resources.js';

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
