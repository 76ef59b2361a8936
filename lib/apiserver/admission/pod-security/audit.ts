import { as, type Stored } from '../../kinds.js';
import type { Store } from '../../store.js';
import { detailsOf, violationsOf } from './evaluate.js';
import { policyOf, textOf } from './policy.js';
import { templateOf } from './templates.js';

/**
 * What the server notes in its audit log about a Pod or workload that it accepts: how it violates the level that its namespace audits. undefined
 * where nothing is noted, or where a warning says the same.
 */
export const auditedViolation = (object: Stored, store: Store): string | undefined => {
  const { audit, warn } = policyOf(store.find('Namespace', undefined, object.metadata.namespace ?? '')?.metadata.labels);
  if (audit.level === 'privileged' || textOf(audit) === textOf(warn)) return undefined;
  const judged = as('Pod', object) ?? templateOf(object);
  if (judged?.spec === undefined) return undefined;
  const violations = violationsOf(audit, judged.metadata, judged.spec);
  return violations.length === 0 ? undefined : `would violate PodSecurity "${textOf(audit)}": ${detailsOf(violations)}`;
};
