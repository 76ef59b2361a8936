import { ApiObject } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { type DeepPartial, merge } from '../merge.js';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

export interface HorizontalPodAutoscalerProps extends ObjectProps, Omit<k8s.HorizontalPodAutoscalerSpec, 'scaleTargetRef'> {
  /** The workload whose replicas are set. */
  readonly scale: IConstruct;
  /** CPU use to aim at, in percent of the requests. */
  readonly cpu?: number | undefined;
  /** Memory use to aim at, in percent of the requests. */
  readonly memory?: number | undefined;
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.HorizontalPodAutoscalerSpec> | undefined;
}

const utilization = (name: string, averageUtilization: number | undefined): readonly k8s.MetricSpec[] =>
  averageUtilization === undefined
    ? []
    : [{ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } }];

/**
 * Sets the replicas of a workload by its load. (The workload itself then says no `replicas`.)
 *
 * @example
 * new HorizontalPodAutoscaler(chart, 'api', { scale: api, minReplicas: 2, maxReplicas: 10, cpu: 70 });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
 */
export class HorizontalPodAutoscaler extends Resource {
  constructor(scope: Construct, id: string, props: HorizontalPodAutoscalerProps) {
    const { plain, scale, cpu, memory, metrics: others = [], ...fields } = bodyOf(props);
    const { apiVersion, kind, name } = ApiObject.of(scale);
    const metrics = [...utilization('cpu', cpu), ...utilization('memory', memory), ...others];
    const spec: k8s.HorizontalPodAutoscalerSpec = {
      ...fields,
      scaleTargetRef: { apiVersion, kind, name },
      ...(metrics.length > 0 ? { metrics } : {}),
    };
    super(scope, id, { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' }, props, { spec: merge(spec, plain) });
  }
}
