import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import type { DeepPartial } from '../merge.js';
import { Workload, type WorkloadKind, type WorkloadProps } from './workload.js';

export const jobFields = [
  'completions',
  'parallelism',
  'backoffLimit',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
  'completionMode',
  'activeDeadlineSeconds',
  'ttlSecondsAfterFinished',
  'suspend',
  'podFailurePolicy',
  'podReplacementPolicy',
  'successPolicy',
] as const;

const job: WorkloadKind = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  own: new Set(jobFields),
  selects: false,
  podSpecPath: '/spec/template/spec',
  spec: (fields, { template }) => ({ ...fields, template }),
};

export interface JobProps<V extends string, C, I, S>
  extends WorkloadProps<V, C, I, S>,
    Pick<k8s.JobSpec, (typeof jobFields)[number]> {
  /** Kubernetes requires it: Always is not for Jobs. */
  readonly restartPolicy: 'OnFailure' | 'Never';
  /** Of the Job as a whole. */
  readonly activeDeadlineSeconds?: number | undefined;
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.JobSpec> | undefined;
}

/**
 * Runs Pods until a number of them has completed.
 *
 * @example
 * new Job(chart, 'migrate', { restartPolicy: 'Never', backoffLimit: 2, containers: { migrate: { image: 'shop/migrate:1.4' } } });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export class Job<V extends string = never, C = unknown, I = unknown, S = unknown> extends Workload<C, S> {
  constructor(scope: Construct, id: string, props: JobProps<V, C, I, S>) {
    super(scope, id, job, props);
  }
}
