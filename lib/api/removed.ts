/** An API version that Kubernetes no longer serves. */
export interface RemovedVersion {
  /** The release that stopped serving it: `1.22`. */
  readonly removedIn: string;
  /** The apiVersion to write instead, undefined when the kind is gone. */
  readonly replacement: string | undefined;
}

/** apiVersion, kinds, the release that removed them, what replaces them (`-` when nothing does); from the API deprecation guide. */
const table = `
extensions/v1beta1 DaemonSet,Deployment,ReplicaSet 1.16 apps/v1
extensions/v1beta1 NetworkPolicy 1.16 networking.k8s.io/v1
extensions/v1beta1 PodSecurityPolicy 1.16 -
extensions/v1beta1 Ingress 1.22 networking.k8s.io/v1
apps/v1beta1 Deployment,StatefulSet,ControllerRevision 1.16 apps/v1
apps/v1beta2 DaemonSet,Deployment,StatefulSet,ReplicaSet,ControllerRevision 1.16 apps/v1
admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration,ValidatingWebhookConfiguration 1.22 admissionregistration.k8s.io/v1
admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy,ValidatingAdmissionPolicyBinding 1.34 admissionregistration.k8s.io/v1
apiextensions.k8s.io/v1beta1 CustomResourceDefinition 1.22 apiextensions.k8s.io/v1
apiregistration.k8s.io/v1beta1 APIService 1.22 apiregistration.k8s.io/v1
authentication.k8s.io/v1beta1 TokenReview 1.22 authentication.k8s.io/v1
authorization.k8s.io/v1beta1 LocalSubjectAccessReview,SelfSubjectAccessReview,SubjectAccessReview,SelfSubjectRulesReview 1.22 authorization.k8s.io/v1
autoscaling/v2beta1 HorizontalPodAutoscaler 1.25 autoscaling/v2
autoscaling/v2beta2 HorizontalPodAutoscaler 1.26 autoscaling/v2
batch/v2alpha1 CronJob 1.21 batch/v1
batch/v1beta1 CronJob 1.25 batch/v1
certificates.k8s.io/v1beta1 CertificateSigningRequest 1.22 certificates.k8s.io/v1
coordination.k8s.io/v1beta1 Lease 1.22 coordination.k8s.io/v1
discovery.k8s.io/v1beta1 EndpointSlice 1.25 discovery.k8s.io/v1
events.k8s.io/v1beta1 Event 1.25 events.k8s.io/v1
flowcontrol.apiserver.k8s.io/v1alpha1 FlowSchema,PriorityLevelConfiguration 1.21 flowcontrol.apiserver.k8s.io/v1
flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema,PriorityLevelConfiguration 1.26 flowcontrol.apiserver.k8s.io/v1
flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema,PriorityLevelConfiguration 1.29 flowcontrol.apiserver.k8s.io/v1
flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema,PriorityLevelConfiguration 1.32 flowcontrol.apiserver.k8s.io/v1
networking.k8s.io/v1beta1 Ingress,IngressClass 1.22 networking.k8s.io/v1
node.k8s.io/v1alpha1 RuntimeClass 1.25 node.k8s.io/v1
node.k8s.io/v1beta1 RuntimeClass 1.25 node.k8s.io/v1
policy/v1beta1 PodDisruptionBudget,Eviction 1.25 policy/v1
policy/v1beta1 PodSecurityPolicy 1.25 -
rbac.authorization.k8s.io/v1alpha1 ClusterRole,ClusterRoleBinding,Role,RoleBinding 1.22 rbac.authorization.k8s.io/v1
rbac.authorization.k8s.io/v1beta1 ClusterRole,ClusterRoleBinding,Role,RoleBinding 1.22 rbac.authorization.k8s.io/v1
scheduling.k8s.io/v1alpha1 PriorityClass 1.22 scheduling.k8s.io/v1
scheduling.k8s.io/v1beta1 PriorityClass 1.22 scheduling.k8s.io/v1
settings.k8s.io/v1alpha1 PodPreset 1.20 -
storage.k8s.io/v1beta1 CSIDriver,CSINode,StorageClass,VolumeAttachment 1.22 storage.k8s.io/v1
storage.k8s.io/v1beta1 CSIStorageCapacity 1.27 storage.k8s.io/v1
storage.k8s.io/v1alpha1 VolumeAttachment 1.24 storage.k8s.io/v1
storage.k8s.io/v1alpha1 CSIStorageCapacity 1.24 storage.k8s.io/v1`;

/** apiVersion -> kind. */
let removed: Map<string, Map<string, RemovedVersion>> | undefined;

const read = (): Map<string, Map<string, RemovedVersion>> => {
  const versions = new Map<string, Map<string, RemovedVersion>>();
  for (const line of table.trim().split('\n')) {
    const [apiVersion = '', kinds = '', removedIn = '', replacement = ''] = line.split(' ');
    const known = versions.get(apiVersion) ?? new Map<string, RemovedVersion>();
    versions.set(apiVersion, known);
    for (const kind of kinds.split(',')) {
      known.set(kind, { removedIn, replacement: replacement === '-' ? undefined : replacement });
    }
  }
  return versions;
};

/** Versions that are no longer served but that Kubernetes still knows, with the version whose fields and rules they share. */
const modelled = new Map([
  ['batch/v1beta1 CronJob', 'batch/v1'],
  ['policy/v1beta1 PodDisruptionBudget', 'policy/v1'],
]);

/** Those versions that share the rules of a kind: `batch/v1beta1 CronJob` those of `batch/v1 CronJob`. */
export const versionsModelledBy = (apiVersion: string, kind: string): readonly string[] =>
  Array.from(modelled)
    .filter(([name, model]) => model === apiVersion && name.endsWith(` ${kind}`))
    .map(([name]) => name.slice(0, name.indexOf(' ')));

/** The version by whose rules objects of this version are read and judged: its own, but for some that are gone. */
export const modelVersion = (apiVersion: string, kind: string): string =>
  apiVersion.endsWith('/v1beta1') ? (modelled.get(`${apiVersion} ${kind}`) ?? apiVersion) : apiVersion;

/** What became of a kind in a version that is no longer served; undefined when it never was or still is. */
export const removedVersion = (apiVersion: string, kind: string): RemovedVersion | undefined => {
  removed ??= read();
  return removed.get(apiVersion)?.get(kind);
};
