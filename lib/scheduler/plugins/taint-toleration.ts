import { defaultNormalizeScore, type Plugin, unresolvable } from '../framework.js';
import { tolerates, toleratesAll } from '../taints.js';

const name = 'TaintToleration';
const refusal = unresolvable(name, 'node(s) had untolerated taint(s)');

/** Taints and tolerations: hard taints keep Pods off, soft ones cost score. */
export const taintToleration: Plugin = {
  name,
  weight: 3,
  preFilter({ tolerations }) {
    return {
      filter: ({ hardTaints }) => (hardTaints.length === 0 || toleratesAll(tolerations, hardTaints) ? undefined : refusal),
    };
  },
  preScore({ tolerations }) {
    const soft = tolerations.filter(({ effect }) => !effect || effect === 'PreferNoSchedule');
    return {
      score: ({ softTaints }) => {
        let untolerated = 0;
        for (const taint of softTaints) if (!soft.some((toleration) => tolerates(toleration, taint))) untolerated++;
        return untolerated;
      },
      normalizeScore: (scores) => defaultNormalizeScore(scores, true),
    };
  },
};
