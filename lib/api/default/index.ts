import { kindTable } from '../kind-table.js';
import type { KubeObject } from '../object.js';
import { mutatingAdmissionPolicy, policyBinding, validatingAdmissionPolicy } from './admission-policy.js';
import { limitRange, namespace, node, priorityClass, secret } from './configuration.js';
import { customResourceDefinition } from './custom-resource-definition.js';
import { at } from './fill.js';
import { horizontalPodAutoscaler, horizontalPodAutoscalerV1 } from './hpa.js';
import { ingressClass, networkPolicy } from './networking.js';
import { pod, podTemplate } from './pod-spec.js';
import { binding } from './rbac.js';
import { endpointSlice, endpoints, service } from './service.js';
import { persistentVolume, persistentVolumeClaim, storageClass } from './storage.js';
import { cronJob, daemonSet, deployment, job, replicaSet, replicationController, statefulSet } from './workloads.js';

type Default = (object: never) => object;

/** Defaults by `apiVersion kind`. */
const defaultsOf = kindTable<Default>([
  ['v1 Pod', pod],
  ['v1 PodTemplate', (value: { readonly template?: Parameters<typeof podTemplate>[0] }) => at(value, 'template', podTemplate)],
  ['v1 ReplicationController', replicationController],
  ['v1 Service', service],
  ['v1 Endpoints', endpoints],
  ['v1 Secret', secret],
  ['v1 Namespace', namespace],
  ['v1 Node', node],
  ['v1 PersistentVolume', persistentVolume],
  ['v1 PersistentVolumeClaim', persistentVolumeClaim],
  ['v1 LimitRange', limitRange],
  ['apps/v1 Deployment', deployment],
  ['apps/v1 ReplicaSet', replicaSet],
  ['apps/v1 StatefulSet', statefulSet],
  ['apps/v1 DaemonSet', daemonSet],
  ['batch/v1 Job', job],
  ['batch/v1 CronJob', cronJob],
  ['autoscaling/v2 HorizontalPodAutoscaler', horizontalPodAutoscaler],
  ['autoscaling/v1 HorizontalPodAutoscaler', horizontalPodAutoscalerV1],
  ['discovery.k8s.io/v1 EndpointSlice', endpointSlice],
  ['networking.k8s.io/v1 NetworkPolicy', networkPolicy],
  ['networking.k8s.io/v1 IngressClass', ingressClass],
  ['rbac.authorization.k8s.io/v1 RoleBinding', binding],
  ['rbac.authorization.k8s.io/v1 ClusterRoleBinding', binding],
  ['scheduling.k8s.io/v1 PriorityClass', priorityClass],
  ['storage.k8s.io/v1 StorageClass', storageClass],
  ['admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy', validatingAdmissionPolicy],
  ['admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding', policyBinding],
  ['admissionregistration.k8s.io/v1 MutatingAdmissionPolicy', mutatingAdmissionPolicy],
  ['admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding', policyBinding],
  ['apiextensions.k8s.io/v1 CustomResourceDefinition', customResourceDefinition],
]);

/**
 * The object with the defaults of its API version filled in, as the server stores it. Unchanged parts are shared with the input; kinds
 * without defaults (custom resources among them) come back as they are. The input must have passed `decode`.
 */
export const applyDefaults = (object: KubeObject): KubeObject => {
  const apply = defaultsOf(object);
  return apply === undefined ? object : (apply(object as never) as KubeObject);
};
