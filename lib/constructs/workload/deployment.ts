import type { Construct } from 'constructs';
import { extended } from '../../api/extended.js';
import type * as k8s from '../../api/generated/types.js';
import type { DeepPartial } from '../merge.js';
import { type SelectingWorkloadProps, Workload, type WorkloadKind } from './workload.js';

const own = ['replicas', 'strategy', 'minReadySeconds', 'paused', 'progressDeadlineSeconds', 'revisionHistoryLimit'] as const;

const deployment: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  own: new Set(own),
  selects: true,
  podSpecPath: '/spec/template/spec',
  spec: (fields, { template, selector }) => extended(fields, { selector, template }),
};

export interface DeploymentProps<V extends string, C, I, S>
  extends SelectingWorkloadProps<V, C, I, S>,
    Pick<k8s.DeploymentSpec, (typeof own)[number]> {
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.DeploymentSpec> | undefined;
}

/**
 * Keeps a number of equal Pods running and rolls out changes of them.
 *
 * @example
 * const web = new Deployment(chart, 'web', { replicas: 3, containers: { nginx: { image: 'nginx:1.27', ports: { http: 80 } } } });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 */
export class Deployment<V extends string = never, C = unknown, I = unknown, S = unknown> extends Workload<C, S> {
  constructor(scope: Construct, id: string, props: DeploymentProps<V, C, I, S>) {
    super(scope, id, deployment, props);
  }
}
