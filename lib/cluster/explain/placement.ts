import type { Pod } from '../../api/generated/types.js';
import { type Admitted, refKey, refOf } from '../../api/object.js';
import type { Obstacle } from '../../scheduler/explain/explanation.js';
import { answersOf } from '../../scheduler/explain/obstacles.js';
import { scoreTable } from '../../scheduler/explain/score-table.js';
import { unplaced } from '../../scheduler/explain/trial.js';
import { PodInfo } from '../../scheduler/pod-info.js';
import type { Asked } from './asked.js';
import type { Placement } from './explanation.js';

/** Why a Pod is on its node, and why others did not come into question. */
export interface Placed {
  readonly placement: Placement;
  readonly obstacles: readonly Obstacle[];
}

/** Asks the scheduler again about a Pod that has been taken out of the sandbox. */
const ask = (asked: Asked, pod: Admitted<Pod>, asOf: Placement['asOf']): Placed => {
  const { sandbox } = asked;
  const before = unplaced(pod);
  const decision = sandbox.decide(before);
  const info = new PodInfo(before);
  const profile = asked.profileOf(before);
  const { obstacles, question } = answersOf(info, sandbox.cache, profile, 1);
  // A profile that samples nodes scores only some of those that pass.
  const scored = decision.outcome === 'scheduled' ? decision.scores : undefined;
  const feasible = sandbox.cache.nodes.filter(({ name }) => scored?.has(name) ?? !question.refusals.has(name));
  const node = decision.outcome === 'scheduled' ? decision.node : undefined;
  return {
    obstacles,
    placement: {
      asOf,
      scores: scoreTable(info, feasible, sandbox.cache, profile),
      ...(node !== pod.spec?.nodeName && { elsewhere: { node } }),
    },
  };
};

/** As of when each was placed: the last first, so that what came later is taken away once. */
const then = (asked: Asked, pods: readonly Admitted<Pod>[]): ReadonlyMap<string, Placed> =>
  asked.sandbox.attempt((attempt) => {
    const wanted = new Map(pods.map((pod) => [refKey(refOf(pod)), pod]));
    const found = new Map<string, Placed>();
    for (const ref of asked.boundLast) {
      if (found.size === wanted.size) break;
      attempt.remove(ref);
      const pod = wanted.get(refKey(ref));
      if (pod !== undefined) found.set(refKey(ref), ask(asked, pod, 'placed'));
    }
    return found;
  });

const now = (asked: Asked, pod: Admitted<Pod>): Placed =>
  asked.sandbox.attempt((attempt) => {
    attempt.remove(refOf(pod));
    return ask(asked, pod, 'now');
  });

/** By `refKey`: as of when the Pod was placed, where asking again gives the node that it has; else as of now. */
export const placements = (
  asked: Asked,
  pods: readonly Admitted<Pod>[],
  asOf: Placement['asOf'] | undefined,
): ReadonlyMap<string, Placed> => {
  const placed = asOf === 'now' ? new Map<string, Placed>() : then(asked, pods);
  return new Map(
    pods.map((pod) => {
      const key = refKey(refOf(pod));
      const known = placed.get(key);
      return [key, known !== undefined && (asOf === 'placed' || !('elsewhere' in known.placement)) ? known : now(asked, pod)];
    }),
  );
};
