import { applyDefaults } from '../../../lib/api/default/index.js';
import type { Pod, PodSpec } from '../../../lib/api/generated/types.js';
import { withLabelKeys } from '../../../lib/api/label-keys.js';
import type { Admitted, KubeObject } from '../../../lib/api/object.js';
import { isNamespaced } from '../../../lib/api/resources.js';
import type { Decision, NodeRefusal } from '../../../lib/scheduler/decision.js';
import { compareQueue, createScheduler, type Scheduler } from '../../../lib/scheduler/index.js';
import { differences } from '../compare.js';
import type { CaseRunner, Suite } from '../suite.js';

type Json = Readonly<Record<string, unknown>>;

interface SchedulerCase {
  readonly name: string;
  readonly objects: readonly KubeObject[];
  readonly pending: readonly KubeObject[];
  readonly expected: { readonly order?: readonly string[]; readonly steps: readonly Json[] };
}

interface PriorityClass {
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy?: string;
}

const builtInClasses: readonly (readonly [string, PriorityClass])[] = [
  ['system-cluster-critical', { value: 2_000_000_000 }],
  ['system-node-critical', { value: 2_000_001_000 }],
];

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? 'default'}/${metadata.name ?? ''}`;

/** As the API server stores it; uids are derived as in the recording. */
const admit = (object: KubeObject): Admitted<KubeObject> => {
  const scope =
    isNamespaced(object.apiVersion, object.kind) === true ? { namespace: object.metadata.namespace ?? 'default' } : {};
  const name = object.metadata.name ?? '';
  const uid = object.metadata.uid ?? (scope.namespace === undefined ? name : `${scope.namespace}/${name}`);
  return applyDefaults({ ...object, metadata: { ...object.metadata, ...scope, name, uid } }) as Admitted<KubeObject>;
};

/** Priority admission; a text is why it refuses. */
const admitPod = (object: KubeObject, classes: ReadonlyMap<string, PriorityClass>): Admitted<Pod> | string => {
  const pod = withLabelKeys(admit(object) as Admitted<Pod>);
  const spec: PodSpec = pod.spec ?? { containers: [] };
  const className = spec.priorityClassName;
  const chosen = className ? classes.get(className) : [...classes.values()].find(({ globalDefault }) => globalDefault === true);
  if (className && chosen === undefined) {
    return `pods "${pod.metadata.name}" is forbidden: no PriorityClass with name ${className} was found`;
  }
  return {
    ...pod,
    spec: {
      ...spec,
      priority: spec.priority ?? chosen?.value ?? 0,
      preemptionPolicy: spec.preemptionPolicy ?? chosen?.preemptionPolicy ?? 'PreemptLowerPriority',
    },
  };
};

const refusalJson = ({ plugin, code, reasons }: NodeRefusal): Json => ({ plugin, code, reasons: [...reasons].sort() });

/** The decision in the words of the recording. */
const stepJson = (decision: Decision): Json => {
  const { preFilter, filter, scores, volumes, postFilter } = decision;
  return {
    outcome: decision.outcome,
    node: decision.node,
    message: decision.message,
    preFilter: preFilter && { ...preFilter, reasons: preFilter.reasons && [...preFilter.reasons].sort() },
    nominatedNodeFit: decision.nominatedNodeFit,
    filter:
      filter?.size === 0
        ? undefined
        : filter && Object.fromEntries([...filter].map(([node, result]) => [node, result === 'ok' ? 'ok' : refusalJson(result)])),
    scorePlugins: decision.scorePlugins,
    scores: scores && Object.fromEntries(scores),
    best: decision.best,
    chosen: decision.outcome === 'scheduled' ? decision.node : undefined,
    volumes: volumes && {
      bind: volumes.bind.length === 0 ? undefined : volumes.bind.map(({ claim, volume }) => ({ pvc: claim, pv: volume })),
      provision: volumes.provision.length === 0 ? undefined : volumes.provision,
    },
    postFilter:
      postFilter &&
      (postFilter.code === 'Success'
        ? { ...postFilter, message: undefined, ambiguous: postFilter.best && true }
        : { code: postFilter.code, message: postFilter.message }),
  };
};

const shortJson = (decision: Decision): Json => {
  const { outcome, node, message, best, scores, postFilter } = decision;
  return {
    outcome,
    node,
    message,
    feasible: scores?.size ?? 0,
    bestCount: best?.length,
    bestScore: best?.[0] === undefined ? undefined : scores?.get(best[0])?.[0],
    postFilter:
      postFilter?.code === 'Success'
        ? { nominated: postFilter.nominated, victims: postFilter.victims, ambiguous: postFilter.best && true }
        : undefined,
  };
};

/** The cluster as decisions change it. */
class Simulation {
  readonly #scheduler: Scheduler;
  readonly #objects = new Map<string, Admitted<KubeObject>>();
  readonly #waiting = new Map<string, Admitted<Pod>>();
  #scheduled = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  tell(object: Admitted<KubeObject> | Admitted<Pod>): void {
    this.#objects.set(`${object.kind} ${keyOf(object as KubeObject)}`, object as Admitted<KubeObject>);
    if (object.kind === 'Pod' && !(object as Admitted<Pod>).spec?.nodeName) {
      this.#waiting.set(keyOf(object as KubeObject), object as Admitted<Pod>);
    }
    this.#scheduler.upsert(object);
  }

  nominate(key: string, nominatedNodeName: string | undefined): void {
    const pod = this.#waiting.get(key);
    if (pod !== undefined) this.tell({ ...pod, status: { ...pod.status, nominatedNodeName } });
  }

  decide(key: string): Decision {
    const pod = this.#waiting.get(key);
    if (pod === undefined) throw new Error(`${key} does not wait`);
    return this.#scheduler.schedule(pod);
  }

  /** Binds the Pod and the volumes that were reserved for it. */
  bind(key: string, { node, volumes }: Decision): void {
    const pod = this.#waiting.get(key);
    if (pod?.spec === undefined) return;
    this.#waiting.delete(key);
    const startTime = new Date(Date.UTC(2026, 5, 1) + this.#scheduled * 60_000).toISOString();
    this.#scheduled++;
    this.tell({ ...pod, spec: { ...pod.spec, nodeName: node }, status: { ...pod.status, startTime } });
    for (const { claim, volume } of volumes?.bind ?? []) {
      const [namespace = '', name = ''] = claim.split('/');
      this.#change('PersistentVolume', `default/${volume}`, {
        spec: { claimRef: { namespace, name, uid: claim } },
        status: { phase: 'Bound' },
      });
      this.#change(
        'PersistentVolumeClaim',
        claim,
        { spec: { volumeName: volume }, status: { phase: 'Bound' } },
        'pv.kubernetes.io/bind-completed',
        'yes',
      );
    }
    for (const claim of volumes?.provision ?? []) {
      this.#change('PersistentVolumeClaim', claim, {}, 'volume.kubernetes.io/selected-node', node);
    }
  }

  #change(kind: string, key: string, fields: Readonly<Record<string, Json>>, annotation?: string, value?: string): void {
    const object = this.#objects.get(`${kind} ${key}`);
    if (object === undefined) return;
    const changed = Object.entries(fields).map(([field, extra]) => [field, { ...(object[field] as Json), ...extra }]);
    const annotations =
      annotation === undefined ? object.metadata.annotations : { ...object.metadata.annotations, [annotation]: value ?? '' };
    this.tell({ ...object, ...Object.fromEntries(changed), metadata: { ...object.metadata, annotations } });
  }

  /** Evicts the victims and nominates the Pod in place of less important ones. */
  preempt(key: string, { postFilter }: Decision): void {
    const preemptor = this.#waiting.get(key);
    for (const victim of postFilter?.victims ?? []) {
      const [namespace, name = ''] = victim.split('/');
      this.#scheduler.remove({ apiVersion: 'v1', kind: 'Pod', namespace, name });
    }
    for (const [other, pod] of this.#waiting) {
      if (pod.status?.nominatedNodeName !== postFilter?.nominated) continue;
      if ((pod.spec?.priority ?? 0) < (preemptor?.spec?.priority ?? 0)) this.nominate(other, undefined);
    }
    this.nominate(key, postFilter?.nominated);
  }
}

const inQueue = (decision: Decision): boolean =>
  decision.outcome === 'scheduled' || decision.outcome === 'unschedulable' || decision.outcome === 'preempting';

interface Comparison {
  readonly engine: Engine;
  readonly toJson: (decision: Decision) => Json;
  readonly withPriority: boolean;
}

const runCase = (record: unknown, { engine, toJson, withPriority }: Comparison): readonly string[] => {
  const { objects, pending, expected } = record as SchedulerCase;
  const classes = new Map<string, PriorityClass>(builtInClasses);
  for (const object of objects) {
    if (object.kind === 'PriorityClass') classes.set(object.metadata.name ?? '', object as unknown as PriorityClass);
  }
  const simulation = new Simulation(createScheduler({ engine }));
  for (const object of objects) {
    const admitted = object.kind === 'Pod' ? admitPod(object, classes) : admit(object);
    if (typeof admitted !== 'string') simulation.tell(admitted);
  }
  const admitted = pending.map((pod) => ({ key: keyOf(pod), pod: admitPod(pod, classes) }));
  for (const { pod } of admitted) if (typeof pod !== 'string') simulation.tell(pod);

  const recorded = new Map(expected.steps.map((step) => [String(step.pod), step]));
  const lines: string[] = [];
  const compare = (key: string, priority: number | undefined, step: Json): void => {
    const head = withPriority ? { pod: key, priority } : { pod: key };
    lines.push(...differences(recorded.get(key), { ...head, ...step }, key));
    recorded.delete(key);
  };

  const scheduler = createScheduler({ engine });
  const queue: Admitted<Pod>[] = [];
  for (const { key, pod } of admitted) {
    if (typeof pod === 'string') compare(key, undefined, { outcome: 'rejected', message: pod });
    else {
      const decision = scheduler.schedule(pod);
      if (inQueue(decision)) queue.push(pod);
      else compare(key, pod.spec?.priority, toJson(decision));
    }
  }
  queue.sort(compareQueue);
  if (expected.order !== undefined)
    lines.push(
      ...differences(
        expected.order,
        queue.map((pod) => keyOf(pod as KubeObject)),
        'order',
      ),
    );
  for (const pod of queue) {
    const key = keyOf(pod as KubeObject);
    const decision = simulation.decide(key);
    let step = toJson(decision);
    if (decision.outcome === 'scheduled') simulation.bind(key, decision);
    else if (decision.outcome === 'preempting') {
      simulation.preempt(key, decision);
      const retry = simulation.decide(key);
      step = { ...step, retry: withPriority ? toJson(retry) : { outcome: retry.outcome, node: retry.node } };
      if (retry.outcome === 'scheduled') simulation.bind(key, retry);
      else if (retry.postFilter?.nominated === '') simulation.nominate(key, undefined);
    } else if (decision.postFilter?.nominated === '') simulation.nominate(key, undefined);
    compare(key, pod.spec?.priority, step);
    if (lines.length >= 10) return lines;
  }
  for (const key of recorded.keys()) lines.push(`${key}: recorded, but no decision`);
  return lines;
};

type Engine = 'fast' | 'reference';

/** A case passes when both engines decide as recorded. */
const bothEngines =
  (toJson: (decision: Decision) => Json, withPriority: boolean): CaseRunner =>
  (record) =>
    (['fast', 'reference'] as const).flatMap((engine) =>
      runCase(record, { engine, toJson, withPriority }).map((line) => `${engine}: ${line}`),
    );

const full = bothEngines(stepJson, true);

export const suite: Suite = {
  families: {
    'node-selector': full,
    'node-affinity': full,
    'taints-tolerations': full,
    resources: full,
    'host-ports': full,
    'pod-affinity': full,
    'topology-spread': full,
    'image-locality': full,
    'priority-preemption': full,
    'scheduling-gates': full,
    'node-name': full,
    volumes: full,
    mixed: full,
    workload: full,
    large: bothEngines(shortJson, false),
  },
};
