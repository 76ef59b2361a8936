import type { ContainerStatus, Pod, PodCondition } from '../../../lib/api/generated/types.js';
import type { Admitted } from '../../../lib/api/object.js';
import type { Change } from '../../../lib/apiserver/store.js';
import type { ControlPlane } from '../../../lib/cluster/control-plane.js';
import type { Outcome } from './scenario.js';

/** Seconds of the recording's simulated kubelet. */
const delays = { start: 0.2, finish: 0.25, exit: 0.4, restart: 0.6 };

interface Due {
  readonly kind: 'start' | 'finish';
  readonly pod: Admitted<Pod>;
}

const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** The deterministic kubelet of the recording: it runs every Pod of every node that is up. */
export class SimulatedKubelet {
  readonly #plane: ControlPlane;
  readonly #lockstep: boolean;
  readonly #outcomes = new Map<string, Outcome>();
  readonly #started = new Map<string, string>();
  readonly #starts = new Map<string, number>();
  readonly #down = new Set<string>();
  /** Lockstep: what waits for its turn, by uid and kind. */
  readonly #due = new Map<string, Due>();
  #addresses = 0;

  constructor(plane: ControlPlane, outcomes: readonly Outcome[], lockstep: boolean) {
    this.#plane = plane;
    this.#lockstep = lockstep;
    for (const outcome of outcomes) this.#outcomes.set(outcome.image, outcome);
    plane.api.store.watch((change) => this.#observe(change));
  }

  /** Lockstep: does the next thing; starts come before finishes, older Pods first. False when nothing is due. */
  step(): boolean {
    const due = [...this.#due.values()].sort((a, b) => Number(a.kind === 'finish') - Number(b.kind === 'finish'));
    const [next] = due;
    if (next === undefined) return false;
    this.#due.delete(`${next.pod.metadata.uid} ${next.kind}`);
    if (next.kind === 'start') this.#start(next.pod);
    else this.#finish(next.pod);
    return true;
  }

  setOutcome(outcome: Outcome, live: boolean): void {
    this.#outcomes.set(outcome.image, outcome);
    if (!live) return;
    for (const pod of this.#plane.api.store.list('Pod')) {
      if (this.#started.get(pod.metadata.uid) !== outcome.image || isFinished(pod)) continue;
      this.#play(pod, outcome, 0);
    }
  }

  setDown(nodes: readonly string[], down: boolean): void {
    for (const node of nodes) {
      if (down) this.#down.add(node);
      else this.#down.delete(node);
    }
    if (down) return;
    for (const pod of this.#plane.api.store.list('Pod')) {
      if (!nodes.includes(pod.spec?.nodeName ?? '')) continue;
      const image = this.#started.get(pod.metadata.uid);
      // What runs is reported again; what was to start or to end does now.
      if (image !== undefined && pod.metadata.deletionTimestamp === undefined && !isFinished(pod)) {
        this.#play(pod, this.#outcomes.get(image) ?? { image }, 0);
      } else this.#handle(pod);
    }
  }

  #observe({ type, object, previous }: Change): void {
    if (object.kind !== 'Pod' || type === 'deleted') return;
    const pod = object as Admitted as Admitted<Pod>;
    const before = previous as Pod | undefined;
    const isNews =
      before?.spec?.nodeName !== pod.spec?.nodeName || before?.metadata?.deletionTimestamp !== pod.metadata.deletionTimestamp;
    if (isNews) this.#handle(pod);
  }

  #handle(pod: Admitted<Pod>): void {
    if (pod.spec?.nodeName === undefined || this.#down.has(pod.spec.nodeName)) return;
    const { uid, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined) {
      this.#due.delete(`${uid} start`);
      const outcome = this.#outcomes.get(pod.spec.containers[0]?.image ?? '');
      this.#later('finish', pod, delays.finish + (outcome?.terminationSeconds ?? 0));
    } else if (!this.#started.has(uid) && !isFinished(pod)) this.#later('start', pod, delays.start);
  }

  #later(kind: Due['kind'], pod: Admitted<Pod>, seconds: number): void {
    if (this.#lockstep) this.#due.set(`${pod.metadata.uid} ${kind}`, { kind, pod });
    else this.#plane.clock.after(seconds, () => (kind === 'start' ? this.#start(pod) : this.#finish(pod)));
  }

  /** The Pod as it is now, if it is still the same and its node is up. */
  #current(pod: Admitted<Pod>): Admitted<Pod> | undefined {
    const current = this.#plane.api.store.find('Pod', pod.metadata.namespace, pod.metadata.name);
    const isSame = current?.metadata.uid === pod.metadata.uid && !this.#down.has(current.spec?.nodeName ?? '');
    return isSame ? current : undefined;
  }

  #start(pod: Admitted<Pod>): void {
    const current = this.#current(pod);
    if (current === undefined || current.metadata.deletionTimestamp !== undefined || this.#started.has(pod.metadata.uid)) return;
    const image = current.spec?.containers[0]?.image ?? '';
    this.#started.set(pod.metadata.uid, image);
    this.#play(current, this.#choose(image, current), 0);
  }

  #choose(image: string, pod: Admitted<Pod>): Outcome {
    const base: Outcome = this.#outcomes.get(image) ?? { image };
    const index =
      pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ??
      pod.metadata.labels?.['apps.kubernetes.io/pod-index'];
    const outcome = base.byIndex === undefined ? base : { ...base, ...(base.byIndex[index ?? '*'] ?? base.byIndex['*']) };
    if (outcome.sequence === undefined) return outcome;
    const key = `${image} ${index ?? ''}`;
    const count = this.#starts.get(key) ?? 0;
    this.#starts.set(key, count + 1);
    return { ...outcome, ...(outcome.sequence[Math.min(count, outcome.sequence.length - 1)] ?? {}) };
  }

  #play(pod: Admitted<Pod>, outcome: Outcome, restarts: number): void {
    const { clock } = this.#plane;
    switch (outcome.outcome) {
      case 'image-pull-error':
        this.#write(pod, 'Pending', false, { waiting: { reason: 'ImagePullBackOff' } }, restarts);
        return;
      case 'never-ready':
        this.#write(pod, 'Running', false, { running: {} }, restarts);
        return;
      case 'exit':
        this.#write(pod, 'Running', true, { running: {} }, restarts);
        clock.after(outcome.afterSeconds ?? delays.exit, () => this.#exit(pod, outcome, restarts));
        return;
      default:
        this.#write(pod, 'Running', outcome.readyAfterSeconds === undefined, { running: {} }, restarts);
        if (outcome.readyAfterSeconds !== undefined) {
          clock.after(outcome.readyAfterSeconds, () => {
            const current = this.#current(pod);
            if (current !== undefined && !isFinished(current)) this.#write(current, 'Running', true, { running: {} }, restarts);
          });
        }
    }
  }

  #exit(pod: Admitted<Pod>, outcome: Outcome, restarts: number): void {
    const current = this.#current(pod);
    if (current === undefined || isFinished(current) || current.metadata.deletionTimestamp !== undefined) return;
    const exitCode = outcome.exitCode ?? 0;
    const terminated = { exitCode, reason: outcome.reason ?? (exitCode === 0 ? 'Completed' : 'Error') };
    const policy = current.spec?.restartPolicy ?? 'Always';
    const again = policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
    if (!again) {
      this.#write(current, exitCode === 0 ? 'Succeeded' : 'Failed', false, { terminated }, restarts);
      return;
    }
    if (restarts >= (outcome.maxRestarts ?? 3)) {
      this.#write(current, 'Running', false, { waiting: { reason: 'CrashLoopBackOff' } }, restarts);
      return;
    }
    this.#write(current, 'Running', false, { terminated }, restarts);
    this.#plane.clock.after(delays.restart, () => {
      const now = this.#current(pod);
      const live = this.#outcomes.get(outcome.image) ?? outcome;
      if (now !== undefined && !isFinished(now)) this.#play(now, live.sequence ? outcome : live, restarts + 1);
    });
  }

  #finish(pod: Admitted<Pod>): void {
    const current = this.#current(pod);
    if (current === undefined) return;
    if (!isFinished(current)) {
      this.#write(current, 'Failed', isReady(current), { terminated: { exitCode: 143, reason: 'Error' } }, 0, true);
      this.#plane.run();
    }
    this.#plane.api.finish(current);
  }

  #write(
    pod: Admitted<Pod>,
    phase: string,
    ready: boolean,
    state: ContainerStatus['state'],
    restartCount: number,
    keepReady = false,
  ): void {
    const { api, clock } = this.#plane;
    const current = api.store.find('Pod', pod.metadata.namespace, pod.metadata.name);
    if (current === undefined) return;
    const before = current.status?.conditions ?? [];
    const done = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : 'ContainersNotReady';
    const condition = (type: string, ok: boolean): PodCondition => {
      const old = before.find((one) => one.type === type);
      const status = ok ? 'True' : 'False';
      return {
        type,
        status,
        ...(!ok && { reason: done }),
        lastTransitionTime: old?.status === status ? old.lastTransitionTime : new Date(clock.now).toISOString(),
      };
    };
    const own = keepReady ? before.filter(({ type }) => type === 'Ready') : [condition('Ready', ready)];
    const podIP = current.status?.podIP ?? `10.0.${(++this.#addresses >> 8) & 255}.${this.#addresses & 255}`;
    const containerStatuses = (current.spec?.containers ?? []).map(
      ({ name, image = '' }): ContainerStatus => ({ name, image, imageID: '', ready, restartCount, ...(state && { state }) }),
    );
    const conditions = [...before.filter(({ type }) => type !== 'Ready'), ...own];
    api.updateStatus(current, { ...current.status, phase, podIP, podIPs: [{ ip: podIP }], conditions, containerStatuses });
  }
}

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
