import type { Plugin } from '../framework.js';

/**
 * Dynamic resource allocation as far as it shows for Pods without resource claims: a score of 0 everywhere, and its answer
 * after filtering, which stands before that of preemption.
 */
export const dynamicResources: Plugin = {
  name: 'DynamicResources',
  weight: 2,
  preScore: () => ({ score: () => 0 }),
  postFilter(cycle) {
    // The plugin's PreFilter comes last, so a Pod that another PreFilter refused has no state of this one.
    if (cycle.refusal !== undefined) return { code: 'Error', message: 'not found' };
    return { code: 'Unschedulable', message: 'no new claims to deallocate' };
  },
};
