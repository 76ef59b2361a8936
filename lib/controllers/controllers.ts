import type { Controller } from './controller.js';
import { deploymentController } from './deployment/deployment.js';
import { endpointSliceController, endpointSliceMirroringController } from './endpointslice-controller.js';
import { garbageCollector } from './garbage-collector.js';
import { namespaceDefaultsController } from './namespace-defaults.js';
import { replicaSetController } from './replicaset.js';

/** The controllers of kube-controller-manager. */
export const controllers: readonly Controller[] = [namespaceDefaultsController, deploymentController, replicaSetController, endpointSliceController, endpointSliceMirroringController, garbageCollector];
