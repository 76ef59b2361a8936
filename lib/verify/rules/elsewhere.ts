import type { Draft, DryRun } from '../rule.js';

/** In an open world what is missing may be elsewhere. */
export const unlessElsewhere = (run: DryRun, draft: Draft): Draft =>
  run.world === 'closed'
    ? draft
    : {
        ...draft,
        code: 'assumption/outside',
        severity: 'assumption',
        message: `${draft.message}, unless it is elsewhere`,
        fixes: [],
      };
