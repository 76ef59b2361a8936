import { refKey, refOf, refText } from '../../api/object.js';
import type { Draft, Rule } from '../rule.js';
import { creationFixes, deciderOf } from './creation-fixes.js';

const quoted = (text: string): string => /(?:is forbidden|is invalid|not found|exceeded quota)[\s\S]*/.exec(text)?.[0] ?? text;

/** Pods that a controller cannot create: the refusal stands only in its events. */
export const creationRule: Rule = (run) => {
  const seen = new Set<string>();
  const drafts: Draft[] = [];
  for (const event of run.cluster.warnings) {
    if (event.reason !== 'FailedCreate') continue;
    const owner = run.cluster.get(event.object);
    const workload = owner === undefined ? event.object : refOf(run.cluster.controllerOf(owner));
    // A later attempt may have succeeded; the pods that are missing now count.
    const key = `${refKey(workload)} ${quoted(event.message)}`;
    const missing = run.blamed(workload) && /not found|was found/.test(event.message);
    if (seen.has(key) || missing || run.manifestOf(workload) === undefined) continue;
    seen.add(key);
    const decider = deciderOf(event.message, workload.namespace);
    const source = decider && run.manifestOf(decider)?.provenance.source;
    drafts.push({
      code: 'workload/create-failed',
      severity: 'error',
      object: workload,
      message: `${refText(workload)} cannot create its Pods: ${event.message}`,
      evidence: decider === undefined ? [] : [{ kind: 'object', object: decider, text: 'forbids them', source }],
      fixes: creationFixes(run, workload, decider, event.message),
    });
  }
  return drafts;
};
