import { refText } from '../../api/object.js';
import type { Draft, Rule } from '../rule.js';

/** What a namespace has the server write into its audit log, which an author never sees. */
export const auditRule: Rule = (run) =>
  run.accepted.flatMap((manifest): readonly Draft[] => {
    const object = run.refOf(manifest);
    const violation = run.cluster.audited(object);
    if (violation === undefined) return [];
    const message = `${refText(object)} is noted in the server's audit log: ${violation}`;
    return [{ code: 'pod-security/audited', severity: 'advice', object, message }];
  });
