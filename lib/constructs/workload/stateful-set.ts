import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import type { DeepPartial } from '../merge.js';
import type { ClaimTemplate, Volume } from '../pod/volume.js';
import { type SelectingWorkloadProps, Workload, type WorkloadKind } from './workload.js';

const own = [
  'replicas',
  'serviceName',
  'podManagementPolicy',
  'updateStrategy',
  'minReadySeconds',
  'revisionHistoryLimit',
  'ordinals',
  'persistentVolumeClaimRetentionPolicy',
] as const;

const statefulSet: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  own: new Set(own),
  selects: true,
  claims: true,
  podSpecPath: '/spec/template/spec',
  spec: (fields, { template, selector, claimTemplates }) => ({
    ...fields,
    selector,
    template,
    ...(claimTemplates.length > 0 ? { volumeClaimTemplates: claimTemplates } : {}),
  }),
};

export interface StatefulSetProps<V extends string, C, I, S>
  extends SelectingWorkloadProps<V, C, I, S, Volume | ClaimTemplate>,
    Pick<k8s.StatefulSetSpec, (typeof own)[number]> {
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.StatefulSetSpec> | undefined;
}

/**
 * Pods with a name, an order and (with `claim()` volumes) storage of their own that stay through restarts.
 *
 * @example
 * const pg = new StatefulSet(chart, 'pg', {
 *   replicas: 3,
 *   volumes: { data: claim({ size: '50Gi' }) },
 *   containers: { postgres: { image: 'postgres:16', ports: { pg: 5432 }, mounts: { data: '/var/lib/postgresql/data' } } },
 * });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */
export class StatefulSet<V extends string = never, C = unknown, I = unknown, S = unknown> extends Workload<C, S> {
  constructor(scope: Construct, id: string, props: StatefulSetProps<V, C, I, S>) {
    super(scope, id, statefulSet, props);
  }
}
