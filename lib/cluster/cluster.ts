import type { Pod } from '../api/generated/types.js';
import { type Admitted, type KubeObject, type ObjectRef, refKey, refOf } from '../api/object.js';
import { parseSelector, selectorMatches } from '../api/selector.js';
import type { Refusal, Verdict } from '../api/verdict.js';
import { auditedViolation } from '../apiserver/admission/pod-security/audit.js';
import type { Assumption } from '../apiserver/assumption.js';
import type { ClusterEvent } from '../apiserver/event.js';
import type { Kind, Kinds, Stored } from '../apiserver/kinds.js';
import { type GroupKind, keyOf } from '../apiserver/store.js';
import { runCronJob } from '../controllers/index.js';
import type { PodBehaviour } from '../kubelet/behaviour.js';
import { Kubelet } from '../kubelet/index.js';
import type { Manifest, Provenance } from '../manifest/manifest.js';
import type { Decision } from '../scheduler/decision.js';
import { Applications } from './applications.js';
import type { ApplyOptions, ApplyResult } from './apply-result.js';
import { bootstrap } from './bootstrap.js';
import {
  type Headroom,
  type HeadroomOptions,
  headroom,
  type PoolSize,
  type PoolSizesOptions,
  poolSizes,
  type Utilization,
  utilization,
} from './capacity.js';
import type { ClusterConfig } from './config.js';
import { ControlPlane } from './control-plane.js';
import { type ExplainOptions, type Explanation, explain } from './explain.js';
import { Kubelets } from './kubelets.js';
import { drain, type Eviction, setNodeDown, setUnschedulable } from './node-actions.js';
import { nodesOf } from './nodes.js';
import { schedulerProfiles } from './scheduler-profiles.js';
import type { Evicted } from './scheduling.js';
import { sentRef } from './sent-ref.js';
import { inRestoringOrder, readSnapshot } from './snapshot.js';
import { type Step, traceOf } from './trace.js';
import { unjudged } from './unjudged.js';

const noWarnings: readonly string[] = [];

export interface ListOptions {
  readonly namespace?: string | undefined;
  /** As `kubectl -l` takes it: `run`, `run=mynginx`, `tier in (a,b),!canary`. */
  readonly labelSelector?: string | undefined;
}

/** How long `settle` lets a cluster run at most, seconds: the default progress deadline of a rollout and some. */
const horizon = 15 * 60;

/** Of a Pod or a container. */
const noBehaviour = {};

/**
 * A simulated cluster. One way in (`apply`), one way to let time pass (`settle` and the actions), one way out (read-only
 * views). It never throws for what a cluster would refuse, and the same input gives the same cluster.
 *
 * ```ts
 * const cluster = new Cluster();
 * cluster.apply([{ object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers } }, provenance: {} }]);
 * cluster.settle();
 * cluster.list('Pod', { labelSelector: 'run=web' });
 * ```
 */
export class Cluster {
  /** What it was made from. */
  readonly config: ClusterConfig;
  readonly #plane: ControlPlane;
  readonly #kubelets: Kubelets;
  readonly #behaviours = new Map<string, PodBehaviour>();
  /** What every cluster has, applied by the author too or not. */
  readonly #builtIn = new Set<string>();
  /** Uids of the Pods that every cluster has: they run, and nobody schedules them. */
  readonly #systemPods = new Set<string>();
  /** CronJobs that ran, by uid. */
  readonly #ran = new Set<string>();
  #starting = false;
  #lists: { readonly revision: number; readonly byKind: Map<string, readonly Admitted[]> } = { revision: -1, byKind: new Map() };
  readonly #refusals: { readonly ref: ObjectRef; readonly refusal: Refusal }[] = [];
  readonly #applications = new Applications();

  constructor(config: ClusterConfig = {}) {
    this.config = config;
    const isHidden = (pod: Stored): boolean => this.#starting || this.#systemPods.has(pod.metadata.uid);
    const scheduler = schedulerProfiles(config);
    this.#plane = new ControlPlane({ world: config.world ?? 'closed', isHidden, profiles: scheduler?.profiles });
    const { api } = this.#plane;
    for (const text of scheduler?.warnings ?? []) api.assume({ code: 'unjudged', text });
    this.#kubelets = new Kubelets(
      api,
      (pod, container) => this.behaviourOf(pod)[container] ?? noBehaviour,
      (host) => new Kubelet(host),
      isHidden,
    );
    const existing = inRestoringOrder(readSnapshot(config.snapshot));
    for (const object of existing.filter(({ kind }) => kind === 'Node' || kind === 'Namespace')) api.restore(object);
    const hasNodes = existing.some(({ kind }) => kind === 'Node');
    for (const node of nodesOf(config, hasNodes, this.#plane.clock.timestamp)) api.restore(node);
    for (const object of existing.filter(({ kind }) => kind !== 'Node' && kind !== 'Namespace')) api.restore(object);
    this.#bootstrap(config);
    for (const object of config.objects ?? []) {
      const { verdict } = api.apply(object);
      if (verdict.ok) this.#builtIn.delete(keyOf(verdict.value));
    }
  }

  /** Makes what every cluster has; the scheduler is not told of it, and reports leave it out. */
  #bootstrap(config: ClusterConfig): void {
    const { api } = this.#plane;
    const before = new Set(api.store.all().map(keyOf));
    this.#starting = true;
    bootstrap(api, config);
    this.#starting = false;
    for (const object of api.store.all()) {
      if (before.has(keyOf(object))) continue;
      this.#builtIn.add(keyOf(object));
      if (object.kind === 'Pod') this.#systemPods.add(object.metadata.uid);
    }
  }

