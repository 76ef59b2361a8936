import { groupOf } from '../api/object.js';
import { withJobSelector } from './job-selector.js';
import type { Stored } from './kinds.js';

/** Kinds that count the generations of their spec. */
const counting = new Set([
  '/Pod',
  '/ReplicationController',
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'batch/CronJob',
  'batch/Job',
  'discovery.k8s.io/EndpointSlice',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/NetworkPolicy',
  'policy/PodDisruptionBudget',
  'scheduling.k8s.io/PriorityClass',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

/** The status with which the server starts an object, whatever the author wrote there. */
const firstStatus: ReadonlyMap<string, object> = new Map<string, object>([
  ['/Pod', { phase: 'Pending' }],
  ['/Namespace', { phase: 'Active' }],
  ['/PersistentVolumeClaim', { phase: 'Pending' }],
  ['/Service', { loadBalancer: {} }],
  ['networking.k8s.io/Ingress', { loadBalancer: {} }],
]);

const daemonGeneration = 'deprecated.daemonset.template.generation';

/** What the strategy of a kind does to an object before it is stored for the first time (`PrepareForCreate`). */
export const prepareForCreate = (object: Stored): Stored => {
  const kind = `${groupOf(object.apiVersion)}/${object.kind}`;
  const { status, ...rest } = object;
  const first = kind === '/Node' ? status : firstStatus.get(kind);
  const prepared: Stored = {
    ...rest,
    metadata: { ...object.metadata, ...(counting.has(kind) && { generation: 1 }) },
    ...(first !== undefined && { status: first }),
  };
  switch (kind) {
    case 'batch/Job':
      return withJobSelector(prepared);
    case '/PersistentVolume':
      return { ...prepared, status: { phase: 'Pending', lastPhaseTransitionTime: object.metadata.creationTimestamp } };
    case '/Namespace':
      return { ...prepared, spec: { ...(prepared.spec as object | undefined), finalizers: ['kubernetes'] } };
    case 'apps/DaemonSet':
      return {
        ...prepared,
        metadata: { ...prepared.metadata, annotations: { [daemonGeneration]: '1', ...prepared.metadata.annotations } },
      };
    default:
      return prepared;
  }
};
