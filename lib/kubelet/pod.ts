import type {
  Container,
  ContainerStatus,
  HostIP,
  NodeAddress,
  Pod,
  PodCondition,
  PodSpec,
  PodStatus,
} from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { refOf } from '../api/object.js';
import { quantityValue } from '../api/quantity.js';
import type { ProbeResult, RuntimeState, RuntimeView } from './actions.js';
import { newPodView } from './actions.js';
import { ContainerRecord } from './container.js';
import type { ContainerRun } from './container-run.js';
import type { KubeletHost } from './host.js';
import { HostObjects } from './host-objects.js';
import { podPhase } from './phase.js';
import type { Listener } from './port.js';
import { isSidecar } from './restart-policy.js';
import { podStatus } from './status.js';

/** Open ports of one network: who holds `TCP:80`. */
export type OpenPorts = Map<string, ContainerRecord>;

const readiness = (status: PodStatus | undefined): string | undefined =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.status;

const mainRecord = (container: Container): ContainerRecord => new ContainerRecord(container, false, false);
const initRecord = (container: Container): ContainerRecord => new ContainerRecord(container, true, isSidecar(container));

/** How many ports a run listens on, at most. */
const mostPorts = ({ container, behaviour }: ContainerRun): number => (behaviour.listens ?? container.ports ?? []).length;

const keyOf = ({ port, protocol }: Listener): string => `${protocol}:${port}`;

const noStatus: PodStatus = {};
const noConditions: readonly PodCondition[] = [];
const noAddresses: readonly NodeAddress[] = [];

/** A function and not a method: there is a record for every Pod, and private methods make objects dear. */
const statusesOf = (containers: readonly ContainerRecord[]): readonly ContainerStatus[] => {
  const first = containers[0];
  const idle = first?.init === true ? 'PodInitializing' : 'ContainerCreating';
  if (first !== undefined && containers.length === 1) return [first.status(idle)];
  return containers.map((record) => record.status(idle));
};

/** By the addresses of their node: its Pods share them. */
const internalIPs = new WeakMap<readonly NodeAddress[], readonly HostIP[]>();

/** The first internal address of a node, none where it has none. */
const internalIPsOf = (addresses: readonly NodeAddress[]): readonly HostIP[] => {
  const known = internalIPs.get(addresses);
  if (known !== undefined) return known;
  const internal = addresses.find(({ type }) => type === 'InternalIP');
  const made = internal === undefined ? [] : [{ ip: internal.address }];
  internalIPs.set(addresses, made);
  return made;
};

/** What the kubelet knows of one Pod, and its ways to report it. */
export class PodRecord {
  readonly host: KubeletHost;
  /** Init containers first. */
  readonly containers: readonly ContainerRecord[];
  pod: Admitted<Pod>;
  spec: PodSpec;
  podIP: string | undefined;
  sandboxReady = false;
  /** All containers have been stopped for good. */
  over: boolean;
  /** The kubelet gave the Pod up. */
  failure: { readonly reason: string; readonly message: string } | undefined;
  /** Nothing of the Pod may happen any more. */
  gone = false;
  /** Something changed since the last report. */
  dirty = true;
  /** Those published last: their times last while their status does. */
  conditions: readonly PodCondition[];
  readonly startTime: string;
  /** The status that was last reported. */
  published: PodStatus | undefined;
  #ports: OpenPorts | undefined;
  #told: Set<string> | undefined;

  /** `ports`: those of its node when the Pod is on the network of its node; otherwise it has its own. */
  constructor(host: KubeletHost, pod: Admitted<Pod>, ports: OpenPorts | undefined) {
    const { phase, startTime, podIP, conditions = noConditions } = pod.status ?? noStatus;
    this.host = host;
    this.pod = pod;
    this.spec = pod.spec ?? { containers: [] };
    this.podIP = podIP;
    this.over = phase === 'Succeeded' || phase === 'Failed';
    this.#ports = ports;
    this.startTime = startTime ?? host.clock.timestamp;
    this.conditions = conditions;
    const { initContainers } = this.spec;
    const main = this.spec.containers.map(mainRecord);
    this.containers = initContainers === undefined ? main : [...initContainers.map(initRecord), ...main];
  }

