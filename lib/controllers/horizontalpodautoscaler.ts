import { type Admitted, type KubeObject, refOf } from '../api/object.js';
import { type Controller, keyFor, splitKey } from './controller.js';

/** Keeps the number of replicas of an autoscaler's target within its bounds; without metrics it has no reason to move it inside them. */
export const horizontalPodAutoscalerController: Controller = {
  name: 'horizontal-pod-autoscaler',
  kinds: ['HorizontalPodAutoscaler', 'Deployment', 'StatefulSet', 'ReplicaSet'],
  keysFor: ({ object }, store) => {
    if (object.kind === 'HorizontalPodAutoscaler') return [keyFor(object)];
    return store
      .list('HorizontalPodAutoscaler', object.metadata.namespace)
      .filter(({ spec }) => spec?.scaleTargetRef.kind === object.kind && spec.scaleTargetRef.name === object.metadata.name)
      .map(keyFor);
  },
  reconcile: (key, { api, store, event, clock }) => {
    const autoscaler = store.find('HorizontalPodAutoscaler', ...splitKey(key));
    if (autoscaler?.spec === undefined) return;
    const { scaleTargetRef, minReplicas = 1, maxReplicas } = autoscaler.spec;
    const { apiVersion = 'apps/v1', kind, name } = scaleTargetRef;
    const target = api.get({ apiVersion, kind, name, namespace: autoscaler.metadata.namespace });
    if (target === undefined) {
      event('Warning', 'FailedGetScale', `${kind.toLowerCase()}s.apps "${name}" not found`, autoscaler);
      return;
    }
    const current = (target.spec as { readonly replicas?: number } | undefined)?.replicas ?? 1;
    // Zero means that its author switched it off.
    if (current === 0) return;
    const wanted = Math.min(Math.max(current, minReplicas), maxReplicas);
    if (wanted !== current) {
      const reason =
        wanted > current
          ? 'Current number of replicas below Spec.MinReplicas'
          : 'Current number of replicas above Spec.MaxReplicas';
      const scaled = api.patch(refOf(target as Admitted as KubeObject), { spec: { replicas: wanted } });
      if (scaled.ok) event('Normal', 'SuccessfulRescale', `New size: ${wanted}; reason: ${reason}`, autoscaler);
      else event('Warning', 'FailedRescale', `New size: ${wanted}; reason: ${reason}; error: ${scaled.message}`, autoscaler);
    }
    const lastScaleTime = wanted === current ? autoscaler.status?.lastScaleTime : clock.timestamp;
    api.updateStatus(autoscaler, {
      ...autoscaler.status,
      currentReplicas: current,
      desiredReplicas: wanted,
      ...(lastScaleTime && { lastScaleTime }),
    });
  },
};
