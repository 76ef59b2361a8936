import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { type DeepPartial, merge } from '../merge.js';
import { bodyOf, namespaceOf, type ObjectProps, pathOf, Resource } from '../resource.js';
import { resolveTarget, sameNamespace, type Target, whenKnown } from '../target.js';

export interface PodDisruptionBudgetProps extends ObjectProps {
  /** The Pods whose loss is limited. */
  readonly protects: Target;
  /** At least so many (`2`, `'50%'`) stay. */
  readonly minAvailable?: number | string | undefined;
  /** At most so many (`1`, `'10%'`) are missing. */
  readonly maxUnavailable?: number | string | undefined;
  readonly unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow' | undefined;
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.PodDisruptionBudgetSpec> | undefined;
}

/**
 * Limits how many Pods a drain may take at a time.
 *
 * @example
 * new PodDisruptionBudget(chart, 'pg', { protects: pg, maxUnavailable: 1 });
 *
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
export class PodDisruptionBudget extends Resource {
  constructor(scope: Construct, id: string, props: PodDisruptionBudgetProps) {
    const { plain, protects, ...fields } = bodyOf(props);
    const target = resolveTarget(protects);
    sameNamespace(pathOf(scope, id), 'protects Pods', namespaceOf(scope, props), target);
    const spec: k8s.PodDisruptionBudgetSpec = {
      ...fields,
      selector: { matchLabels: whenKnown(target.known, () => target.labels()) },
    };
    super(scope, id, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' }, props, { spec: merge(spec, plain) });
  }
}
