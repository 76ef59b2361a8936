import type {
  CronJob,
  DaemonSet,
  Deployment,
  DeploymentSpec,
  DeploymentStrategy,
  Job,
  JobSpec,
  PersistentVolumeClaim,
  PodFailurePolicyRule,
  ReplicaSet,
  ReplicaSetSpec,
  ReplicationController,
  RollingUpdateDeployment,
  StatefulSet,
} from '../generated/types.js';
import { at, defaulting, each, fill } from './fill.js';
import { podTemplate } from './pod-spec.js';
import { persistentVolumeClaim } from './storage.js';

const rollingType = Object.freeze({ type: 'RollingUpdate' });
const rolling = Object.freeze({ maxUnavailable: '25%', maxSurge: '25%' });
const rollingStrategy = defaulting<DeploymentStrategy>(
  { rollingUpdate: rolling },
  { rollingUpdate: defaulting<RollingUpdateDeployment>(rolling) },
);

/** Of the Deployments that say nothing, which is most: they share it. */
const defaultStrategy = Object.freeze({ ...rollingType, rollingUpdate: rolling });

const strategy = (written: DeploymentStrategy): DeploymentStrategy => {
  if (written.type === undefined && written.rollingUpdate === undefined) return defaultStrategy;
  const typed = fill(written, rollingType);
  return typed.type === 'RollingUpdate' ? rollingStrategy(typed) : typed;
};

const deploymentSpec = defaulting<DeploymentSpec>(
  { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: rollingType },
  { template: podTemplate, strategy },
);

export const deployment = defaulting<Deployment>({}, { spec: deploymentSpec });

const generationAnnotation = 'deprecated.daemonset.template.generation';

/** The generation of the template lives on in an annotation since it is no field any more. */
const generationNoted = (value: DaemonSet): DaemonSet =>
  at(value, 'metadata', (metadata) => ({ ...metadata, annotations: { [generationAnnotation]: '0', ...metadata.annotations } }));

export const daemonSet = (value: DaemonSet): DaemonSet =>
  at(generationNoted(value), 'spec', (spec) => {
    const strategy = fill(spec.updateStrategy ?? {}, { type: 'RollingUpdate' });
    const rolling = { maxUnavailable: 1, maxSurge: 0 };
    return {
      ...at(fill(spec, { revisionHistoryLimit: 10 }), 'template', podTemplate),
      updateStrategy:
        strategy.type === 'RollingUpdate'
          ? { ...strategy, rollingUpdate: fill(strategy.rollingUpdate ?? {}, rolling) }
          : strategy,
    };
  });

const claimTemplate = (claim: PersistentVolumeClaim): PersistentVolumeClaim =>
  persistentVolumeClaim({ kind: 'PersistentVolumeClaim', apiVersion: 'v1', ...claim });

export const statefulSet = (value: StatefulSet): StatefulSet =>
  at(value, 'spec', (spec) => {
    const filled = fill(spec, { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10 });
    const strategy = fill(filled.updateStrategy ?? {}, { type: 'RollingUpdate' });
    const rolling = strategy.type === 'RollingUpdate' || strategy.rollingUpdate !== undefined;
    return {
      ...at(at(filled, 'template', podTemplate), 'volumeClaimTemplates', each(claimTemplate)),
      updateStrategy: rolling ? { ...strategy, rollingUpdate: fill(strategy.rollingUpdate ?? {}, { partition: 0 }) } : strategy,
      persistentVolumeClaimRetentionPolicy: fill(filled.persistentVolumeClaimRetentionPolicy ?? {}, {
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
      }),
    };
  });

export const replicaSet = defaulting<ReplicaSet>(
  {},
  { spec: defaulting<ReplicaSetSpec>({ replicas: 1 }, { template: podTemplate }) },
);

export const replicationController = (value: ReplicationController): ReplicationController => {
  const labels = value.spec?.template?.metadata?.labels;
  const named = labels === undefined ? value : at(value, 'metadata', (metadata) => fill(metadata, { labels }));
  return at(named, 'spec', (spec) =>
    fill(at(spec, 'template', podTemplate), labels === undefined ? { replicas: 1 } : { replicas: 1, selector: labels }),
  );
};

const failureRule = (rule: PodFailurePolicyRule): PodFailurePolicyRule =>
  at(
    rule,
    'onPodConditions',
    each((condition) => fill(condition, { status: 'True' })),
  );

const maxInt32 = 2 ** 31 - 1;

const failurePolicy = (spec: JobSpec): JobSpec =>
  at(spec, 'podFailurePolicy', (policy) => at(policy, 'rules', each(failureRule)));

const jobSpec = (spec: JobSpec): JobSpec =>
  failurePolicy(
    fill(spec, {
      ...(spec.completions === undefined && spec.parallelism === undefined ? { completions: 1 } : {}),
      parallelism: 1,
      backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : maxInt32,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
      manualSelector: false,
    }),
  );

export const job = (value: Job): Job => {
  const labels = value.spec?.template.metadata?.labels;
  const named = labels === undefined ? value : at(value, 'metadata', (metadata) => fill(metadata, { labels }));
  return at(named, 'spec', (spec) => at(jobSpec(spec), 'template', podTemplate));
};

/** The Job of a CronJob gets its own defaults when it is made; here only its Pods do. */
export const cronJob = (value: CronJob): CronJob =>
  at(value, 'spec', (spec) =>
    at(
      fill(spec, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }),
      'jobTemplate',
      (template) => at(template, 'spec', (job) => at(failurePolicy(job), 'template', podTemplate)),
    ),
  );
