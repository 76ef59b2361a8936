import type { Container, Pod, Probe } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../api/object.js';
import { withField } from '../edit.js';
import type { Candidate, Draft, DryRun, Rule } from '../rule.js';
import { podTemplateOf } from '../template.js';

const probeText = (probe: Probe): string => {
  const { httpGet, tcpSocket, grpc, exec } = probe;
  if (httpGet !== undefined) return `httpGet ${httpGet.path ?? '/'} on port ${httpGet.port}`;
  if (tcpSocket !== undefined) return `tcpSocket on port ${tcpSocket.port}`;
  if (grpc !== undefined) return `grpc on port ${grpc.port}`;
  return `exec ${(exec?.command ?? []).join(' ')}`;
};

/** A port that the container does open, or no probe at all. */
const waysOut = (
  workload: ObjectRef,
  at: string,
  name: 'livenessProbe' | 'readinessProbe' | 'startupProbe',
  { name: container, ports = [], [name]: probe }: Container,
): readonly Candidate[] => {
  const handler = probe?.httpGet === undefined ? 'tcpSocket' : 'httpGet';
  const asked = probe?.[handler]?.port;
  const others = ports.filter(({ name: own, containerPort }) => asked !== undefined && own !== asked && containerPort !== asked);
  return [
    ...others.map(({ name: own, containerPort }) => ({
      text: `let the ${name} ask port ${own ?? containerPort}`,
      change: { edit: workload, to: withField(`${at}.${name}.${handler}.port`, own ?? containerPort) },
    })),
    {
      text: `let ${container} answer the ${name}, or remove it`,
      change: { edit: workload, to: withField(`${at}.${name}`, undefined) },
    },
  ];
};

const failing = (run: DryRun, pod: Admitted<Pod>, workload: ObjectRef): Draft | undefined => {
  const object = run.manifestOf(workload)?.object;
  const path = (object === undefined ? undefined : podTemplateOf(object))?.path ?? 'spec';
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [index, container] of (pod.spec?.[list] ?? []).entries()) {
      const status = statuses.find(({ name }) => name === container.name);
      if (status === undefined || status.state?.terminated !== undefined) continue;
      const restarted = status.restartCount > 0;
      const name =
        !status.ready && container.startupProbe !== undefined && status.started !== true
          ? 'startupProbe'
          : restarted && container.livenessProbe !== undefined
            ? 'livenessProbe'
            : 'readinessProbe';
      const probe = container[name];
      if (probe === undefined || (status.ready && !restarted)) continue;
      const liveness = name !== 'readinessProbe';
      const unhealthy = run.eventsOf(refOf(pod)).findLast(({ reason }) => reason === 'Unhealthy');
      return {
        code: liveness ? 'pod/liveness' : 'pod/not-ready',
        severity: 'error',
        object: workload,
        field: `${path}.${list}[${index}].${name}`,
        message: liveness
          ? `the ${name} of container ${container.name} of ${refText(workload)} fails (${probeText(probe)}); the kubelet restarts the container again and again`
          : `${refText(workload)} never becomes ready: the readinessProbe of container ${container.name} fails (${probeText(probe)})`,
        evidence: [
          {
            kind: 'container',
            container: container.name,
            state: status.state?.waiting?.reason ?? 'Running',
            text: unhealthy?.message ?? 'the probe gets no good answer',
          },
        ],
        fixes: waysOut(workload, `${path}.${list}[${index}]`, name, container),
      };
    }
  }
  return undefined;
};

const isProbed = ({ startupProbe, livenessProbe, readinessProbe }: Container): boolean =>
  startupProbe !== undefined || livenessProbe !== undefined || readinessProbe !== undefined;

/** Only a probe says that a container is not ready, or keeps restarting it. */
const mayFail = ({ spec }: Pod): boolean =>
  spec?.containers.some(isProbed) === true || spec?.initContainers?.some(isProbed) === true;

/** Pods that run but are never ready, and containers that a probe keeps restarting. */
export const readyRule: Rule = (run) => {
  const seen = new Set<string>();
  const drafts: Draft[] = [];
  for (const pod of run.pods) {
    if (pod.status?.phase !== 'Running' || !mayFail(pod)) continue;
    const ref = refOf(run.cluster.controllerOf(pod));
    const key = refKey(ref);
    if (seen.has(key) || run.blamed(ref)) continue;
    const draft = failing(run, pod, ref);
    if (draft === undefined) continue;
    seen.add(key);
    drafts.push(draft);
  }
  return drafts;
};
