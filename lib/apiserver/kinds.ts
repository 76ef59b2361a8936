import type {
  ConfigMap,
  ControllerRevision,
  CronJob,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Endpoints,
  HorizontalPodAutoscaler,
  Ingress,
  IngressClass,
  Job,
  LimitRange,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PriorityClass,
  ReplicaSet,
  ReplicationController,
  ResourceQuota,
  RuntimeClass,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
  StorageClass,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../api/generated/types.js';
import { type Admitted, groupOf, type KubeObject } from '../api/object.js';

/** The kinds that engines read, by name. All other kinds are stored and listed as plain objects. */
export interface Kinds {
  ConfigMap: ConfigMap;
  ControllerRevision: ControllerRevision;
  CronJob: CronJob;
  CustomResourceDefinition: CustomResourceDefinition;
  DaemonSet: DaemonSet;
  Deployment: Deployment;
  EndpointSlice: EndpointSlice;
  Endpoints: Endpoints;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  Ingress: Ingress;
  IngressClass: IngressClass;
  Job: Job;
  LimitRange: LimitRange;
  MutatingAdmissionPolicy: MutatingAdmissionPolicy;
  MutatingAdmissionPolicyBinding: MutatingAdmissionPolicyBinding;
  Namespace: Namespace;
  NetworkPolicy: NetworkPolicy;
  Node: Node;
  PersistentVolume: PersistentVolume;
  PersistentVolumeClaim: PersistentVolumeClaim;
  Pod: Pod;
  PodDisruptionBudget: PodDisruptionBudget;
  PriorityClass: PriorityClass;
  ReplicaSet: ReplicaSet;
  ReplicationController: ReplicationController;
  ResourceQuota: ResourceQuota;
  RuntimeClass: RuntimeClass;
  Secret: Secret;
  Service: Service;
  ServiceAccount: ServiceAccount;
  StatefulSet: StatefulSet;
  StorageClass: StorageClass;
  ValidatingAdmissionPolicy: ValidatingAdmissionPolicy;
  ValidatingAdmissionPolicyBinding: ValidatingAdmissionPolicyBinding;
}

export type Kind = keyof Kinds;

/** Kinds that are Pods or make them, those that make others first. */
export const workloadKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'Job',
  'ReplicaSet',
  'ReplicationController',
  'Pod',
] as const satisfies readonly Kind[];

/** An object in the store, its kind not known to the compiler. */
export type Stored = Admitted<KubeObject>;

const admission = 'admissionregistration.k8s.io/v1';
const apps = 'apps/v1';
const batch = 'batch/v1';
const networking = 'networking.k8s.io/v1';
const storage = 'storage.k8s.io/v1';

/** The apiVersion in which the engines read a kind. */
export const kindVersion: Readonly<Record<Kind, string>> = {
  ConfigMap: 'v1',
  ControllerRevision: apps,
  CronJob: batch,
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  DaemonSet: apps,
  Deployment: apps,
  EndpointSlice: 'discovery.k8s.io/v1',
  Endpoints: 'v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: networking,
  IngressClass: networking,
  Job: batch,
  LimitRange: 'v1',
  MutatingAdmissionPolicy: admission,
  MutatingAdmissionPolicyBinding: admission,
  Namespace: 'v1',
  NetworkPolicy: networking,
  Node: 'v1',
  PersistentVolume: 'v1',
  PersistentVolumeClaim: 'v1',
  Pod: 'v1',
  PodDisruptionBudget: 'policy/v1',
  PriorityClass: 'scheduling.k8s.io/v1',
  ReplicaSet: apps,
  ReplicationController: 'v1',
  ResourceQuota: 'v1',
  RuntimeClass: 'node.k8s.io/v1',
  Secret: 'v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  StatefulSet: apps,
  StorageClass: storage,
  ValidatingAdmissionPolicy: admission,
  ValidatingAdmissionPolicyBinding: admission,
};

/** `object` as its kind, or undefined when it is another (a `Service` of another group is another kind). */
export const as = <K extends Kind>(kind: K, object: Admitted): Admitted<Kinds[K]> | undefined =>
  object.kind === kind && (object.apiVersion === kindVersion[kind] || groupOf(object.apiVersion) === groupOf(kindVersion[kind]))
    ? (object as Admitted<Kinds[K]>)
    : undefined;