  /** Simulated time, milliseconds since 1970. */
  get now(): number {
    return this.#plane.clock.now;
  }

  /**
   * Applies manifests one after the other, as `kubectl apply` does, without letting time pass: what an object needs stands before it.
   * `behaviours` say, by `refKey` of a workload or Pod, what its containers do; `defaulted` are the objects as admission
   * sees them, in the same order, where the caller has them.
   */
  apply(manifests: readonly Manifest[], options: ApplyOptions = {}): readonly ApplyResult[] {
    const { api } = this.#plane;
    for (const [key, behaviour] of options.behaviours ?? []) this.#behaviours.set(key, behaviour);
    api.allocation.reserve(manifests);
    const results: ApplyResult[] = [];
    for (let i = 0; i < manifests.length; i++) {
      const manifest = manifests[i] as Manifest;
      const { outcome, verdict } = api.apply(manifest.object, options.defaulted?.[i]);
      if (verdict.ok) {
        const assumption = unjudged(verdict.value);
        if (assumption !== undefined) api.assume(assumption);
        results.push({ manifest, ref: refOf(verdict.value), outcome, warnings: verdict.warnings, refusal: undefined });
      } else {
        const ref = sentRef(manifest);
        this.#refusals.push({ ref, refusal: verdict });
        results.push({ manifest, ref, outcome, warnings: noWarnings, refusal: verdict });
      }
    }
    this.#applications.add(this.now, results);
    return results;
  }

  /**
   * Lets controllers, scheduler and kubelets work and simulated time pass until nothing changes any more, for at most
   * `seconds` (default 15 minutes): a container that crashes for ever is then in its back-off. Each CronJob runs once, so
   * that its template is judged; `runCronJobs: false` leaves it to its schedule.
   */
  settle(
    options: {
      readonly seconds?: number | undefined;
      readonly runCronJobs?: boolean | undefined;
      /** Told from time to time how far it is. */
      readonly progress?: ((text: string) => void) | undefined;
    } = {},
  ): void {
    const { api, clock } = this.#plane;
    const limit = clock.now + (options.seconds ?? horizon) * 1000;
    if (options.runCronJobs !== false) this.#runCronJobs(api.store.list('CronJob'));
    this.#work(options.progress);
    while (clock.step(limit)) {
      // What is due at the same moment happens before anyone reacts to it.
      while (clock.step(clock.now));
      this.#work(options.progress);
    }
    this.#work(options.progress, true);
  }

  /** Lets exactly so many seconds pass. */
  wait(seconds: number): void {
    const end = this.now + seconds * 1000;
    this.settle({ seconds, runCronJobs: false });
    this.#plane.clock.advanceTo(end);
    this.#work(undefined, true);
  }

  /** What the server would store if a controller made this object now (`--dry-run=server`), or why it would refuse. */
  tryCreate(object: KubeObject): Verdict<Stored> {
    return this.#plane.api.create(object, { trusted: true, dryRun: true });
  }

  delete(
    ref: ObjectRef,
    options: { readonly propagation?: 'Background' | 'Foreground' | 'Orphan'; readonly gracePeriodSeconds?: number } = {},
  ): Verdict<Stored> {
    return this.#plane.api.delete(ref, options);
  }

  /** `kubectl scale`. */
  scale(ref: ObjectRef, replicas: number): Verdict<Stored> {
    return this.#plane.api.patch(ref, { spec: { replicas } });
  }

  /** `kubectl set image`: images by container name. */
  setImage(ref: ObjectRef, images: Readonly<Record<string, string>>): Verdict<Stored> {
    const containers = Object.entries(images).map(([name, image]) => ({ name, image }));
    const spec = { containers };
    return this.#plane.api.patch(ref, { spec: ref.kind === 'Pod' ? spec : { template: { spec } } });
  }

