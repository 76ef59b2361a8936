import type { ContainerStatus, Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../api/object.js';
import { withField } from '../edit.js';
import type { Evidence } from '../finding.js';
import type { Candidate, Draft, DryRun, Rule } from '../rule.js';
import { podTemplateOf } from '../template.js';

const fieldOfContainer = (run: DryRun, workload: ObjectRef, container: string): string | undefined => {
  const object = run.manifestOf(workload)?.object;
  const template = object === undefined ? undefined : podTemplateOf(object);
  for (const list of ['containers', 'initContainers'] as const) {
    const index = (template?.spec[list] ?? []).findIndex(({ name }) => name === container);
    if (index >= 0 && template !== undefined) return `${template.path}.${list}[${index}]`;
  }
  return undefined;
};

const ended = (status: ContainerStatus) => status.state?.terminated ?? status.lastState?.terminated;

const containerEvidence = (status: ContainerStatus): Evidence => {
  const last = ended(status);
  const waiting = status.state?.waiting?.reason;
  const parts = [
    last === undefined ? [] : [`ended with exit code ${last.exitCode}${last.reason === undefined ? '' : ` (${last.reason})`}`],
    status.restartCount > 0 ? [`restarted ${status.restartCount} times`] : [],
  ].flat();
  return { kind: 'container', container: status.name, state: waiting ?? last?.reason ?? 'Running', text: parts.join(', ') };
};

/** A limit that is exceeded: the declared growth says how much would do. */
const roomier = (run: DryRun, pod: Admitted<Pod>, workload: ObjectRef, container: string): readonly Candidate[] => {
  const grows = run.cluster.behaviourOf(pod)[container]?.memory?.growsTo;
  const field = fieldOfContainer(run, workload, container);
  if (field === undefined) return [];
  if (grows === undefined || grows === 'unbounded')
    return [{ text: `find out why ${container} grows without bound; no memory limit holds it` }];
  return [
    {
      text: `set resources.limits.memory of ${container} to ${grows}`,
      change: { edit: workload, to: withField(`${field}.resources.limits.memory`, grows) },
    },
  ];
};

const restartPolicy = (run: DryRun, workload: ObjectRef): readonly Candidate[] => {
  const object = run.manifestOf(workload)?.object;
  const path = object === undefined ? undefined : podTemplateOf(object)?.path;
  // Only a bare Pod may choose; a Deployment's Pods always restart.
  if (path === undefined || workload.kind !== 'Pod') return [];
  return [
    {
      text: 'set restartPolicy to OnFailure, so that it completes once',
      change: { edit: workload, to: withField(`${path}.restartPolicy`, 'OnFailure') },
    },
  ];
};

/** What another finding says already: a shared port, a missing reference, a probe that ends the container. */
const isConsequence = (run: DryRun, pod: Admitted<Pod>, workload: ObjectRef, status: ContainerStatus): boolean => {
  if (
    run.blamed(workload) &&
    (/address already in use/.test(ended(status)?.message ?? '') ||
      status.state?.waiting?.reason === 'CreateContainerConfigError')
  )
    return true;
  const probes = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(({ name }) => name === status.name);
  if (probes?.livenessProbe === undefined && probes?.startupProbe === undefined) return false;
  return run
    .eventsOf(refOf(pod))
    .some(({ reason, message }) => reason === 'Killing' && message.startsWith(`Container ${status.name} failed `));
};

const ofContainer = (
  run: DryRun,
  pod: Admitted<Pod>,
  workload: ObjectRef,
  status: ContainerStatus,
  init: boolean,
): Draft | undefined => {
  const last = ended(status);
  const waiting = status.state?.waiting;
  if (last === undefined && waiting === undefined) return undefined;
  if (isConsequence(run, pod, workload, status)) return undefined;
  const common = { object: workload, field: fieldOfContainer(run, workload, status.name), evidence: [containerEvidence(status)] };
  const who = `container ${status.name} of ${refText(workload)}`;
  if (last?.reason === 'OOMKilled') {
    return {
      ...common,
      code: 'pod/oom-killed',
      severity: 'error',
      message: `${who} is killed when it reaches its memory limit (OOMKilled, exit code ${last.exitCode})`,
      fixes: roomier(run, pod, workload, status.name),
    };
  }
  if (
    waiting?.reason === 'CrashLoopBackOff' ||
    (last !== undefined && status.restartCount >= 2 && status.state?.running === undefined)
  ) {
    const clean = last?.exitCode === 0;
    const message = clean
      ? `${who} ends with exit code 0 and is started again for ever (CrashLoopBackOff): restartPolicy Always is for containers that do not end`
      : `${who} ends with exit code ${last?.exitCode ?? 1} and is started again and again (CrashLoopBackOff)`;
    return {
      ...common,
      code: init ? 'pod/init-blocked' : 'pod/crash-loop',
      severity: 'error',
      message,
      fixes: clean ? restartPolicy(run, workload) : [],
    };
  }
  if (waiting !== undefined && waiting.reason !== 'ContainerCreating' && waiting.reason !== 'PodInitializing') {
    return {
      ...common,
      code: 'pod/failed',
      severity: 'error',
      message: `${who} does not start: ${waiting.reason}${waiting.message === undefined ? '' : `: ${waiting.message}`}`,
    };
  }
  return undefined;
};

const noStatus: Pick<ContainerStatus, 'state' | 'lastState'> = {};
const noStatuses: readonly ContainerStatus[] = [];

const isCalm = (statuses: readonly ContainerStatus[]): boolean => {
  for (let index = 0; index < statuses.length; index++) {
    const { state, lastState } = statuses[index] ?? noStatus;
    if ((state?.waiting ?? state?.terminated ?? lastState?.terminated) !== undefined) return false;
  }
  return true;
};

/** Nothing of the Pod ended or waits, so there is nothing to say of it. */
const runsSmoothly = ({ status }: Admitted<Pod>): boolean =>
  status?.phase === 'Running' &&
  isCalm(status.containerStatuses ?? noStatuses) &&
  isCalm(status.initContainerStatuses ?? noStatuses);

const ofPod = (run: DryRun, pod: Admitted<Pod>, workload: ObjectRef): readonly Draft[] => {
  const status = pod.status;
  const init = (status?.initContainerStatuses ?? []).flatMap((each) => ofContainer(run, pod, workload, each, true) ?? []);
  const main = (status?.containerStatuses ?? []).flatMap((each) => ofContainer(run, pod, workload, each, false) ?? []);
  const drafts = [...init, ...main];
  if (drafts.length > 0) return drafts;
  if (status?.phase === 'Failed') {
    const failed = (status.containerStatuses ?? []).filter((each) => (ended(each)?.exitCode ?? 0) !== 0);
    return [
      {
        code: 'pod/failed',
        severity: 'error',
        object: workload,
        message: `${refText(workload)} ended in failure${failed.length === 0 ? '' : `: container ${failed.map(({ name }) => name).join(', ')}`}`,
        evidence: failed.map(containerEvidence),
      },
    ];
  }
  if (status?.phase === 'Pending' && pod.spec?.nodeName !== undefined && !run.blamed(workload)) {
    const last = run.eventsOf(refOf(pod)).findLast(({ type }) => type === 'Warning');
    if (last !== undefined)
      return [
        {
          code: 'pod/failed',
          severity: 'error',
          object: workload,
          message: `${refText(workload)} does not start: ${last.message}`,
        },
      ];
  }
  return [];
};

/** Containers that do not come up or do not stay up; the Pods of one workload speak once. */
export const startingRule: Rule = (run) => {
  const seen = new Set<string>();
  const drafts: Draft[] = [];
  for (const pod of run.pods) {
    if (runsSmoothly(pod)) continue;
    const ref = refOf(run.cluster.controllerOf(pod));
    for (const draft of ofPod(run, pod, ref)) {
      const key = `${refKey(ref)} ${draft.code} ${draft.message}`;
      if (seen.has(key)) continue;
      seen.add(key);
      drafts.push(draft);
    }
  }
  return drafts;
};
