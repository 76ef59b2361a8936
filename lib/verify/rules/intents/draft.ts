import { type ObjectRef, refText } from '../../../api/object.js';
import type { Evidence, FindingCode } from '../../finding.js';
import type { Intent } from '../../intent.js';
import type { Candidate, Draft, DryRun } from '../../rule.js';
import { intentText } from './intent-text.js';

/** Where the object of an intent was made: the finding itself points to the intent. */
const madeAt = (run: DryRun, object: ObjectRef): readonly Evidence[] => {
  const source = run.manifestOf(object)?.provenance.source;
  return source === undefined ? [] : [{ kind: 'object', object, text: 'is made', source }];
};

/** A broken intent, at the line where it was written. */
export const broken = (
  run: DryRun,
  intent: Intent,
  object: ObjectRef,
  draft: {
    readonly code: FindingCode;
    readonly message: string;
    readonly evidence: readonly Evidence[];
    /** Asked for only while no other fix is tried. */
    readonly fixes: () => readonly Candidate[];
  },
): Draft => ({
  code: draft.code,
  severity: 'error',
  object,
  source: intent.provenance.source,
  intent: intentText(intent),
  message: draft.message,
  evidence: [...draft.evidence, ...madeAt(run, object)],
  get fixes() {
    return draft.fixes();
  },
});

/** An intent that holds, but not because of anything that the manifests say. */
export const unproven = (intent: Intent, object: ObjectRef, message: string, evidence: readonly Evidence[] = []): Draft => ({
  code: 'assumption/intent',
  severity: 'assumption',
  object,
  source: intent.provenance.source,
  intent: intentText(intent),
  message,
  evidence,
});

/** There is nothing to hold the intent against. Said only where nothing else explains it. */
export const nobody = (run: DryRun, intent: Intent, object: ObjectRef): readonly Draft[] =>
  run.blamed(object) ? [] : [unproven(intent, object, `${refText(object)} has no Pods, so ${intentText(intent)} is not proven`)];
