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
import { persistentVolumeController } from './persistentvolume.js';
import { replicaSetController } from './replicaset.js';
import { statefulSetController } from './statefulset/statefulset.js';
import { storageProtectionController } from './storage-protection.js';
import { taintEvictionController } from './taint-eviction.js';

/** The controllers of kube-controller-manager. */
export const controllers: readonly Controller[] = [
  namespaceDefaultsController,
  namespaceController,
  deploymentController,
  replicaSetController,
  statefulSetController,
  daemonSetController,
  jobController,
  horizontalPodAutoscalerController,
  disruptionController,
  persistentVolumeController,
  storageProtectionController,
  endpointSliceController,
  endpointSliceMirroringController,
  taintEvictionController,
  garbageCollector,
];
