import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

type Scope =
  | 'Terminating'
  | 'NotTerminating'
  | 'BestEffort'
  | 'NotBestEffort'
  | 'PriorityClass'
  | 'CrossNamespacePodAffinity'
  | 'VolumeAttributesClass';

export interface ResourceQuotaProps extends ObjectProps, Omit<k8s.ResourceQuotaSpec, 'scopes'> {
  readonly scopes?: readonly Scope[] | undefined;
}

/**
 * What all objects of a namespace may use together.
 *
 * @example
 * new ResourceQuota(chart, 'team', { hard: { 'requests.cpu': '10', 'requests.memory': '20Gi', pods: 50 } });
 *
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
export class ResourceQuota extends Resource {
  constructor(scope: Construct, id: string, props: ResourceQuotaProps) {
    super(scope, id, { apiVersion: 'v1', kind: 'ResourceQuota' }, props, { spec: bodyOf(props) });
  }
}
