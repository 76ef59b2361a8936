import type { Construct } from 'constructs';
import { extended } from '../../api/extended.js';
import type * as k8s from '../../api/generated/types.js';
import type { DeepPartial } from '../merge.js';
import { type SelectingWorkloadProps, Workload, type WorkloadKind } from './workload.js';

const own = ['updateStrategy', 'minReadySeconds', 'revisionHistoryLimit'] as const;

const daemonSet: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  own: new Set(own),
  selects: true,
  podSpecPath: '/spec/template/spec',
  spec: (fields, { template, selector }) => extended(fields, { selector, template }),
};

export interface DaemonSetProps<V extends string, C, I, S>
  extends SelectingWorkloadProps<V, C, I, S>,
    Pick<k8s.DaemonSetSpec, (typeof own)[number]> {
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.DaemonSetSpec> | undefined;
}

/**
 * One Pod on every node, or on every node that `schedule` leaves.
 *
 * @example
 * new DaemonSet(chart, 'logs', { volumes: { log: hostPath('/var/log') }, containers: { agent: { image: 'agent:1', mounts: { log: '/var/log' } } } });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
 */
export class DaemonSet<V extends string = never, C = unknown, I = unknown, S = unknown> extends Workload<C, S> {
  constructor(scope: Construct, id: string, props: DaemonSetProps<V, C, I, S>) {
    super(scope, id, daemonSet, props);
  }
}
