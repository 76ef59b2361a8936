import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { type DeepPartial, split } from '../merge.js';
import { jobFields } from './job.js';
import { Workload, type WorkloadKind, type WorkloadProps } from './workload.js';

const own = ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit', 'suspend', 'timeZone'] as const;

/** Those of the Job are the fields of its template. */
const cronFields: ReadonlySet<string> = new Set([...own, 'concurrencyPolicy', 'cron']);

const cronJob: WorkloadKind = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  own: new Set([...cronFields, ...jobFields]),
  selects: false,
  podSpecPath: '/spec/jobTemplate/spec/template/spec',
  spec: (fields, { template }) => {
    const [{ cron, ...rest }, job] = split(fields, cronFields, new Set());
    return { schedule: cron, ...rest, jobTemplate: { spec: { ...job, template } } };
  },
};

type JobField = Exclude<(typeof jobFields)[number], 'suspend'>;

export interface CronJobProps<V extends string, C, I, S>
  extends WorkloadProps<V, C, I, S>,
    Pick<k8s.CronJobSpec, (typeof own)[number]>,
    Pick<k8s.JobSpec, JobField> {
  /** When, as in `0 3 * * *` or `@daily` (the plain field `schedule`; here that name says where Pods run). */
  readonly cron: string;
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace' | undefined;
  /** Kubernetes requires it: Always is not for Jobs. */
  readonly restartPolicy: 'OnFailure' | 'Never';
  /** Of each Job as a whole. */
  readonly activeDeadlineSeconds?: number | undefined;
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.CronJobSpec> | undefined;
}

/**
 * A Job at set times.
 *
 * @example
 * new CronJob(chart, 'report', { cron: '0 3 * * *', restartPolicy: 'OnFailure', containers: { report: { image: 'shop/report:1' } } });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
export class CronJob<V extends string = never, C = unknown, I = unknown, S = unknown> extends Workload<C, S> {
  constructor(scope: Construct, id: string, props: CronJobProps<V, C, I, S>) {
    super(scope, id, cronJob, props);
  }
}
