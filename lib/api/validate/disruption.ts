import type { PodDisruptionBudget } from '../generated/types.js';
import type { Faults } from './faults.js';
import { validateLabelSelector } from './labels.js';
import { atMost100Percent, validateCountOrPercentage } from './numbers.js';
import { Path } from './path.js';

const policies = ['AlwaysAllow', 'IfHealthyBudget'];

export const podDisruptionBudget = (object: PodDisruptionBudget, faults: Faults): void => {
  const at = Path.of('spec');
  const spec = object.spec ?? {};
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    faults.invalid(at, spec, 'minAvailable and maxUnavailable cannot be both set');
  }
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    validateCountOrPercentage(spec[field], at.child(field), faults);
    atMost100Percent(spec[field], at.child(field), faults);
  }
  validateLabelSelector(spec.selector, at.child('selector'), faults);
  const policy = spec.unhealthyPodEvictionPolicy;
  if (policy !== undefined && !policies.includes(policy))
    faults.notSupported(at.child('unhealthyPodEvictionPolicy'), policy, policies);
};
