import { refOf, refText } from '../api/object.js';
import type { Assumption } from '../apiserver/assumption.js';
import type { Stored } from '../apiserver/kinds.js';

type Judgement = readonly [code: Assumption['code'], text: string];

/** Kinds whose rules over other objects this release does not judge, and what is taken for granted instead. */
const kinds = new Map<string, Judgement>([
  ['/LimitRange', ['unjudged', 'its limits and defaults are not applied to Pods']],
  ['/ResourceQuota', ['unjudged', 'its limits are not counted against']],
  ['admissionregistration.k8s.io/MutatingWebhookConfiguration', ['outside', 'its webhooks change nothing']],
  ['admissionregistration.k8s.io/ValidatingWebhookConfiguration', ['outside', 'its webhooks refuse nothing']],
  ['admissionregistration.k8s.io/MutatingAdmissionPolicy', ['unjudged', 'it changes nothing']],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicy', ['unjudged', 'it refuses nothing']],
  ['apiregistration.k8s.io/APIService', ['outside', 'the server behind it answers']],
  ['autoscaling/HorizontalPodAutoscaler', ['outside', 'metrics ask for no more than its minReplicas']],
]);

/** What is taken for granted about an object that was accepted. */
export const unjudged = (object: Stored): readonly Assumption[] => {
  const object_ = refOf(object);
  const group = object.apiVersion.includes('/') ? object.apiVersion.slice(0, object.apiVersion.indexOf('/')) : '';
  const judgement = kinds.get(`${group}/${object.kind}`);
  const found: Assumption[] = [];
  if (judgement !== undefined) found.push({ code: judgement[0], text: `${refText(object_)}: ${judgement[1]}`, object: object_ });
  const level = object.kind === 'Namespace' ? object.metadata.labels?.['pod-security.kubernetes.io/enforce'] : undefined;
  if (level !== undefined && level !== 'privileged') {
    found.push({
      code: 'unjudged',
      text: `${refText(object_)}: its Pods keep to the Pod Security level ${level}`,
      object: object_,
    });
  }
  return found;
};
