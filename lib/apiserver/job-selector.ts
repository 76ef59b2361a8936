import type { JobSpec } from '../api/generated/types.js';
import type { Stored } from './kinds.js';

/** A Job selects its Pods by its own uid: the server writes selector and labels unless the author manages them. */
export const withJobSelector = (job: Stored): Stored => {
  const spec = (job.spec ?? {}) as JobSpec;
  if (spec.manualSelector === true) return job;
  const { uid, name } = job.metadata;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const metadata = { ...spec.template?.metadata, labels: { ...spec.template?.metadata?.labels, ...labels } };
  const selector = spec.selector ?? { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  return { ...job, spec: { ...spec, selector, template: { ...spec.template, metadata } } };
};
