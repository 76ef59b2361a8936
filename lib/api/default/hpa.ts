import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerBehavior,
  HPAScalingRules,
  V1HorizontalPodAutoscaler,
} from '../generated/types.js';
import { at, fill } from './fill.js';

const scaleUp: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const scaleDown: HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

const behaviour = (value: HorizontalPodAutoscalerBehavior): HorizontalPodAutoscalerBehavior => ({
  scaleUp: fill(value.scaleUp ?? {}, scaleUp),
  scaleDown: fill(value.scaleDown ?? {}, scaleDown),
});

/** Annotations in which `autoscaling/v1` keeps what it has no fields for. */
const carried = ['metrics', 'behavior', 'conditions', 'current-metrics'].map((part) => `autoscaling.alpha.kubernetes.io/${part}`);

const withoutCarried = (value: HorizontalPodAutoscaler): HorizontalPodAutoscaler => {
  const { annotations, ...metadata } = value.metadata ?? {};
  if (annotations === undefined || !carried.some((name) => Object.hasOwn(annotations, name))) return value;
  const kept = Object.entries(annotations).filter(([name]) => !carried.includes(name));
  return { ...value, metadata: kept.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(kept) } };
};

export const horizontalPodAutoscaler = (value: HorizontalPodAutoscaler): HorizontalPodAutoscaler =>
  at(withoutCarried(value), 'spec', (spec) =>
    at(
      fill(spec, {
        minReplicas: 1,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
      }),
      'behavior',
      behaviour,
    ),
  );

export const horizontalPodAutoscalerV1 = (value: V1HorizontalPodAutoscaler): V1HorizontalPodAutoscaler =>
  at(value, 'spec', (spec) => fill(spec, { minReplicas: 1 }));
