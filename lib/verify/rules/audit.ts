import { refText } from '../../api/object.js';
import type { Draft, Rule } from '../rule.js';

const auditLabel = 'pod-security.kubernetes.io/audit';

/** What a namespace has the server write into its audit log, which an author never sees. */
export const auditRule: Rule = (run) => {
  const auditing = new Set<string | undefined>();
  for (const { metadata } of run.cluster.list('Namespace'))
    if (Object.hasOwn(metadata.labels ?? {}, auditLabel)) auditing.add(metadata.name);
  if (auditing.size === 0) return [];
  return run.accepted.flatMap((manifest): readonly Draft[] => {
    const object = run.refOf(manifest);
    const violation = auditing.has(object.namespace) ? run.cluster.audited(object) : undefined;
    if (violation === undefined) return [];
    const message = `${refText(object)} is noted in the server's audit log: ${violation}`;
    return [{ code: 'pod-security/audited', severity: 'advice', object, message }];
  });
};
