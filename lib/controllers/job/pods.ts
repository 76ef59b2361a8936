import type { Job, Pod, PodTemplateSpec } from '../../api/generated/types.js';
import { type Admitted, type KubeObject, refOf } from '../../api/object.js';
import type { Stored } from '../../apiserver/kinds.js';
import { createInBatches } from '../batches.js';
import type { ControllerContext } from '../controller.js';
import { isActive, isTerminating, podOf } from '../pods.js';
import { indexOf } from './indexes.js';

const trackingFinalizer = 'batch.kubernetes.io/job-tracking';

/** Not yet counted in the Job's status: a Pod keeps its finalizer until then, so that no result is lost. */
export const isUncounted = (pod: Admitted): boolean => pod.metadata.finalizers?.includes(trackingFinalizer) ?? false;

export const hasSucceeded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded';

/** Failed; a Pod that is being deleted counts as failed at once unless only failed ones are replaced. */
export const hasFailed = (pod: Admitted<Pod>, job: Job): boolean =>
  pod.status?.phase === 'Failed' || (isTerminating(pod) && !hasSucceeded(pod) && job.spec?.podReplacementPolicy !== 'Failed');

export const releasePod = (pod: Admitted<Pod>, { api }: ControllerContext): void => {
  const finalizers = (pod.metadata.finalizers ?? []).filter((name) => name !== trackingFinalizer);
  api.update({ ...(pod as Admitted as Stored), metadata: { ...pod.metadata, finalizers } }, { trusted: true });
};

export const deletePods = (job: Admitted<Job>, pods: readonly Admitted<Pod>[], { api, event }: ControllerContext): void => {
  for (const pod of pods) {
    api.delete(refOf(pod));
    event('Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, job);
  }
};

const indexEnv = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } },
};

const indexedTemplates = new WeakMap<PodTemplateSpec, PodTemplateSpec>();

/** The template of an Indexed Job: every container learns its index. Made once, so that its Pods share it. */
const indexedTemplate = (template: PodTemplateSpec): PodTemplateSpec => {
  const known = indexedTemplates.get(template);
  if (known !== undefined || template.spec === undefined) return known ?? template;
  const { containers, initContainers } = template.spec;
  const withEnv = <C extends { readonly env?: readonly { readonly name: string }[] | undefined }>(container: C): C =>
    container.env?.some(({ name }) => name === indexEnv.name)
      ? container
      : { ...container, env: [...(container.env ?? []), indexEnv] };
  const spec = {
    ...template.spec,
    containers: containers.map(withEnv),
    ...(initContainers && { initContainers: initContainers.map(withEnv) }),
  };
  const made = { ...template, spec };
  indexedTemplates.set(template, made);
  return made;
};

const jobPod = (job: Admitted<Job>, index: number | undefined): KubeObject => {
  const template = job.spec?.template ?? {};
  const prefix = index === undefined ? `${job.metadata.name}-` : `${job.metadata.name}-${index}-`;
  const pod = podOf(index === undefined ? template : indexedTemplate(template), job, { generateName: prefix });
  const key = 'batch.kubernetes.io/job-completion-index';
  const marks = index === undefined ? undefined : { [key]: String(index) };
  const spec =
    index === undefined || (pod.spec as { hostname?: string }).hostname
      ? pod.spec
      : { ...(pod.spec as object), hostname: `${job.metadata.name}-${index}` };
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      finalizers: [...(pod.metadata.finalizers ?? []), trackingFinalizer],
      ...(marks && { labels: { ...pod.metadata.labels, ...marks }, annotations: { ...pod.metadata.annotations, ...marks } }),
    },
    spec,
  };
};

/** The lowest indexes that neither succeeded nor are worked on. */
const freeIndexes = (job: Job, pods: readonly Admitted<Pod>[], done: ReadonlySet<number>, count: number): readonly number[] => {
  const taken = new Set([...done, ...pods.filter(isActive).map(indexOf)]);
  const free: number[] = [];
  for (let index = 0; index < (job.spec?.completions ?? 0) && free.length < count; index++)
    if (!taken.has(index)) free.push(index);
  return free;
};

/** Creates `count` Pods; returns why one could not be made. */
export const createPods = (
  job: Admitted<Job>,
  pods: readonly Admitted<Pod>[],
  done: ReadonlySet<number>,
  count: number,
  { api, event }: ControllerContext,
): string | undefined => {
  const indexes = job.spec?.completionMode === 'Indexed' ? freeIndexes(job, pods, done, count) : undefined;
  return createInBatches(indexes?.length ?? count, (at) => {
    const created = api.create(jobPod(job, indexes?.[at]), { trusted: true });
    if (created.ok) event('Normal', 'SuccessfulCreate', `Created pod: ${created.value.metadata.name}`, job);
    else event('Warning', 'FailedCreate', `Error creating: ${created.message}`, job);
    return created.ok ? undefined : created.message;
  });
};
