import type { Container, PodSpec } from '../api/generated/types.js';
import { isSidecar, restartsAfterExit, restartsAfterKill } from './restart-policy.js';

/** A container as the runtime sees it; one that was never created is not listed. */
export type RuntimeState = { readonly state: 'created' | 'running' } | { readonly state: 'exited'; readonly exitCode: number };

export type ProbeResult = 'success' | 'failure' | 'unknown';

export interface RuntimeView {
  readonly containers: ReadonlyMap<string, RuntimeState>;
  /** `ready`: with an address; `lost`: the containers listed belong to the old one. */
  readonly sandbox: 'ready' | 'lost' | 'none';
  /** Sandboxes made so far, the lost one included, less one. */
  readonly attempt?: number;
  /** Last probe result by container; absent means never probed. */
  readonly liveness: ReadonlyMap<string, ProbeResult>;
  readonly startup: ReadonlyMap<string, ProbeResult>;
  /** Running containers that were started from another image than the spec has now. */
  readonly changed: ReadonlySet<string>;
}

export interface ContainerKill {
  readonly name: string;
  /** Absent when the definition changed. */
  readonly reason?: 'LivenessProbe' | 'StartupProbe';
  readonly message: string;
}

/** What the next synchronization of a Pod would do, before crash back-off is applied. */
export interface PodActions {
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  readonly attempt: number;
  readonly initContainersToStart: readonly string[];
  readonly containersToStart: readonly string[];
  readonly containersToKill: readonly ContainerKill[];
}

/** A Pod of which nothing runs and nothing ever ran. */
export const newPodView: RuntimeView = {
  containers: new Map(),
  sandbox: 'none',
  liveness: new Map(),
  startup: new Map(),
  changed: new Set(),
};

/** Why a running container has to go, if it has to. */
const killReason = (label: string, container: Container, view: RuntimeView): ContainerKill | undefined => {
  const { name } = container;
  if (view.changed.has(name)) return { name, message: `${label} ${name} definition changed` };
  if (view.liveness.get(name) === 'failure') {
    return { name, reason: 'LivenessProbe', message: `${label} ${name} failed liveness probe` };
  }
  if (view.startup.get(name) === 'failure') {
    return { name, reason: 'StartupProbe', message: `${label} ${name} failed startup probe` };
  }
  return undefined;
};

interface InitActions {
  readonly start: readonly string[];
  readonly kill: readonly ContainerKill[];
  /** All init containers are done and all sidecars started: the main containers may run. */
  readonly initialized: boolean;
  /** An init container failed for good. */
  readonly failed: boolean;
}

const nothingToInitialize: InitActions = { start: [], kill: [], initialized: true, failed: false };

/**
 * Init containers are looked at from the last to the first, because completed ones may be gone from the runtime: the last one
 * that exists decides what comes next, the sidecars before it are only kept running.
 */
const initActions = (spec: PodSpec, view: RuntimeView): InitActions => {
  const inits = spec.initContainers ?? [];
  if (inits.length === 0) return nothingToInitialize;
  const start = new Set<number>();
  const kill: ContainerKill[] = [];
  let initialized = spec.containers.some(({ name }) => {
    const state = view.containers.get(name)?.state;
    return state === 'created' || state === 'running';
  });
  let laterExists = initialized;
  const passOn = (index: number): void => {
    if (index === inits.length - 1) initialized = true;
    else if (!laterExists) start.add(index + 1);
  };
  for (const [index, container] of [...inits.entries()].reverse()) {
    const sidecar = isSidecar(container);
    const runtime = view.containers.get(container.name);
    if (runtime === undefined) {
      if (laterExists && sidecar) start.add(index);
      continue;
    }
    if (laterExists && !sidecar) continue;
    if (runtime.state === 'created') {
      start.add(index);
    } else if (runtime.state === 'running' && sidecar) {
      const startup = container.startupProbe === undefined ? 'success' : view.startup.get(container.name);
      // Until its startup probe has an answer, a sidecar neither counts as started nor is judged otherwise.
      const reason = startup === 'success' || startup === 'failure' ? killReason('Init container', container, view) : undefined;
      if (startup === 'success') passOn(index);
      if (reason !== undefined) {
        kill.push(reason);
        start.add(index);
      }
    } else if (runtime.state === 'exited') {
      if (sidecar) start.add(index);
      else if (runtime.exitCode === 0) passOn(index);
      else if (restartsAfterExit(container, spec, runtime.exitCode)) start.add(index);
      else return { start: [], kill, initialized: false, failed: true };
    }
    laterExists = true;
  }
  if (!laterExists) start.add(0);
  const ordered = [...start].sort((a, b) => a - b);
  return { start: ordered.flatMap((index) => inits[index]?.name ?? []), kill, initialized, failed: false };
};

const none: readonly never[] = [];

const nameOf = ({ name }: Container): string => name;

/** Names of the containers that go on in a new sandbox. */
const restarted = (spec: PodSpec, view: RuntimeView, attempt: number): readonly string[] => {
  if (spec.restartPolicy === 'Never' && attempt > 0) return none;
  const start: string[] = [];
  for (const { name, restartPolicy = spec.restartPolicy } of spec.containers) {
    const runtime = view.containers.get(name);
    if (restartPolicy !== 'OnFailure' || runtime?.state !== 'exited' || runtime.exitCode !== 0) start.push(name);
  }
  return start;
};

const newSandboxActions = (spec: PodSpec, view: RuntimeView): PodActions => {
  const attempt = view.sandbox === 'none' ? 0 : (view.attempt ?? 0) + 1;
  const start = view.containers.size === 0 ? spec.containers.map(nameOf) : restarted(spec, view, attempt);
  const init = start.length === 0 ? undefined : spec.initContainers?.[0];
  return {
    createSandbox: start.length > 0,
    killPod: true,
    attempt,
    initContainersToStart: init === undefined ? none : [init.name],
    containersToStart: init === undefined ? start : none,
    containersToKill: none,
  };
};

/** What the kubelet does next with a Pod: `computePodActions` of the kubelet's runtime manager. */
export const podActions = (spec: PodSpec, view: RuntimeView): PodActions => {
  if (view.sandbox !== 'ready') return newSandboxActions(spec, view);
  const attempt = view.attempt ?? 0;
  const init = initActions(spec, view);
  const base = { createSandbox: false, attempt, initContainersToStart: init.start };
  if (!init.initialized) return { ...base, killPod: init.failed, containersToStart: [], containersToKill: init.kill };

  const start: string[] = [];
  const kill = [...init.kill];
  let kept = 0;
  for (const container of spec.containers) {
    const runtime = view.containers.get(container.name);
    if (runtime?.state !== 'running') {
      if (runtime?.state !== 'exited' || restartsAfterExit(container, spec, runtime.exitCode)) start.push(container.name);
      continue;
    }
    const reason = killReason('Container', container, view);
    if (reason === undefined) {
      kept++;
    } else if (reason.reason === undefined || restartsAfterKill(container, spec)) {
      kill.push({ ...reason, message: `${reason.message}, will be restarted` });
      start.push(container.name);
    } else {
      kill.push(reason);
    }
  }
  // Sidecars alone do not keep a Pod alive.
  if (kept === 0 && start.length === 0)
    return { ...base, killPod: true, initContainersToStart: [], containersToStart: [], containersToKill: kill };
  return { ...base, killPod: false, containersToStart: start, containersToKill: kill };
};