  /** What the Pod refers to. */
  get objects(): HostObjects {
    return new HostObjects(this);
  }

  get now(): number {
    return this.host.clock.now;
  }

  /** The address of its node, none where that has none. */
  get hostIPs(): readonly HostIP[] {
    return internalIPsOf(this.host.node(this.spec.nodeName ?? '')?.status?.addresses ?? noAddresses);
  }

  /** Bytes of memory of its node: the limit of what has no limit. */
  get nodeMemory(): number {
    const capacity = this.host.node(this.spec.nodeName ?? '')?.status?.capacity;
    return quantityValue(capacity?.memory) || Number.POSITIVE_INFINITY;
  }

  later(seconds: number, task: () => void): void {
    this.host.clock.after(seconds, () => {
      if (!this.gone) task();
    });
  }

  event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.host.event({ type, reason, message, object: refOf(this.pod), component: 'kubelet' });
  }

  /** A warning that the kubelet repeats as long as it lasts is told once. */
  tellOnce(reason: string, message: string): void {
    const key = `${reason} ${message}`;
    this.#told ??= new Set();
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.event('Warning', reason, message);
  }

  /** Opens the ports of a run; returns the first one that is taken: containers of a Pod share one network. A single port needs no book. */
  open(record: ContainerRecord, run: ContainerRun): Listener | undefined {
    if (this.#ports === undefined && this.containers.length === 1 && mostPorts(run) < 2) return undefined;
    this.#ports ??= new Map();
    let taken: Listener | undefined;
    for (const listener of run.listens) {
      const key = keyOf(listener);
      if (this.#ports.has(key)) taken ??= listener;
      else this.#ports.set(key, record);
    }
    return taken;
  }

  close(record: ContainerRecord): void {
    const ports = this.#ports;
    if (ports === undefined) return;
    for (const listener of record.run?.listens ?? []) {
      const key = keyOf(listener);
      if (ports.get(key) === record) ports.delete(key);
    }
  }

  view(): RuntimeView {
    if (!this.sandboxReady) return newPodView;
    const containers = new Map<string, RuntimeState>();
    const liveness = new Map<string, ProbeResult>();
    const startup = new Map<string, ProbeResult>();
    const changed = new Set<string>();
    for (const { container, run, runtime } of this.containers) {
      if (runtime !== undefined) containers.set(container.name, runtime);
      if (run === undefined || run.stopping) continue;
      if (run.liveness !== undefined) liveness.set(container.name, run.liveness);
      if (run.startup !== undefined) startup.set(container.name, run.startup);
      if (run.container.image !== container.image) changed.add(container.name);
    }
    return { containers, sandbox: 'ready', liveness, startup, changed };
  }

  /** Succeeded or Failed: a Pod that has come to its end is stopped, sidecars that would restart included. */
  get hasEnded(): boolean {
    const phase = podPhase(this.spec, statusesOf(this.containers));
    return phase === 'Succeeded' || phase === 'Failed';
  }

  /** Reports the status to the API server. */
  publish(): void {
    this.dirty = false;
    const status = podStatus(this, statusesOf(this.containers), this.host.clock.timestamp);
    this.conditions = status.conditions ?? noConditions;
    this.published = status;
    this.host.updateStatus(this.pod, status);
  }

  /** Whether the API server says otherwise than this kubelet: others wrote while its node could not be reached. */
  get isMisreported(): boolean {
    const { status } = this.pod;
    if (this.published === undefined) return false;
    return status?.phase !== this.published.phase || readiness(status) !== readiness(this.published);
  }
}
