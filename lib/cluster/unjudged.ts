import { groupOf, refOf, refText } from '../api/object.js';
import type { Assumption } from '../apiserver/assumption.js';
import type { Stored } from '../apiserver/kinds.js';

interface Judgement {
  readonly group: string;
  readonly code: Assumption['code'];
  readonly text: string;
}

/** Kinds whose rules over other objects this release does not judge, and what is taken for granted instead. */
const kinds = new Map<string, Judgement>([
  [
    'MutatingWebhookConfiguration',
    { group: 'admissionregistration.k8s.io', code: 'outside', text: 'its webhooks change nothing' },
  ],
  [
    'ValidatingWebhookConfiguration',
    { group: 'admissionregistration.k8s.io', code: 'outside', text: 'its webhooks refuse nothing' },
  ],
  ['APIService', { group: 'apiregistration.k8s.io', code: 'outside', text: 'the server behind it answers' }],
  ['HorizontalPodAutoscaler', { group: 'autoscaling', code: 'outside', text: 'metrics ask for no more than its minReplicas' }],
]);

/** What is taken for granted about an object that was accepted. */
export const unjudged = (object: Stored): Assumption | undefined => {
  const judgement = kinds.get(object.kind);
  if (judgement === undefined || judgement.group !== groupOf(object.apiVersion)) return undefined;
  const ref = refOf(object);
  return { code: judgement.code, text: `${refText(ref)}: ${judgement.text}`, object: ref };
};
