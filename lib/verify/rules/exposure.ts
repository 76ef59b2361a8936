import { createMap, type NetworkMap } from '../../network/map/map.js';
import type { Draft, Rule } from '../rule.js';
import { viewOf } from '../view.js';
import { exposedAt } from './intents/exposed-at.js';
import { isolated } from './intents/isolated.js';
import { onlyReachedBy } from './intents/only-reached-by.js';

/** Intents about who connects to a workload, and from where. They go by classes of equal Pods: the map is made once, for the first that asks. */
export const exposureRule: Rule = (run) => {
  let made: NetworkMap | undefined;
  const map = (): NetworkMap => {
    made ??= createMap(viewOf(run.cluster));
    return made;
  };
  return (run.input.intents ?? []).flatMap((intent): readonly Draft[] => {
    switch (intent.kind) {
      case 'onlyReachedBy':
        return onlyReachedBy(run, map(), intent);
      case 'isolated':
        return isolated(run, map(), intent);
      case 'exposedAt':
        return exposedAt(run, intent);
      default:
        return [];
    }
  });
};
