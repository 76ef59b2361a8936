import type { Construct } from 'constructs';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

export interface PriorityClassProps extends Omit<ObjectProps, 'namespace'> {
  /** The higher, the earlier; at most 1000000000. */
  readonly value: number;
  readonly description?: string | undefined;
  /** The class of Pods that name none. */
  readonly globalDefault?: boolean | undefined;
  readonly preemptionPolicy?: 'PreemptLowerPriority' | 'Never' | undefined;
}

/**
 * How important Pods are when there is not room for all.
 *
 * @example
 * const critical = new PriorityClass(chart, 'critical', { value: 1000000 });
 * new Deployment(chart, 'pay', { priorityClass: critical, containers: { pay: { image: 'pay:1' } } });
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
export class PriorityClass extends Resource {
  constructor(scope: Construct, id: string, props: PriorityClassProps) {
    super(scope, id, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', namespaced: false }, props, bodyOf(props));
  }
}
