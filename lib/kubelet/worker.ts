import type { Pod, PodStatus, Probe } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { ContainerKill } from './actions.js';
import { podActions } from './actions.js';
import type { ContainerRecord } from './container.js';
import type { KubeletHost } from './host.js';
import type { OpenPorts } from './pod.js';
import { PodRecord } from './pod.js';
import { isProbed } from './probe.js';
import { Prober } from './prober.js';
import type { RunEnd } from './run.js';
import { endWith, overfullVolume } from './run.js';
import { heldBack, startContainer } from './starter.js';
import { stopSeconds } from './stop.js';
import { mountProblems } from './volumes.js';

/** Seconds from an event in a Pod to the synchronization that answers it. */
const syncSeconds = 1;
const firstRetrySeconds = 2;
const lastRetrySeconds = 122;

const isSidecarUp = ({ sidecar, run }: ContainerRecord): boolean => sidecar && run?.started === true;

/** The life of one Pod on its node: the kubelet's pod worker. */
export class PodWorker {
  readonly #pod: PodRecord;
  /** Made for the first container with a probe. */
  #prober: Prober | undefined;
  #mounted = false;
  #stopping = false;
  #retrySeconds = firstRetrySeconds;
  #retrying = false;

  constructor(host: KubeletHost, pod: Admitted<Pod>, ports: OpenPorts | undefined) {
    const record = new PodRecord(host, pod, ports);
    this.#pod = record;
    const deadline = record.spec.activeDeadlineSeconds;
    if (deadline === undefined || record.over) return;
    const message = 'Pod was active on the node longer than the specified deadline';
    record.later(deadline, () => this.#giveUp('DeadlineExceeded', message));
  }

  /** Compares what runs with what should, and acts: the kubelet's `syncPod`. */
  sync(): void {
    const pod = this.#pod;
    if (pod.gone || pod.over || this.#stopping || !this.#mount()) return;
    const actions = podActions(pod.spec, pod.view());
    if (actions.createSandbox) this.#createSandbox();
    else if (actions.killPod) {
      this.#stop();
      return;
    }
    const { initContainersToStart, containersToStart, containersToKill } = actions;
    if (containersToKill.length > 0) {
      const again = [...initContainersToStart, ...containersToStart];
      for (const kill of containersToKill) this.#kill(kill, again.includes(kill.name));
    }
    let started: readonly ContainerRecord[] | undefined;
    for (let index = 0; index < pod.containers.length; index++) {
      const record = pod.containers[index];
      if (record === undefined || record.run !== undefined) continue;
      const names = record.init ? initContainersToStart : containersToStart;
      if (!names.includes(record.container.name)) continue;
      if (this.#start(record)) started = started === undefined ? [record] : [...started, record];
      // Nothing comes after an init container that cannot start.
      else if (record.init && !record.sidecar) break;
    }
    if (started !== undefined) this.#probe(started);
    if (pod.dirty) pod.publish();
  }

  #probe(started: readonly ContainerRecord[]): void {
    for (let index = 0; index < started.length; index++) {
      const record = started[index];
      const run = record?.run;
      if (record === undefined || run === undefined) continue;
      if (isProbed(record.container)) this.#prober ??= new Prober(this.#pod, this);
      if (this.#prober !== undefined) this.#prober.start(record, run);
      else if (!record.init || record.sidecar) {
        run.started = true;
        run.ready = true;
      }
    }
    this.#prober?.portsChanged();
    // A sidecar that has started up lets the next container start.
    if (started.some(isSidecarUp)) this.#syncLater(syncSeconds);
  }

  /** The Pod was changed in the API: its images or labels, or it is to be deleted. */
  update(changed: Admitted<Pod>): void {
    const pod = this.#pod;
    pod.pod = changed;
    if (changed.spec !== undefined && changed.spec !== pod.spec) {
      pod.spec = changed.spec;
      const specs = [...(changed.spec.initContainers ?? []), ...changed.spec.containers];
      for (const [index, record] of pod.containers.entries()) record.container = specs[index] ?? record.container;
      this.#syncLater(syncSeconds);
    }
    if (changed.metadata.deletionTimestamp !== undefined) this.#stop();
    else if (pod.isMisreported) pod.publish();
  }

  /** The status that was last reported. */
  get reported(): PodStatus | undefined {
    return this.#pod.published;
  }

  /** Nothing of the Pod may happen any more. */
  forget(): void {
    this.#pod.gone = true;
    for (const record of this.#pod.containers) this.#pod.close(record);
  }

  #syncLater(seconds: number): void {
    this.#pod.later(seconds, () => this.sync());
  }

  /** Looks again later for what is missing, less and less often. */
  #retry(): void {
    if (this.#retrying) return;
    this.#retrying = true;
    this.#pod.later(this.#retrySeconds, () => {
      this.#retrying = false;
      this.sync();
    });
    this.#retrySeconds = Math.min(this.#retrySeconds * 2, lastRetrySeconds);
  }

  /** Whether all volumes are there; until then the containers wait in ContainerCreating. */
  #mount(): boolean {
    if (this.#mounted) return true;
    const pod = this.#pod;
    const problems = mountProblems(pod.pod, pod.objects);
    this.#mounted = problems.length === 0;
    if (this.#mounted) return true;
    for (const message of problems) pod.tellOnce('FailedMount', message);
    if (pod.dirty) pod.publish();
    this.#retry();
    return false;
  }

  #createSandbox(): void {
    const pod = this.#pod;
    pod.sandboxReady = true;
    pod.dirty = true;
    pod.podIP = pod.spec.hostNetwork === true ? pod.hostIPs[0]?.ip : (pod.podIP ?? pod.host.allocatePodIP(pod.pod));
  }

  /** Whether it started. */
  #start(record: ContainerRecord): boolean {
    const pod = this.#pod;
    const held = heldBack(pod, record);
    if (held !== undefined) {
      const { until } = held;
      if (until === 'retry') this.#retry();
      else if (until !== undefined && record.plannedAt !== until) {
        record.plannedAt = until;
        this.#syncLater((until - pod.now) / 1000);
      }
      return false;
    }
    const { run, end } = startContainer(pod, record);
    if (end !== undefined) {
      pod.later(end.after, () => {
        if (record.run === run && !run.stopping) this.#exited(record, end);
      });
    }
    const overfull = overfullVolume(pod.spec, run.behaviour);
    if (overfull !== undefined) {
      const message = `Usage of EmptyDir volume "${overfull.name}" exceeds the limit "${overfull.sizeLimit}". `;
      pod.later(syncSeconds, () => this.#giveUp('Evicted', message));
    }
    return true;
  }

  #exited(record: ContainerRecord, { code, reason, message }: RunEnd): void {
    const pod = this.#pod;
    const { now, timestamp } = pod.host.clock;
    const startedAt = record.run?.start.text ?? timestamp;
    pod.close(record);
    const said = message === undefined ? {} : { message };
    record.end({ exitCode: code, reason, ...said, startedAt, finishedAt: timestamp }, now);
    this.#prober?.portsChanged();
    if (this.#stopping) {
      this.#stopNext();
    } else if (pod.hasEnded || podActions(pod.spec, pod.view()).killPod) {
      this.#stop();
    } else {
      pod.publish();
      this.#syncLater(syncSeconds);
    }
  }

