import type { Controller } from './controller.js';
import { daemonSetController } from './daemonset/daemonset.js';
import { deploymentController } from './deployment/deployment.js';
import { disruptionController } from './disruption.js';
import { endpointSliceController, endpointSliceMirroringController } from './endpointslice-controller.js';
import { garbageCollector } from './garbage-collector.js';
import { horizontalPodAutoscalerController } from './horizontalpodautoscaler.js';
import { jobController } from './job/job.js';
import { namespaceController } from './namespace.js';
import { namespaceDefaultsController } from './namespace-defaults.js';
import { nodeLifecycleController } from './node-lifecycle.js';
import { persistentVolumeController } from './persistentvolume.js';
import { replicaSetController, replicationController } from './replicaset.js';
import { resourceQuotaController, resourceQuotaReplenishment } from './resourcequota.js';
import { statefulSetController } from './statefulset/statefulset.js';
import { storageProtectionController } from './storage-protection.js';
import { taintEvictionController } from './taint-eviction.js';

/** The controllers of kube-controller-manager: those that make Pods before those that build on them. */
export const controllers: readonly Controller[] = [
  namespaceDefaultsController,
  namespaceController,
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController,
  jobController,
  deploymentController,
  horizontalPodAutoscalerController,
  disruptionController,
  persistentVolumeController,
  storageProtectionController,
  endpointSliceController,
  endpointSliceMirroringController,
  nodeLifecycleController,
  taintEvictionController,
  garbageCollector,
  resourceQuotaController,
  resourceQuotaReplenishment,
];
