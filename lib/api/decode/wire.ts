/**
 * Facts of the API's Go types that its OpenAPI document does not carry and that decide what the server writes back: an
 * optional scalar behind a pointer keeps a written zero (`replicas: 0`), any other loses it (`hostNetwork: false`); a
 * struct held by value is written even when empty (`status: {}`), and so are scalars without `omitempty`.
 */
const names = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Optional booleans and numbers held by value, as `field` of any type. */
const valueFields = names(
  `stdin stdinOnce tty paused hostIPC hostNetwork hostPID globalDefault publishNotReadyAddresses unschedulable chapAuthDiscovery
  chapAuthSession sslEnabled deprecated exclusiveMaximum exclusiveMinimum nullable uniqueItems denied authenticated insecureSkipTLSVerify
  preserveUnknownFields x-kubernetes-embedded-resource x-kubernetes-int-or-string readOnly partition sizeBytes hostPort signal count
  deprecatedCount priority minReadySeconds generation matchingPrecedence handSize queueLengthLimit queues number nodePort
  healthCheckNodePort start code retryAfterSeconds failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
  observedGeneration numberAvailable numberUnavailable updatedNumberScheduled availableReplicas readyReplicas replicas
  unavailableReplicas updatedReplicas fullyLabeledReplicas currentReplicas active failed succeeded`,
);

/** Where a field of `valueFields` is a pointer all the same, as `Type.field`. */
const pointersAmongThem = names(
  `AzureDiskVolumeSource.readOnly CSIVolumeSource.readOnly RollingUpdateStatefulSetStrategy.partition PodSpec.priority
  PodGroupSpec.priority PodGroupTemplate.priority DeploymentSpec.replicas ReplicaSetSpec.replicas StatefulSetSpec.replicas
  ReplicationControllerSpec.replicas HorizontalPodAutoscalerStatus.observedGeneration V1HorizontalPodAutoscalerStatus.observedGeneration
  ClientIPConfig.timeoutSeconds MutatingWebhook.timeoutSeconds ValidatingWebhook.timeoutSeconds VolumeNodeResources.count
  ExactDeviceRequest.count DeviceSubRequest.count`,
);

/** Optional strings behind a pointer, as `Type.field`. */
const pointerStrings = names(
  `AppArmorProfile.localhostProfile AzureDiskVolumeSource.cachingMode AzureDiskVolumeSource.fsType AzureDiskVolumeSource.kind
  AzureFilePersistentVolumeSource.secretNamespace ClusterTrustBundleProjection.name ClusterTrustBundleProjection.signerName
  CSIVolumeSource.fsType LocalVolumeSource.fsType Container.restartPolicy EphemeralContainer.restartPolicy CoreV1EndpointPort.appProtocol
  CronJobSpec.timeZone DiscoveryV1EndpointPort.name DiscoveryV1EndpointPort.protocol DiscoveryV1EndpointPort.appProtocol
  Endpoint.hostname Endpoint.nodeName Endpoint.zone EndpointAddress.nodeName GRPCAction.service HostPathVolumeSource.type
  ISCSIVolumeSource.initiatorName ISCSIPersistentVolumeSource.initiatorName IngressClassParametersReference.apiGroup
  IngressClassParametersReference.namespace IngressClassParametersReference.scope IngressSpec.ingressClassName JobSpec.completionMode
  JobSpec.managedBy JobSpec.podReplacementPolicy Lifecycle.stopSignal LoadBalancerIngress.ipMode NetworkPolicyPort.protocol
  PersistentVolumeClaimSpec.storageClassName PersistentVolumeClaimSpec.volumeAttributesClassName PersistentVolumeClaimSpec.volumeMode
  PersistentVolumeSpec.volumeAttributesClassName PersistentVolumeSpec.volumeMode PodDNSConfigOption.value
  PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy PodFailurePolicyOnExitCodesRequirement.containerName
  PodResourceClaim.resourceClaimName PodResourceClaim.resourceClaimTemplateName PodSchedulingGroup.podGroupName
  PodSecurityContext.fsGroupChangePolicy PodSecurityContext.seLinuxChangePolicy PodSecurityContext.supplementalGroupsPolicy
  PodSpec.hostnameOverride PodSpec.preemptionPolicy PodSpec.runtimeClassName PriorityClass.preemptionPolicy
  SeccompProfile.localhostProfile SecurityContext.procMount ServicePort.appProtocol ServiceSpec.internalTrafficPolicy
  ServiceSpec.ipFamilyPolicy ServiceSpec.loadBalancerClass ServiceSpec.trafficDistribution StorageClass.reclaimPolicy
  StorageClass.volumeBindingMode SuccessPolicyRule.succeededIndexes TopologySpreadConstraint.nodeAffinityPolicy
  TopologySpreadConstraint.nodeTaintsPolicy TypedLocalObjectReference.apiGroup TypedObjectReference.apiGroup
  TypedObjectReference.namespace VolumeMount.mountPropagation VolumeMount.recursiveReadOnly
  WindowsSecurityContextOptions.gmsaCredentialSpec WindowsSecurityContextOptions.gmsaCredentialSpecName
  WindowsSecurityContextOptions.runAsUserName CSIDriverSpec.fsGroupPolicy HPAScalingRules.selectPolicy
  GlusterfsPersistentVolumeSource.endpointsNamespace VolumeAttachmentSource.persistentVolumeName`,
);

