export { behaves } from './behaves.js';
export { ConfigMap, type ConfigMapProps } from './config/config-map.js';
export { Secret, type SecretProps } from './config/secret.js';
export { type Declarations, declarationsOf } from './declarations.js';
export { type DestinationLike, type Endpoint, endpoint } from './destination.js';
export type { EntranceLike } from './entrance.js';
export { PlimsollError } from './error.js';
export { type Intends, intends, type ServerIntends } from './intends.js';
export type { Client } from './intent-subject.js';
export type { DeepPartial } from './merge.js';
export type { Named } from './named.js';
export { Namespace } from './namespace.js';
export { Ingress, type IngressPath, type IngressPaths, type IngressProps } from './network/ingress.js';
export { IngressClass, type IngressClassProps } from './network/ingress-class.js';
export { type AllowFrom, type AllowTo, NetworkPolicy, type NetworkPolicyProps } from './network/network-policy.js';
export { allPods, anyone, cidr, clusterDns, inNamespace, type Peer } from './network/peer.js';
export { nodePool } from './node-pool.js';
export type { ContainerProps, Mount, SidecarProps } from './pod/container.js';
export { type EnvFrom, type EnvValue, env } from './pod/env.js';
export { Pod, type PodProps } from './pod/pod.js';
export type { PodOwner } from './pod/pod-owner.js';
export type { Port, PortOptions, Protocol } from './pod/port.js';
export { type Lifecycle, type Probe, type ProbeTiming, probe } from './pod/probe.js';
export type { Neighbour, Schedule, Spread } from './pod/schedule.js';
export type { Topology } from './pod/topology.js';
export {
  type AccessMode,
  type ClaimOptions,
  type ClaimTemplate,
  claim,
  configMap,
  csi,
  downwardAPI,
  emptyDir,
  ephemeral,
  hostPath,
  nfs,
  persistentVolumeClaim,
  projected,
  secret,
  serviceAccountToken,
  type Volume,
} from './pod/volume.js';
export { HorizontalPodAutoscaler, type HorizontalPodAutoscalerProps } from './policy/horizontal-pod-autoscaler.js';
export { LimitRange, type LimitRangeProps } from './policy/limit-range.js';
export { PodDisruptionBudget, type PodDisruptionBudgetProps } from './policy/pod-disruption-budget.js';
export { PriorityClass, type PriorityClassProps } from './policy/priority-class.js';
export { ResourceQuota, type ResourceQuotaProps } from './policy/resource-quota.js';
export { ClusterRole, type ClusterRoleProps } from './rbac/cluster-role.js';
export { ClusterRoleBinding, type ClusterRoleBindingProps } from './rbac/cluster-role-binding.js';
export { RbacBundle, type RbacBundleProps } from './rbac/rbac-bundle.js';
export { Role, type RoleProps } from './rbac/role.js';
export { type ClusterRoleName, RoleBinding, type RoleBindingProps } from './rbac/role-binding.js';
export { type Permission, type ResourceName, type ResourceRules, type Rules, rule, type VerbOf } from './rbac/rules.js';
export { ServiceAccount, type ServiceAccountProps } from './rbac/service-account.js';
export { group, type Subject, serviceAccount, user } from './rbac/subject.js';
export { type ObjectProps, Resource } from './resource.js';
export { ClusterIPService, type ClusterIPServiceProps } from './service/cluster-ip-service.js';
export { ExternalNameService, type ExternalNameServiceProps } from './service/external-name-service.js';
export type { ExternalPort } from './service/external-port.js';
export { ExternalService, type ExternalServiceProps } from './service/external-service.js';
export { LoadBalancerService, type LoadBalancerServiceProps } from './service/load-balancer-service.js';
export { NodePortService, type NodePortServiceProps } from './service/node-port-service.js';
export type { NodePortOptions, ServicePortOptions } from './service/selecting-service.js';
export type { Service } from './service/service.js';
export { PersistentVolume, type PersistentVolumeProps } from './storage/persistent-volume.js';
export { PersistentVolumeClaim, type PersistentVolumeClaimProps } from './storage/persistent-volume-claim.js';
export { StorageClass, type StorageClassProps } from './storage/storage-class.js';
export type { Labels, PodSource, PodTarget, Target } from './target.js';
export { CronJob, type CronJobProps } from './workload/cron-job.js';
export { DaemonSet, type DaemonSetProps } from './workload/daemon-set.js';
export { Deployment, type DeploymentProps } from './workload/deployment.js';
export { Job, type JobProps } from './workload/job.js';
export { ReplicaSet, type ReplicaSetProps } from './workload/replica-set.js';
export { StatefulSet, type StatefulSetProps } from './workload/stateful-set.js';
export type { Workload } from './workload/workload.js';
