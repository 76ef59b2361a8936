import type { LifecycleHandler, Probe } from '../../../api/generated/types.js';
import { type AnyContainer, type CheckPod, containersText, namesOf, plural, quoted, settersOf, sorted } from './check.js';

export const hostNamespaces: CheckPod = ({ spec }) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
  if (shared.length === 0) return undefined;
  return { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') };
};

export const hostPorts: CheckPod = (subject) => {
  const ports = new Set<string>();
  const names = namesOf(subject, (container) => {
    const taken = (container.ports ?? []).filter(({ hostPort = 0 }) => hostPort !== 0);
    for (const { hostPort } of taken) ports.add(String(hostPort));
    return taken.length > 0;
  });
  if (names.length === 0) return undefined;
  const verb = names.length === 1 ? 'uses' : 'use';
  const detail = `${containersText(names)} ${verb} ${plural('hostPort', ports.size)} ${sorted(ports).join(', ')}`;
  return { reason: 'hostPort', detail };
};

const hostsIn = (handler: Probe | LifecycleHandler | undefined): readonly string[] =>
  [handler?.httpGet?.host, handler?.tcpSocket?.host].filter((host) => host !== undefined && host !== '') as readonly string[];

const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: AnyContainer): readonly string[] =>
  [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(hostsIn);

/** Probes and hooks that the kubelet would send to another host (KEP-4559). */
export const hostProbesAndHostLifecycle: CheckPod = (subject) => {
  const names = new Set(namesOf(subject, (container) => hostsOf(container).length > 0));
  if (names.size === 0) return undefined;
  const hosts = new Set(subject.containers.flatMap(hostsOf));
  const verb = names.size === 1 ? 'uses' : 'use';
  const what = plural('probe or lifecycle host', hosts.size);
  const detail = `${containersText(sorted(names))} ${verb} ${what} ${quoted(sorted(hosts))}`;
  return { reason: 'probe or lifecycle host', detail };
};

export const windowsHostProcess: CheckPod = (subject) => {
  const setters = settersOf(subject, ({ windowsOptions }) => windowsOptions?.hostProcess === true);
  if (setters === undefined) return undefined;
  return { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` };
};