  /** `kubectl patch` with a strategic merge patch; `kubectl label` is a patch of `metadata.labels`. */
  patch(ref: ObjectRef, patch: Readonly<Record<string, unknown>>): Verdict<Stored> {
    return this.#plane.api.patch(ref, patch);
  }

  cordon(node: string): Verdict<Stored> {
    return setUnschedulable(this.#plane.api, node, true);
  }

  uncordon(node: string): Verdict<Stored> {
    return setUnschedulable(this.#plane.api, node, false);
  }

  /**
   * `kubectl drain --ignore-daemonsets`: cordons the node and evicts its Pods in rounds, letting the cluster settle between
   * them, until none is left or a round evicts nothing. Every attempt is in the answer.
   */
  drain(node: string): readonly Eviction[] {
    return drain(this.#plane.api, node, () => this.settle());
  }

  /** The node stops: its Pods are lost, and after their toleration they are replaced elsewhere. */
  nodeDown(node: string): Verdict<Stored> {
    this.#kubelets.setDown(node, true);
    return setNodeDown(this.#plane.api, node, true);
  }

  nodeUp(node: string): Verdict<Stored> {
    this.#kubelets.setDown(node, false);
    return setNodeDown(this.#plane.api, node, false);
  }

  get(ref: ObjectRef): Stored | undefined {
    return this.#plane.api.store.at(ref);
  }

  /**
   * Objects of a kind, ordered by namespace and name.
   *
   * @throws RangeError for a `labelSelector` that is none.
   */
  list<K extends Kind>(kind: K, options?: ListOptions): readonly Admitted<Kinds[K]>[];
  list(kind: GroupKind, options?: ListOptions): readonly Stored[];
  list(kind: Kind | GroupKind, { namespace, labelSelector }: ListOptions = {}): readonly Admitted[] {
    const all = this.#listed(kind, namespace);
    if (labelSelector === undefined) return all;
    const selector = parseSelector(labelSelector);
    if (!selector.ok) throw new RangeError(selector.error);
    return all.filter((object) => selectorMatches(selector.value, object.metadata.labels ?? {}));
  }

  /** Ordered once for all who ask while nothing changes. */
  #listed(kind: Kind | GroupKind, namespace: string | undefined): readonly Admitted[] {
    const { store } = this.#plane.api;
    if (this.#lists.revision !== store.revision) this.#lists = { revision: store.revision, byKind: new Map() };
    const key = typeof kind === 'string' ? `${kind} ${namespace ?? ''}` : `${kind.apiVersion}/${kind.kind} ${namespace ?? ''}`;
    const known = this.#lists.byKind.get(key);
    if (known !== undefined) return known;
    const all: readonly Admitted[] = typeof kind === 'string' ? store.list(kind, namespace) : store.list(kind, namespace);
    const ordered = all.toSorted(byName);
    this.#lists.byKind.set(key, ordered);
    return ordered;
  }

  /** Every object, in order of creation. */
  objects(): readonly Stored[] {
    return this.#plane.api.store.all();
  }

  /** Whether the object is one that every cluster has (`kubernetes` Service, cluster DNS, default accounts): not the author's. */
  isBuiltIn(ref: ObjectRef): boolean {
    const key = refKey(ref);
    return this.#builtIn.has(key) && !this.#applications.manifests.has(key);
  }

  /** The Pods that a workload controls, through the objects it made; a Pod is its own. */
  podsOf(workload: ObjectRef): readonly Admitted<Pod>[] {
    const object = this.get(workload);
    const { store } = this.#plane.api;
    const collect = (owner: Admitted): readonly Admitted<Pod>[] => [
      ...store.controlledBy('Pod', owner.metadata.uid),
      ...store.controlledBy('ReplicaSet', owner.metadata.uid).flatMap(collect),
      ...store.controlledBy('Job', owner.metadata.uid).flatMap(collect),
    ];
    if (object === undefined) return [];
    return object.kind === 'Pod' ? [object as Admitted as Admitted<Pod>] : [...collect(object)].sort(byName);
  }

  /** The chain of controllers above an object: `[ReplicaSet, Deployment]` for a Pod of a Deployment. */
  ownersOf(object: Admitted): readonly Stored[] {
    return this.#plane.api.store.ownersOf(object);
  }

  /** The root workload of an object: the last of its owners, or itself. */
  controllerOf(object: Admitted): Admitted {
    return this.#plane.api.store.rootOf(object);
  }

  /** Objects that name this one as their owner. */
  dependents(ref: ObjectRef): readonly Stored[] {
    const uid = this.get(ref)?.metadata.uid;
    return uid === undefined ? [] : this.#plane.api.store.dependents(uid);
  }

  /** The scheduler's last decision on each Pod, by `refKey`; what each node said only for Pods that were not placed. */
  get decisions(): ReadonlyMap<string, Decision> {
    return this.#plane.scheduling.decisions;
  }

  /** What Pods evicted to make room for themselves, in the order in which it happened. */
  get preemptions(): readonly Evicted[] {
    return this.#plane.scheduling.preemptions;
  }

  /**
   * Why a Pod, or the Pods of a workload, run where they do or nowhere, and the smallest changes after which they would fit: one explanation for
   * all Pods of which the same is true. Empty for what has no Pods.
   *
   * ```ts
   * const [why] = cluster.explain({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'web', name: 'api' });
   * why?.message; // 0/3 nodes are available: 3 Insufficient cpu. ...
   * why?.changes[0]?.text; // resources.requests.cpu <= 1500m for container api
   * ```
   */
  explain(ref: ObjectRef, options: ExplainOptions = {}): readonly Explanation[] {
    return explain(this, ref, options);
  }

  /** How many more replicas of a workload fit, found by placing them for trial, and what limits them. */
  headroom(workload: ObjectRef, options: HeadroomOptions = {}): Headroom {
    return headroom(this, workload, options);
  }

  /** How many nodes of each pool it takes for all Pods, found by scheduling them for trial. */
  poolSizes(options: PoolSizesOptions = {}): readonly PoolSize[] {
    return poolSizes(this, options);
  }

  /** What Pods request of each node and pool. */
  utilization(): Utilization {
    return utilization(this);
  }

  /** In the order in which they happened. */
  get events(): readonly ClusterEvent[] {
    return this.#plane.api.events;
  }

  /** Those events that warn, in the same order. */
  get warnings(): readonly ClusterEvent[] {
    return this.#plane.api.warnings;
  }

  /** What `apply` was refused, in order. */
  get refusals(): readonly { readonly ref: ObjectRef; readonly refusal: Refusal }[] {
    return this.#refusals;
  }

  /** What the server notes in its audit log about a Pod or workload: how it violates the Pod Security level that its namespace audits. */
  audited(ref: ObjectRef): string | undefined {
    const object = this.get(ref);
    return object && auditedViolation(object, this.#plane.api.store);
  }

  /** What was taken for granted so far. */
  get assumptions(): readonly Assumption[] {
    return this.#plane.api.assumptions;
  }

  /** The manifest that made this object, directly or through its owners. */
  manifestOf(ref: ObjectRef): Manifest | undefined {
    const { manifests } = this.#applications;
    const own = manifests.get(refKey(ref));
    if (own !== undefined) return own;
    const object = this.get(ref);
    const owner = object && this.ownersOf(object).find((candidate) => manifests.has(keyOf(candidate)));
    return owner && manifests.get(keyOf(owner));
  }

  /** Where that manifest is written. */
  provenanceOf(ref: ObjectRef): Provenance | undefined {
    return this.manifestOf(ref)?.provenance;
  }

  /** What the Pod's containers do, as declared for it or for one of its owners. */
  behaviourOf(pod: Admitted): PodBehaviour {
    if (this.#behaviours.size === 0) return noBehaviour;
    const own = this.#behaviours.get(keyOf(pod));
    if (own !== undefined) return own;
    for (const owner of this.ownersOf(pod)) {
      const behaviour = this.#behaviours.get(keyOf(owner));
      if (behaviour !== undefined) return behaviour;
    }
    return noBehaviour;
  }

  /** The way from the request to running Pods, in order of time: seven steps of seven components. */
  trace(ref: ObjectRef): readonly Step[] {
    const object = this.get(ref);
    const applied = this.#applications.timeOf(ref);
    if (object === undefined || applied === undefined) return [];
    return traceOf(object, applied, this.podsOf(ref), this.events);
  }

  #runCronJobs(cronJobs: readonly Admitted<Kinds['CronJob']>[]): void {
    for (const cronJob of cronJobs) {
      if (this.#ran.has(cronJob.metadata.uid)) continue;
      this.#ran.add(cronJob.metadata.uid);
      runCronJob(cronJob, this.#plane.api);
    }
  }

  #work(progress?: (text: string) => void, isOver = false): void {
    let steps = 0;
    const { store } = this.#plane.api;
    const tick = (): void => {
      steps++;
      if (steps % 1000 === 0) progress?.(`running the cluster: ${store.count('Pod')} Pods, step ${steps}`);
    };
    this.#plane.run(() => this.#kubelets.run(), progress && tick, isOver);
  }
}

const byName = (a: Admitted, b: Admitted): number => {
  const left = a.metadata.namespace ?? '';
  const right = b.metadata.namespace ?? '';
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0;
};
