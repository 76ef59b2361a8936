import { refOf, refText } from '../api/object.js';
import type { Assumption } from '../apiserver/assumption.js';
import type { Stored } from '../apiserver/kinds.js';

type Judgement = readonly [code: Assumption['code'], text: string];

/** Kinds whose rules over other objects this release does not judge, and what is taken for granted instead. */
const kinds = new Map<string, Judgement>([
  ['admissionregistration.k8s.io/MutatingWebhookConfiguration', ['outside', 'its webhooks change nothing']],
  ['admissionregistration.k8s.io/ValidatingWebhookConfiguration', ['outside', 'its webhooks refuse nothing']],
  ['apiregistration.k8s.io/APIService', ['outside', 'the server behind it answers']],
  ['autoscaling/HorizontalPodAutoscaler', ['outside', 'metrics ask for no more than its minReplicas']],
]);

/** What is taken for granted about an object that was accepted. */
export const unjudged = (object: Stored): readonly Assumption[] => {
  const object_ = refOf(object);
  const group = object.apiVersion.includes('/') ? object.apiVersion.slice(0, object.apiVersion.indexOf('/')) : '';
  const judgement = kinds.get(`${group}/${object.kind}`);
  return judgement === undefined ? [] : [{ code: judgement[0], text: `${refText(object_)}: ${judgement[1]}`, object: object_ }];
};
