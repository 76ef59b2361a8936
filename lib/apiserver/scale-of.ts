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

/** How many Pods an object is to have, has, and which they are. */
interface Scaled {
  readonly replicas: number;
  readonly current: number;
  readonly selector: string;
}

/** The Scale of an object. */
export const scaleObject = ({ metadata }: Stored, { replicas, current, selector }: Scaled): Stored => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: {
      name,
      uid,
      ...(namespace && { namespace }),
      ...(resourceVersion && { resourceVersion }),
      ...(creationTimestamp && { creationTimestamp }),
    },
    spec: { replicas },
    status: { replicas: current, ...(selector !== '' && { selector }) },
  };
};

/** The Scale of a workload. */
export const scaleOf = (workload: Stored): Stored => {
  const { spec, status } = workload as Workload;
  return scaleObject(workload, {
    replicas: spec?.replicas ?? 0,
    current: status?.replicas ?? 0,
    selector: selectorText(workload),
  });
};
