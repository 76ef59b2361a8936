import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

export interface LimitRangeProps extends ObjectProps {
  readonly limits: readonly (Omit<k8s.LimitRangeItem, 'type'> & {
    readonly type: 'Container' | 'Pod' | 'PersistentVolumeClaim';
  })[];
}

/**
 * Bounds and defaults for each Pod, container or claim of a namespace.
 *
 * @example
 * new LimitRange(chart, 'defaults', { limits: [{ type: 'Container', default: { memory: '256Mi' }, defaultRequest: { memory: '128Mi' } }] });
 *
 * @see https://kubernetes.io/docs/concepts/policy/limit-range/
 */
export class LimitRange extends Resource {
  constructor(scope: Construct, id: string, props: LimitRangeProps) {
    super(scope, id, { apiVersion: 'v1', kind: 'LimitRange' }, props, { spec: bodyOf(props) });
  }
}