/** Optional fields that are written even when empty, as `Type.field`; `metadata`, `spec` and `status` are so in every type. */
const alwaysWritten = names(
  `Container.resources EphemeralContainer.resources DeploymentSpec.strategy DaemonSetSpec.updateStrategy StatefulSetSpec.updateStrategy
  PersistentVolumeClaimSpec.resources ServiceStatus.loadBalancer IngressStatus.loadBalancer NodeStatus.daemonEndpoints
  NodeStatus.nodeInfo NodeDaemonEndpoints.kubeletEndpoint ContainerStatus.state ContainerStatus.lastState CoreV1Event.source
  NetworkPolicySpec.podSelector Endpoint.conditions IngressServiceBackend.port ServicePort.targetPort ResourceFieldSelector.divisor
  PodDisruptionBudgetStatus.currentHealthy PodDisruptionBudgetStatus.desiredHealthy PodDisruptionBudgetStatus.disruptionsAllowed
  PodDisruptionBudgetStatus.expectedPods StatefulSetStatus.availableReplicas StatefulSetSpec.serviceName PriorityClass.value PodTemplate.template`,
);

/** Optional strings that are written as `null` when absent. */
const nullStrings = names('TypedLocalObjectReference.apiGroup TypedObjectReference.apiGroup');

/** Lists that are written as `null` when absent. */
const nullLists = names(
  `ClusterRole.rules Role.rules LimitRangeSpec.limits HorizontalPodAutoscalerStatus.currentMetrics EndpointSlice.endpoints
  EndpointSlice.ports`,
);

/** Required structs behind a pointer: absent stays absent, and the validation of the kind asks for them. */
const requiredPointers = names('DeploymentSpec.selector ReplicaSetSpec.selector DaemonSetSpec.selector StatefulSetSpec.selector');

/** Fields whose JSON the server reads by a method of their own, and the type of the objects in them. */
const looseTypes = new Map(
  ['items', 'additionalItems', 'additionalProperties'].map((field) => [`JSONSchemaProps.${field}`, 'JSONSchemaProps']),
);

export const looseType = (type: string, field: string): string | undefined => looseTypes.get(`${type}.${field}`);

/** Whether an optional scalar keeps a zero that was written. */
export const keepsZero = (type: string, field: string, code: string): boolean => {
  if (code === 's') return pointerStrings.has(`${type}.${field}`);
  if (code === 'b' || code === 'i' || code === 'l') {
    return !valueFields.has(field) || pointersAmongThem.has(`${type}.${field}`);
  }
  return true;
};

/** Whether the field is written as `null` when absent. */
export const isNullWhenAbsent = (type: string, field: string): boolean =>
  nullLists.has(`${type}.${field}`) || nullStrings.has(`${type}.${field}`);

/** Whether the server writes the field even when nothing was written. */
export const isAlwaysWritten = (type: string, field: string, code: string, required: boolean): boolean => {
  const key = `${type}.${field}`;
  if (isNullWhenAbsent(type, field)) return true;
  if (/^[[{]/.test(code)) return false;
  if (required) return !requiredPointers.has(key);
  return alwaysWritten.has(key) || (/^[A-Z]/.test(code) && (field === 'metadata' || field === 'spec' || field === 'status'));
};