  #kill({ name, reason, message }: ContainerKill, again: boolean): void {
    const record = this.#pod.containers.find(({ container }) => container.name === name);
    if (record?.run === undefined || record.run.stopping) return;
    record.due = again;
    const { livenessProbe, startupProbe } = record.container;
    if (reason === undefined) {
      // A new definition starts without the back-off of the old one.
      record.backoff = undefined;
      this.#terminate(record, message);
    } else {
      this.#terminate(record, message, reason === 'LivenessProbe' ? livenessProbe : startupProbe);
    }
  }

  /** SIGTERM after the preStop hook, within the grace period (a probe may have its own). */
  #terminate(record: ContainerRecord, message: string, probe?: Probe): void {
    const { run } = record;
    if (run === undefined || run.stopping) return;
    run.stopping = true;
    this.#pod.event('Normal', 'Killing', message);
    const { after, code } = stopSeconds(this.#pod.pod, record.container, probe);
    this.#pod.later(after, () => {
      if (record.run === run) this.#exited(record, endWith(code, 0));
    });
  }

  #giveUp(reason: string, message: string): void {
    if (this.#pod.over || this.#stopping) return;
    this.#pod.failure = { reason, message };
    this.#pod.event('Warning', reason, message);
    this.#stop();
  }

  /** Stops all containers for good. */
  #stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#stopNext();
  }

  /** Main containers first and together, then the sidecars one by one from the last to the first. */
  #stopNext(): void {
    const pod = this.#pod;
    const running = pod.containers.filter(({ run }) => run !== undefined);
    const main = running.filter(({ sidecar }) => !sidecar);
    const next = main.length > 0 ? main : running.slice(-1);
    for (const record of next) this.#terminate(record, `Stopping container ${record.container.name}`);
    if (next.length > 0) return;
    this.#stopping = false;
    pod.sandboxReady = false;
    const isNews = !pod.over && (pod.failure !== undefined || pod.containers.some(({ hasRun }) => hasRun));
    pod.over = true;
    if (isNews) pod.publish();
    if (pod.pod.metadata.deletionTimestamp === undefined) return;
    pod.gone = true;
    pod.host.remove(pod.pod);
  }
}
