import type {
  ConfigMap,
  ContainerStatus,
  Pod,
  PodCondition,
  PodSpec,
  Secret,
  Service,
} from '../../../lib/api/generated/types.js';
import { qosClass } from '../../../lib/api/qos.js';
import { quantityValue } from '../../../lib/api/quantity.js';
import type { ProbeResult, RuntimeState, RuntimeView } from '../../../lib/kubelet/actions.js';
import { podActions } from '../../../lib/kubelet/actions.js';
import type { Backoff } from '../../../lib/kubelet/backoff.js';
import { accountRestart, restartDelay } from '../../../lib/kubelet/backoff.js';
import { podConditions } from '../../../lib/kubelet/conditions.js';
import type { EnvironmentSource, Lookup } from '../../../lib/kubelet/environment.js';
import { containerEnvironment } from '../../../lib/kubelet/environment.js';
import { expand } from '../../../lib/kubelet/expansion.js';
import { podPhase } from '../../../lib/kubelet/phase.js';
import { oomScoreAdj } from '../../../lib/kubelet/qos.js';
import { differences } from '../compare.js';
import type { CaseRunner, Suite } from '../suite.js';

interface Case<I, E> {
  readonly name: string;
  readonly input: I;
  readonly expected: E;
}

/** A record as its README describes it; the runner hands it over unread. */
const caseOf = <I, E = unknown>(record: unknown): Case<I, E> => record as Case<I, E>;

interface Lifecycle {
  readonly spec: PodSpec;
  readonly initContainerStatuses: readonly ContainerStatus[];
  readonly containerStatuses: readonly ContainerStatus[];
  readonly sandbox: 'ready' | 'lost' | 'none';
  readonly podIsTerminal?: boolean;
  readonly livenessResults?: Readonly<Record<string, ProbeResult>>;
  readonly startupResults?: Readonly<Record<string, ProbeResult>>;
  readonly changedContainers?: Readonly<Record<string, boolean>>;
  readonly otherConditions?: readonly PodCondition[];
}

const runtimeState = (status: ContainerStatus, created: boolean): RuntimeState | undefined => {
  if (status.state?.running !== undefined) return { state: 'running' };
  const terminated = status.state?.terminated ?? status.lastState?.terminated;
  if (terminated !== undefined) return { state: 'exited', exitCode: terminated.exitCode };
  return created ? { state: 'created' } : undefined;
};

/** The container that a case's name says is created but not started: `one-container/Always-a.created`. */
const createdIn = (name: string): string | undefined => /(?:^|[-/])([a-z])\.created/u.exec(name)?.[1];

const lifecycle: CaseRunner = (record) => {
  const { name, input, expected } = caseOf<Lifecycle>(record);
  const { spec } = input;
  const statuses = [...input.initContainerStatuses, ...input.containerStatuses];
  const phase = podPhase(spec, statuses, input.podIsTerminal);
  const conditions = podConditions({
    spec,
    statuses,
    phase,
    sandboxReady: input.sandbox === 'ready',
    others: input.otherConditions,
  });
  const view: RuntimeView = {
    containers: new Map(
      statuses.flatMap((status) => {
        const state = runtimeState(status, createdIn(name) === status.name);
        return state === undefined ? [] : [[status.name, state] as const];
      }),
    ),
    sandbox: input.sandbox,
    liveness: new Map(Object.entries(input.livenessResults ?? {})),
    startup: new Map(Object.entries(input.startupResults ?? {})),
    changed: new Set(Object.keys(input.changedContainers ?? {})),
  };
  const actions = input.podIsTerminal === true ? {} : { actions: podActions(spec, view) };
  return differences(expected, { phase, conditions, ...actions });
};

const qos: CaseRunner = (record) => {
  const { input, expected } = caseOf<{ spec: PodSpec }>(record);
  const containers = [...(input.spec.initContainers ?? []), ...input.spec.containers];
  const scores = ['8Gi', '32Gi', '256Gi'].map((memoryCapacity) => ({
    memoryCapacity,
    oomScoreAdj: Object.fromEntries(
      containers.map((container) => [container.name, oomScoreAdj(input.spec, container, quantityValue(memoryCapacity))]),
    ),
  }));
  return differences(expected, { qosClass: qosClass(input.spec), oomScoreAdj: scores });
};

const expansion: CaseRunner = (record) => {
  const { input, expected } = caseOf<{ value: string; variables: Readonly<Record<string, string>> }>(record);
  const variables = new Map(Object.entries(input.variables));
  return differences(expected, { value: expand(input.value, (name) => variables.get(name)) });
};

type Objects = readonly (ConfigMap | Secret | Service)[];

const environment: CaseRunner = (record, folder) => {
  const { input, expected } = caseOf<{ pod: Pod; container: string; podIPs: readonly string[] }>(record);
  const { objects } = folder.json('environment-objects.json') as { objects: Objects };
  const lookup = <T>(kind: string, plural: string, name: string): Lookup<T> => {
    const found = objects.find((object) => object.kind === kind && object.metadata?.name === name);
    return found === undefined ? { missing: `${plural} "${name}" not found` } : { found: found as T };
  };
  const source: EnvironmentSource = {
    podIPs: input.podIPs,
    hostIPs: ['192.168.0.1'],
    allocatable: { cpu: '8', memory: '32Gi', 'ephemeral-storage': '100Gi' },
    configMap: (name) => lookup<ConfigMap>('ConfigMap', 'configmaps', name),
    secret: (name) => lookup<Secret>('Secret', 'secrets', name),
    services: () => objects.filter(({ kind }) => kind === 'Service'),
  };
  const containers = [...(input.pod.spec?.containers ?? []), ...(input.pod.spec?.initContainers ?? [])];
  const container = containers.find(({ name }) => name === input.container);
  if (container === undefined) return [`container ${input.container} is not in the Pod`];
  const result = containerEnvironment(input.pod, container, source);
  if ('error' in result) return differences(expected, { error: result.error });
  const some = (words: readonly string[]): readonly string[] | undefined => (words.length === 0 ? undefined : words);
  return differences(expected, {
    env: Object.fromEntries(result.variables),
    command: some(result.command),
    args: some(result.args),
  });
};

const backoff: CaseRunner = (record) => {
  const { input, expected } = caseOf<{ runs: readonly number[] }>(record);
  let now = 0;
  let state: Backoff | undefined;
  const restarts = input.runs.map((ranSeconds) => {
    const finishedAt = now + ranSeconds * 1000;
    const waitSeconds = restartDelay(state, finishedAt);
    now = finishedAt + waitSeconds * 1000;
    state = accountRestart(state, finishedAt, now);
    return { ranSeconds, waitSeconds };
  });
  return differences(expected, { restarts });
};

export const suite: Suite = { families: { lifecycle, qos, expansion, environment, backoff } };
