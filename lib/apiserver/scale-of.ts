import type { LabelSelector } from '../api/generated/types.js';
import { labelSelectorText } from '../api/label-selector.js';
import type { Stored } from './kinds.js';

interface Workload {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector | Readonly<Record<string, string>> };
  readonly status?: { readonly replicas?: number };
}

const selectorText = (workload: Stored): string => {
  const { selector = {} } = (workload as Workload).spec ?? {};
  return labelSelectorText(
    workload.kind === 'ReplicationController' ? { matchLabels: selector as Readonly<Record<string, string>> } : selector,
  );
};

/** The Scale of a workload: how many Pods it is to have, has, and which they are. */
export const scaleOf = (workload: Stored): Stored => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = workload.metadata;
  const { spec, status } = workload as Workload;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, ...(namespace && { namespace }), uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec?.replicas ?? 0 },
    status: { replicas: status?.replicas ?? 0, selector: selectorText(workload) },
  };
};
