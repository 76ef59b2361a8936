import { kindTable } from '../kind-table.js';
import { dns1123Label } from '../names.js';
import type { KubeObject } from '../object.js';
import { isNamespaced } from '../resources.js';
import type { FieldError } from '../verdict.js';
import {
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBinding,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
} from './admission-policy.js';
import { configMap, namespace, priorityClass, secret } from './configuration.js';
import { customResourceDefinitionUpdate, newCustomResourceDefinition } from './custom-resource-definition.js';
import { podDisruptionBudget } from './disruption.js';
import { endpointSlice, endpoints } from './endpoints.js';
import { Faults } from './faults.js';
import { pathSegmentName } from './format.js';
import { horizontalPodAutoscaler, horizontalPodAutoscalerV1 } from './hpa.js';
import { cronJob, job } from './job.js';
import { type NameRules, subdomainName, validateMetadata } from './metadata.js';
import { ingress, ingressClass, ingressClassSaidOnce, networkPolicy } from './networking.js';
import { node } from './node.js';
import { newPod, pod, podTemplate } from './pod.js';
import { limitRange, resourceQuota } from './quotas.js';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.js';
import { service } from './service.js';
import { persistentVolume, persistentVolumeClaim, storageClass } from './storage.js';
import { validateTransition } from './update.js';
import { daemonSet, deployment, replicaSet, replicationController, statefulSet } from './workloads.js';

type Rule = (object: never, faults: Faults) => void;

interface Rules {
  readonly name?: NameRules['name'];
  /** Names of RBAC objects may be anything that fits in a URL, generated ones too. */
  readonly generateName?: NameRules['name'];
  /** The kind has no rules for its metadata: the common ones come last, and only if nothing else is wrong. */
  readonly metadataLast?: boolean;
  /** Rules of create and update. */
  readonly always?: Rule;
  readonly create?: Rule;
  /** Rules of an update, which see what is stored. */
  readonly update?: (next: never, current: never, faults: Faults) => void;
  /** Finalizers need no domain. */
  readonly anyFinalizer?: boolean;
}

const label = { name: dns1123Label };
const segment = { name: pathSegmentName, generateName: pathSegmentName };

/** What is generated is judged as the name that comes of it. */
const anything = (): readonly string[] => [];

const rulesOf = kindTable<Rules>([
  ['v1 Pod', { always: pod, create: newPod }],
  ['v1 PodTemplate', { always: podTemplate }],
  ['v1 ReplicationController', { generateName: anything, always: replicationController }],
  ['v1 Service', { ...label, always: service }],
  ['v1 Endpoints', { always: endpoints }],
  ['v1 ConfigMap', { always: configMap }],
  ['v1 Secret', { always: secret }],
  ['v1 Namespace', { ...label, always: namespace }],
  ['v1 Node', { always: node }],
  ['v1 PersistentVolume', { always: persistentVolume }],
  ['v1 PersistentVolumeClaim', { always: persistentVolumeClaim }],
  ['v1 LimitRange', { always: limitRange }],
  ['v1 ResourceQuota', { always: resourceQuota }],
  ['apps/v1 Deployment', { always: deployment }],
  ['apps/v1 ReplicaSet', { always: replicaSet }],
  ['apps/v1 StatefulSet', { ...label, always: statefulSet }],
  ['apps/v1 DaemonSet', { always: daemonSet }],
  ['batch/v1 Job', { always: job }],
  ['batch/v1 CronJob', { always: cronJob }],
  ['autoscaling/v2 HorizontalPodAutoscaler', { always: horizontalPodAutoscaler }],
  ['autoscaling/v1 HorizontalPodAutoscaler', { always: horizontalPodAutoscalerV1 }],
  ['policy/v1 PodDisruptionBudget', { ...segment, metadataLast: true, always: podDisruptionBudget }],
  ['discovery.k8s.io/v1 EndpointSlice', { always: endpointSlice }],
  ['networking.k8s.io/v1 Ingress', { always: ingress, create: ingressClassSaidOnce }],
  ['networking.k8s.io/v1 IngressClass', { always: ingressClass }],
  ['networking.k8s.io/v1 NetworkPolicy', { always: networkPolicy }],
  ['rbac.authorization.k8s.io/v1 Role', { ...segment, always: role }],
  ['rbac.authorization.k8s.io/v1 ClusterRole', { ...segment, always: clusterRole }],
  ['rbac.authorization.k8s.io/v1 RoleBinding', { ...segment, always: roleBinding }],
  ['rbac.authorization.k8s.io/v1 ClusterRoleBinding', { ...segment, always: clusterRoleBinding }],
  ['scheduling.k8s.io/v1 PriorityClass', { always: priorityClass }],
  ['storage.k8s.io/v1 StorageClass', { always: storageClass }],
  ['admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy', { always: validatingAdmissionPolicy }],
  ['admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding', { always: validatingAdmissionPolicyBinding }],
  ['admissionregistration.k8s.io/v1 MutatingAdmissionPolicy', { always: mutatingAdmissionPolicy }],
  ['admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding', { always: mutatingAdmissionPolicyBinding }],
  [
    'apiextensions.k8s.io/v1 CustomResourceDefinition',
    { anyFinalizer: true, create: newCustomResourceDefinition, update: customResourceDefinitionUpdate },
  ],
]);

const none: Rules = {};

const newNames = (object: KubeObject, rules: Rules): NameRules => ({
  namespaced: isNamespaced(object.apiVersion, object.kind) ?? object.metadata.namespace !== undefined,
  name: rules.name ?? (object.apiVersion.startsWith('rbac.') ? pathSegmentName : subdomainName),
  generateName: rules.generateName,
  anyFinalizer: rules.anyFinalizer,
});

/** Of the kinds that have rules, which are in a namespace or not as kinds. */
const namesOf = new Map<Rules, NameRules>();

const knownNames = (object: KubeObject, rules: Rules): NameRules => {
  const names = newNames(object, rules);
  if (rules !== none) namesOf.set(rules, names);
  return names;
};

/** The rules of the object as it stands. */
const judge = (object: KubeObject, rules: Rules, faults: Faults): void => {
  const names = namesOf.get(rules) ?? knownNames(object, rules);
  if (rules.metadataLast !== true) validateMetadata(object.metadata, names, faults);
  rules.always?.(object as never, faults);
  if (rules.metadataLast === true && faults.list.length === 0) validateMetadata(object.metadata, names, faults);
};

const noFaults: readonly FieldError[] = [];

/** What found no fault, as nearly all, serves the next object too. */
let unused: Faults | undefined;

/**
 * The field errors with which the server would refuse to create the object, in its paths and words; empty when it would be
 * created. The object must have passed `decode` and `applyDefaults`. Kinds without rules here are judged by their
 * metadata alone.
 */
export const validateCreate = (object: KubeObject): readonly FieldError[] => {
  const faults = unused ?? new Faults();
  unused = undefined;
  const rules = rulesOf(object) ?? none;
  judge(object, rules, faults);
  rules.create?.(object as never, faults);
  if (faults.list.length > 0) return faults.list;
  unused = faults;
  return noFaults;
};

/**
 * The field errors with which the server would refuse the update of `current`, what is stored, to `next`. Like
 * `validateCreate`, and what must not change as well.
 */
export const validateUpdate = (next: KubeObject, current: KubeObject): readonly FieldError[] => {
  const faults = new Faults();
  const rules = rulesOf(next) ?? none;
  judge(next, rules, faults);
  rules.update?.(next as never, current as never, faults);
  validateTransition(next, current, faults);
  return faults.list;
};
