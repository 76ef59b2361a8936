import type { PolicyRequest } from './request.js';

const kinds = new Set([
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
]);

/** No policy is about policies: nobody could lock himself out. */
export const isExempt = ({ group, kind }: PolicyRequest): boolean => group === 'admissionregistration.k8s.io' && kinds.has(kind);
