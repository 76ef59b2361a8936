import type { Probe } from '../api/generated/types.js';
import type { ContainerRecord } from './container.js';
import type { ContainerRun } from './container-run.js';
import type { PodRecord } from './pod.js';
import { listensAnywhere } from './port.js';
import type { ProbeKind } from './probe.js';
import { probedPort, probeOf, probeOutcome, unhealthyText } from './probe.js';

const answersOn = (run: ContainerRun, port: number): boolean =>
  run.listens.some((listener) => listener.port === port && listener.protocol === 'TCP');

/** Probes of the containers of one Pod, on simulated time: each has one timer, for the moment its result changes. */
export class Prober {
  readonly #pod: PodRecord;
  readonly #worker: { sync(): void };

  /** `worker`: what has to act when a container failed or has started up. */
  constructor(pod: PodRecord, worker: { sync(): void }) {
    this.#pod = pod;
    this.#worker = worker;
  }

  /** A container has started: it counts as started up and ready at once unless probes have a say. */
  start(record: ContainerRecord, run: ContainerRun): void {
    if (record.init && !record.sidecar) return;
    run.probePlan++;
    if (record.container.startupProbe === undefined) this.#startedUp(record, run, 0);
    else this.#ask(record, run, 'startup', 0);
  }

  /** A port of the Pod was opened or closed: probes that ask others' ports may answer otherwise now. */
  portsChanged(): void {
    for (const record of this.#pod.containers) {
      const { run } = record;
      if (run === undefined || !run.asksOthers || run.stopping) continue;
      run.probePlan++;
      const elapsed = (this.#pod.now - run.start.at) / 1000;
      if (!run.started) this.#ask(record, run, 'startup', elapsed);
      else this.#startedUp(record, run, elapsed);
    }
  }

  #startedUp(record: ContainerRecord, run: ContainerRun, from: number): void {
    run.started = true;
    if (record.container.readinessProbe === undefined) run.ready = true;
    else this.#ask(record, run, 'readiness', from);
    if (record.container.livenessProbe !== undefined) this.#ask(record, run, 'liveness', from);
  }

  /** Seconds after the container's start from which an attempt succeeds; undefined when it cannot even be made. */
  #answersFrom(record: ContainerRecord, run: ContainerRun, kind: ProbeKind, probe: Probe): number | undefined {
    const never = Number.POSITIVE_INFINITY;
    const { behaviour } = run;
    const { startsIn = 0 } = behaviour;
    const declared = behaviour.probes?.[kind];
    if (declared !== undefined) return declared ? startsIn : never;
    const port = probedPort(record.container, probe);
    if (port === undefined || port === 'none') return port === undefined ? undefined : startsIn;
    if ((probe.httpGet?.host ?? probe.tcpSocket?.host) !== undefined || answersOn(run, port)) return startsIn;
    const other = this.#pod.containers.find((one) => one.run !== undefined && answersOn(one.run, port))?.run;
    if (other === undefined && listensAnywhere(record.container, behaviour)) return startsIn;
    run.asksOthers = true;
    return other === undefined ? never : (other.start.at - run.start.at) / 1000 + (other.behaviour.startsIn ?? 0);
  }

  #ask(record: ContainerRecord, run: ContainerRun, kind: ProbeKind, from: number): void {
    const probe = probeOf(record.container, kind);
    if (probe === undefined) return;
    const answersFrom = this.#answersFrom(record, run, kind, probe);
    if (answersFrom === undefined) {
      // A probe that cannot be made says nothing: it never fails a container, and never makes one ready.
      this.#report(record, run, kind, probe);
      return;
    }
    const outcome = probeOutcome(kind, probe, from, answersFrom);
    if (outcome === undefined) return;
    const wait = outcome.at - (this.#pod.now - run.start.at) / 1000;
    if (wait <= 0 && outcome.result === 'success') {
      this.#succeed(record, run, kind);
      return;
    }
    const plan = run.probePlan;
    this.#pod.later(Math.max(wait, 0), () => {
      if (record.run !== run || run.stopping || run.probePlan !== plan) return;
      const { ready } = run;
      if (outcome.result === 'success') this.#succeed(record, run, kind);
      else this.#fail(record, run, kind, probe);
      if (kind === 'readiness') {
        if (run.ready !== ready) this.#pod.publish();
        return;
      }
      this.#pod.dirty = true;
      this.#worker.sync();
    });
  }

  #succeed(record: ContainerRecord, run: ContainerRun, kind: ProbeKind): void {
    if (kind === 'readiness') run.ready = true;
    else {
      run.startup = 'success';
      this.#startedUp(record, run, (this.#pod.now - run.start.at) / 1000);
    }
  }

  #fail(record: ContainerRecord, run: ContainerRun, kind: ProbeKind, probe: Probe): void {
    this.#report(record, run, kind, probe);
    if (kind === 'readiness') run.ready = false;
    else run[kind] = 'failure';
  }

  #report(record: ContainerRecord, run: ContainerRun, kind: ProbeKind, probe: Probe): void {
    const port = probedPort(record.container, probe);
    const listening = typeof port === 'number' && (run.behaviour.probes?.[kind] === false || answersOn(run, port));
    const { podIP = '' } = this.#pod;
    this.#pod.event('Warning', 'Unhealthy', unhealthyText(kind, record.container, probe, { podIP, listening }));
  }
}
