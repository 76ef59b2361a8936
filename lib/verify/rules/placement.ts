import type { Draft, Rule } from '../rule.js';
import { apart } from './intents/apart.js';
import { fits } from './intents/fits.js';
import { type Preemption, preempted, preemptionOf } from './intents/preempted.js';
import { runsOn } from './intents/runs-on.js';
import { spreads } from './intents/spreads.js';

/** Intents about where Pods run. */
export const placementRule: Rule = (run) => {
  let known: Preemption | undefined;
  const preemption = (): Preemption => {
    known ??= preemptionOf(run);
    return known;
  };
  return (run.input.intents ?? []).flatMap((intent): readonly Draft[] => {
    switch (intent.kind) {
      case 'fits':
        return fits(run, intent);
      case 'runsOn':
        return runsOn(run, intent);
      case 'spreadsOver':
        return spreads(run, intent);
      case 'neverSharesNodeWith':
        return apart(run, intent);
      case 'isNotPreempted':
        return preempted(run, preemption(), intent);
      default:
        return [];
    }
  });
};
