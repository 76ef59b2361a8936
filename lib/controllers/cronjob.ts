import type { CronJob } from '../api/generated/types.js';
import type { Admitted, KubeObject } from '../api/object.js';
import { refOf } from '../api/object.js';
import type { ApiServer } from '../apiserver/server.js';
import { controllerReference } from './pods.js';

/**
 * Makes the Job of one run of a CronJob, as if its time had come: the way to judge a template without waiting for its
 * schedule. Nothing happens while the CronJob is suspended.
 */
export const runCronJob = (cronJob: Admitted<CronJob>, api: ApiServer): void => {
  if (cronJob.spec?.suspend) return;
  const template = cronJob.spec?.jobTemplate;
  const job: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${cronJob.metadata.name}-${Math.floor(api.clock.now / 60_000)}`,
      namespace: cronJob.metadata.namespace,
      ...(template?.metadata?.labels && { labels: template.metadata.labels }),
      annotations: { ...template?.metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': api.clock.timestamp },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec: template?.spec,
  };
  const created = api.create(job, { trusted: true });
  const object = refOf(cronJob);
  const component = 'cronjob-controller';
  if (created.ok)
    api.record({
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created job ${created.value.metadata.name}`,
      object,
      component,
    });
  else
    api.record({ type: 'Warning', reason: 'FailedCreate', message: `Error creating job: ${created.message}`, object, component });
  if (created.ok) api.updateStatus(cronJob, { ...cronJob.status, lastScheduleTime: api.clock.timestamp });
};
