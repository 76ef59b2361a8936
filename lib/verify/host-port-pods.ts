import type { Container, Node, Pod, PodSpec } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { type HostPort, HostPorts, hostPortsOf } from '../scheduler/host-ports.js';
import { compileRequiredNodeAffinity } from '../scheduler/node-selector.js';
import { toleratesAll } from '../scheduler/taints.js';
import type { DryRun } from './rule.js';

/** `8080/TCP`, `192.168.1.5:8080/TCP`. */
export const hostPortText = ({ ip, port, protocol }: HostPort): string =>
  `${ip === '0.0.0.0' ? '' : `${ip}:`}${port}/${protocol}`;

const opensHostPort = ({ ports }: Container): boolean => {
  if (ports === undefined) return false;
  for (let index = 0; index < ports.length; index++) if ((ports[index]?.hostPort ?? 0) > 0) return true;
  return false;
};

const anyOpensHostPort = (containers: readonly Container[]): boolean => {
  for (let index = 0; index < containers.length; index++) {
    const container = containers[index];
    if (container !== undefined && opensHostPort(container)) return true;
  }
  return false;
};

/** Whether a container says that it holds a port of the node. */
export const hasHostPort = ({ containers, initContainers }: PodSpec): boolean =>
  anyOpensHostPort(containers) || (initContainers !== undefined && anyOpensHostPort(initContainers));

const isFinished = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

export type PodsByNode = ReadonlyMap<string, readonly Admitted<Pod>[]>;

/** Pods that hold host ports, by the node they are on. */
export const hostPortPods = ({ cluster }: Pick<DryRun, 'cluster'>): PodsByNode => {
  const found = new Map<string, Admitted<Pod>[]>();
  for (const pod of cluster.list('Pod')) {
    const { spec } = pod;
    if (spec?.nodeName === undefined || !hasHostPort(spec) || isFinished(pod)) continue;
    const list = found.get(spec.nodeName);
    if (list === undefined) found.set(spec.nodeName, [pod]);
    else list.push(pod);
  }
  return found;
};

/** Whether a Pod would find its host ports free beside others. */
export const findsPortsFree = (spec: PodSpec, others: readonly Pod[]): boolean => {
  const held = new HostPorts();
  for (const other of others) held.add(hostPortsOf(other.spec ?? { containers: [] }));
  return !hostPortsOf(spec).some((port) => held.conflicts(port));
};

/** The nodes that would take a Pod if no host port were held: by node affinity, taints, and whether they take Pods at all. */
export const eligibleNodes = ({ cluster }: Pick<DryRun, 'cluster'>, spec: PodSpec): readonly Admitted<Node>[] => {
  const fits = compileRequiredNodeAffinity(spec);
  return cluster.list('Node').filter((node) => {
    const { taints = [], unschedulable } = node.spec ?? {};
    const hard = taints.filter(({ effect }) => effect !== 'PreferNoSchedule');
    const view = { name: node.metadata.name, labels: node.metadata.labels ?? {} };
    return unschedulable !== true && toleratesAll(spec.tolerations ?? [], hard) && (fits === undefined || fits(view));
  });
};
