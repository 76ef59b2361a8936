import type { Construct } from 'constructs';
import { extended } from '../../api/extended.js';
import type * as k8s from '../../api/generated/types.js';
import type { DeepPartial } from '../merge.js';
import { type SelectingWorkloadProps, Workload, type WorkloadKind } from './workload.js';

const own = ['replicas', 'minReadySeconds'] as const;

const replicaSet: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  own: new Set(own),
  selects: true,
  podSpecPath: '/spec/template/spec',
  spec: (fields, { template, selector }) => extended(fields, { selector, template }),
};

export interface ReplicaSetProps<V extends string, C, I, S>
  extends SelectingWorkloadProps<V, C, I, S>,
    Pick<k8s.ReplicaSetSpec, (typeof own)[number]> {
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.ReplicaSetSpec> | undefined;
}

/**
 * Keeps a number of equal Pods running. A `Deployment` does so too, and rolls out changes.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
 */
export class ReplicaSet<V extends string = never, C = unknown, I = unknown, S = unknown> extends Workload<C, S> {
  constructor(scope: Construct, id: string, props: ReplicaSetProps<V, C, I, S>) {
    super(scope, id, replicaSet, props);
  }
}
