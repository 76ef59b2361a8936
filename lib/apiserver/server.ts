import { newResource, type ServedVersion } from '../api/crd/index.js';
import type { FieldValidation } from '../api/decode.js';
import { extended } from '../api/extended.js';
import type { Pod } from '../api/generated/types.js';
import { withLabelKeys } from '../api/label-keys.js';
import { type Admitted, type KubeObject, type ObjectRef, refOf, refSpace } from '../api/object.js';
import { generatedName, prepareForCreate } from '../api/prepare.js';
import { prepareForUpdate } from '../api/prepare-update.js';
import type { Verdict } from '../api/verdict.js';
import { warningsOf } from '../api/warn/index.js';
import { acceptNames } from './accepted-names.js';
import { AdmissionChain } from './admission/chain.js';
import { isCompleted } from './admission/limit-range.js';
import type { Plan } from './admission/plan.js';
import type { AdmissionContext, User } from './admission/plugin.js';
import type { Assumption } from './assumption.js';
import { type Clock, timestampAt } from './clock.js';
import { replaceCustom, versionOf } from './custom-resources.js';
import { type DeleteOptions, foregroundFinalizer, graceOf, orphanFinalizer } from './deletion.js';
import { equal } from './equal.js';
import { type ClusterEvent, EventLog, type Occurrence } from './event.js';
import { spendBudget } from './eviction.js';
import { fnv, suffixAfter, uidOf } from './identity.js';
import { decodeAndDefault, validate } from './judge.js';
import { as, type Stored } from './kinds.js';
import { strategicPatch, threeWayMerge, threeWayMergePatch } from './patch.js';
import { alreadyExists, badRequest, forbidden, notFound, unsupportedMediaType } from './refusals.js';
import { ServiceAllocation } from './service-allocation.js';
import { type GroupKind, keyOf, Store } from './store.js';

export interface ApiServerOptions {
  readonly clock: Clock;
  readonly world: 'open' | 'closed';
}

/** What `kubectl apply` says of an object. */
export interface Applied {
  readonly outcome: 'created' | 'configured' | 'unchanged' | 'refused';
  readonly verdict: Verdict<Stored>;
}

interface WriteOptions {
  /** The object was made by a controller from an admitted one: it is well formed, only admission judges it. */
  readonly trusted?: boolean | undefined;
  /** `--dry-run=server`: the request is judged and answered, and nothing comes of it. */
  readonly dryRun?: boolean | undefined;
  /** What becomes of fields that do not exist; `kubectl` asks for `Strict`. */
  readonly fieldValidation?: FieldValidation | undefined;
  /** Who makes the request; a cluster administrator unless said. */
  readonly user?: User | undefined;
  /** The object is changed through a subresource, and policies judge that. */
  readonly subresource?: 'scale' | undefined;
  /** The namespace that the request names: that of the object, or there is a mistake. */
  readonly namespace?: string | undefined;
}

const silent: readonly string[] = [];

const accepted = (value: Stored, warnings = silent): Verdict<Stored> => ({ ok: true, value, warnings });

const together = (a: readonly string[], b: readonly string[], c: readonly string[], d: readonly string[]): readonly string[] =>
  a.length + b.length + c.length + d.length === 0 ? silent : [...a, ...b, ...c, ...d];

const noOptions: WriteOptions = {};

/** The patches that every resource takes. */
const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

const permanentNamespaces = new Set(['default', 'kube-system', 'kube-public']);

/** kube-apiserver: judges requests and writes the store. Never throws for what a server would refuse. */
export class ApiServer {
  readonly store = new Store();
  readonly clock: Clock;
  readonly world: 'open' | 'closed';
  readonly allocation = new ServiceAllocation(this.store);
  readonly #log = new EventLog();
  readonly #context: AdmissionContext;
  readonly #admission: AdmissionChain;
  readonly #assumptions = new Map<string, Assumption>();
  /** `refSpace` -> name or beginning of names -> how many were drawn. */
  readonly #generated = new Map<string, Map<string, number>>();

  constructor(options: ApiServerOptions) {
    this.clock = options.clock;
    this.world = options.world;
    this.#context = {
      store: this.store,
      world: options.world,
      assume: (assumption) => this.assume(assumption),
      createNamespace: (name) => void this.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { trusted: true }),
    };
    this.#admission = new AdmissionChain(this.#context);
    acceptNames(this);
  }

  get assumptions(): readonly Assumption[] {
    return [...this.#assumptions.values()];
  }

  /** Notes once what is taken for granted. */
  assume(assumption: Assumption): void {
    const key = `${assumption.code} ${assumption.text}`;
    if (!this.#assumptions.has(key)) this.#assumptions.set(key, assumption);
  }

  record(event: Omit<ClusterEvent, 'time'>): void {
    const { type, reason, message, object, component } = event;
    this.#log.add({ time: this.clock.now, type, reason, message, object, component });
  }

  /** Notes what happened without making events of it. */
  note(occurrence: Occurrence): void {
    this.#log.note(occurrence);
  }

  get events(): readonly ClusterEvent[] {
    return this.#log.events;
  }

  get warnings(): readonly ClusterEvent[] {
    return this.#log.warnings;
  }

  get(ref: ObjectRef): Stored | undefined {
    return this.store.at(ref);
  }

  create(sent: KubeObject, options = noOptions): Verdict<Stored> {
    let object = sent;
    let warnings = silent;
    if (!options.trusted) {
      const decoded = decodeAndDefault(sent, this.#context, options.fieldValidation);
      if (!decoded.ok) return decoded;
      object = decoded.value;
      warnings = decoded.warnings;
    }
    if (options.namespace !== undefined && object.metadata.namespace !== options.namespace)
      return badRequest('the namespace of the provided object does not match the namespace sent on the request');
    return this.#create(object, warnings, options);
  }

  /** `read`: what was said about the object when it was read. `applied`: what its author applied, for which there is no object yet. */
  #create(sent: KubeObject, read: readonly string[], options: WriteOptions, applied?: KubeObject): Verdict<Stored> {
    const asked = this.#admission.plans.of(sent);
    const mutated = this.#admission.admit(sent, asked, undefined, options);
    if (!mutated.ok) return mutated;
    // A policy may even make it another kind.
    const plan = asked.mutates ? this.#admission.plans.of(mutated.value) : asked;
    const version = plan.mayBeCustom ? versionOf(this.store, mutated.value) : undefined;
    let object = this.#prepare(mutated.value, version);
    if (object.kind === 'Service') {
      const allocated = this.#allocate(object, undefined, options);
      if (!allocated.ok) return allocated;
      object = allocated.value;
    }
    const judged = options.trusted && !isCompleted(object) ? undefined : validate(object, version);
    if (judged?.refusal !== undefined) return judged.refusal;
    const refusal = this.#admission.validate(object, plan, undefined, options);
    if (refusal !== undefined) return refusal;
    const isFree = isKnownFree(sent, asked, object, applied) || this.store.namesake(object) === undefined;
    if (!isFree) return alreadyExists(this.#named(object), object.metadata.name);
    const said = options.trusted
      ? (judged?.warnings ?? silent)
      : together(
          read,
          judged?.warnings ?? silent,
          warningsOf(object),
          this.#admission.warningsOf(object, plan, undefined, options),
        );
    // After validation, which judges the keys against the selectors as they were written.
    const pod = object.kind === 'Pod' ? as('Pod', object) : undefined;
    if (pod !== undefined) object = withLabelKeys(pod) as Admitted as Stored;
    return accepted(options.dryRun ? unstored(object) : this.store.add(object, applied), said);
  }

  /** A Service with its addresses and ports; other objects as they are. */
  #allocate(object: Stored, previous: Stored | undefined, { dryRun }: WriteOptions): Verdict<Stored> {
    const service = as('Service', object);
    if (service === undefined) return accepted(object);
    return this.allocation.allocate(service, previous && as('Service', previous), dryRun) as Verdict<Stored>;
  }

  /** Replaces all but the status. */
  update(sent: KubeObject | Stored, options = noOptions): Verdict<Stored> {
    const decoded = options.trusted ? accepted(sent as Stored) : decodeAndDefault(sent, this.#context, options.fieldValidation);
    if (!decoded.ok) return decoded;
    const next = decoded.value;
    const previous = this.get(refOf(next));
    if (previous === undefined) return notFound(this.#named(next), next.metadata.name ?? '');
    const asked = this.#admission.plans.of(next);
    const mutated = this.#admission.admit(next, asked, previous, options);
    if (!mutated.ok) return mutated;
    const plan = asked.mutates ? this.#admission.plans.of(mutated.value) : asked;
    const version = options.trusted ? undefined : versionOf(this.store, next);
    const isPrepared = options.trusted || version !== undefined;
    let object = keepSystemFields(isPrepared ? mutated.value : prepareForUpdate(mutated.value, previous), previous);
    if (version !== undefined) object = replaceCustom(object, mutated.value, version, previous);
    if (object.kind === 'Service' && object.spec !== previous.spec) {
      const allocated = this.#allocate(object, previous, options);
      if (!allocated.ok) return allocated;
      object = allocated.value;
    }
    const judged = options.trusted ? undefined : validate(object, version, previous);
    if (judged?.refusal !== undefined) return judged.refusal;
    const refusal = this.#admission.validate(object, plan, previous, options);
    if (refusal !== undefined) return refusal;
    const ofAdmission = options.trusted ? silent : this.#admission.warningsOf(object, plan, previous, options);
    const warnings = together(decoded.warnings, judged?.warnings ?? silent, ofAdmission, silent);
    if (equal(object, previous)) return accepted(previous, warnings);
    if (options.dryRun) return accepted(object, warnings);
    object = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.store.revision + 1) } };
    if (isGone(object)) {
      this.store.put(object);
      this.store.remove(keyOf(object));
      return accepted(object, warnings);
    }
    return accepted(this.store.put(object), warnings);
  }

  /** Replaces the status, and the annotations when they are given; written by controllers, scheduler and kubelet. */
  updateStatus(of: Admitted, status: object, annotations?: Readonly<Record<string, string>>): void {
    const cell = this.store.cell(of.metadata.uid);
    if (cell === undefined) return;
    const current = cell.object;
    const isNoted = annotations === undefined || equal(annotations, current.metadata.annotations);
    if (isNoted && equal(current.status, status)) return;
    const metadata = isNoted ? current.metadata : extended(current.metadata, { annotations });
    this.store.write(
      cell,
      current.status === undefined ? extended({ ...current, metadata }, { status }) : { ...current, metadata, status },
    );
  }

  /** Strategic merge patch, as `kubectl patch` and `kubectl set` send it. */
  patch(
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    merge: typeof strategicPatch = strategicPatch,
    options = noOptions,
  ): Verdict<Stored> {
    const live = this.get(ref);
    if (live === undefined) return notFound(this.#named(ref), ref.name);
    // Only the kinds that are built in say how their lists merge.
    if (merge === strategicPatch && versionOf(this.store, ref) !== undefined) return unsupportedMediaType(patchTypes);
    return this.update(merge(live, patch) as KubeObject, options);
  }

  /** `kubectl apply`: creates the object, or merges what its author changed since the last apply into what lives. `read`: the object as `defaulted` gave it. */
  apply(sent: KubeObject, read?: Verdict<KubeObject>): Applied {
    const decoded = read ?? decodeAndDefault(sent, this.#context);
    if (!decoded.ok) return { outcome: 'refused', verdict: decoded };
    const live = decoded.value.metadata.name ? this.store.namesake(decoded.value as Admitted)?.object : undefined;
    if (live === undefined) {
      const created = this.#create(decoded.value, decoded.warnings, noOptions, sent);
      return { outcome: created.ok ? 'created' : 'refused', verdict: created };
    }
    const verdict = this.update(this.#merged(live, sent));
    if (!verdict.ok) return { outcome: 'refused', verdict };
    this.store.noteApplied(verdict.value, sent);
    return { outcome: verdict.value === live ? 'unchanged' : 'configured', verdict };
  }

  /** What its author changed since the last apply, in what lives. */
  #merged(live: Stored, sent: KubeObject): KubeObject {
    const last = this.store.lastApplied(live) ?? lastAppliedTo(live) ?? {};
    const merge = versionOf(this.store, sent) === undefined ? threeWayMerge : threeWayMergePatch;
    return merge(live, last, sent) as KubeObject;
  }

  /** The binding subresource: the scheduler's choice becomes the Pod's node. */
  bind(pod: Admitted<Pod>, node: string): void {
    const cell = this.store.namesake(pod);
    if (cell === undefined) return;
    const current = cell.object as Admitted as Admitted<Pod>;
    if (current.spec?.nodeName !== undefined) return;
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: this.clock.timestamp };
    const others = current.status?.conditions?.filter((condition) => condition.type !== 'PodScheduled');
    const conditions = others ? [...others, scheduled] : [scheduled];
    this.store.write(cell, {
      ...cell.object,
      spec: extended(current.spec ?? {}, { nodeName: node }),
      status: extended(current.status ?? {}, { conditions }),
    });
  }

  /**
   * Deletes as the server does: a running Pod gets its grace period, an object with finalizers a deletion timestamp;
   * what depends on the object is the garbage collector's business, as `propagation` says.
   */
  delete(ref: ObjectRef, options: DeleteOptions = {}): Verdict<Stored> {
    const object = this.get(ref);
    if (object === undefined) return notFound(ref, ref.name);
    if (object.kind === 'Namespace' && permanentNamespaces.has(ref.name))
      return forbidden(object, 'this namespace may not be deleted');
    const refusal = this.#admission.validateDelete(object, options);
    if (refusal !== undefined) return refusal;
    if (options.dryRun) return accepted(object);
    const finalizers = [
      ...(object.metadata.finalizers ?? []),
      ...(options.propagation === 'Foreground' ? [foregroundFinalizer] : []),
      ...(options.propagation === 'Orphan' ? [orphanFinalizer] : []),
      // A namespace ends when its content is gone; the namespace controller removes it then.
    ];
    const grace = graceOf(object, options);
    if (grace === 0 && finalizers.length === 0 && object.kind !== 'Namespace') {
      this.store.remove(keyOf(object));
      return accepted(object);
    }
    if (object.metadata.deletionTimestamp !== undefined && !(grace < (object.metadata.deletionGracePeriodSeconds ?? 0)))
      return accepted(object);
    const marked: Stored = {
      ...object,
      metadata: {
        ...object.metadata,
        deletionTimestamp: object.metadata.deletionTimestamp ?? timestampAt(this.clock.now + grace * 1000),
        deletionGracePeriodSeconds: grace,
        ...(finalizers.length > 0 && { finalizers: [...new Set(finalizers)] }),
      },
      ...(object.kind === 'Namespace' && { status: { ...(object.status as object), phase: 'Terminating' } }),
    };
    return accepted(this.store.put(marked));
  }

  /** The eviction subresource: deletes the Pod if its disruption budgets allow. */
  evict(ref: ObjectRef): Verdict<Stored> {
    const pod = this.store.find('Pod', ref.namespace, ref.name);
    if (pod === undefined) return notFound(ref, ref.name);
    const refusal = spendBudget(this, pod);
    return refusal ?? this.delete(ref);
  }

  /** Ends a deletion: the grace period is over, or nothing holds the object any more. Finalizers still do. */
  finish(of: Admitted): void {
    const object = this.store.namesake(of)?.object;
    if (object === undefined) return;
    if (object.metadata.finalizers?.length) {
      if (object.metadata.deletionGracePeriodSeconds !== 0)
        this.store.put({ ...object, metadata: { ...object.metadata, deletionGracePeriodSeconds: 0 } });
      return;
    }
    this.store.remove(keyOf(object));
  }

  /** Takes over an object of a running cluster as it is. */
  restore(object: KubeObject): Stored {
    const { apiVersion, kind, namespace = '', name } = refOf(object);
    const uid = object.metadata.uid ?? uidOf(refSpace(apiVersion, kind, namespace), name, 0);
    const metadata = extended(object.metadata, { name: object.metadata.name ?? '', uid });
    return this.store.put({ ...object, metadata });
  }

  /** Gives the object its name, uid and time, and what the server adds to its kind. */
  #prepare(object: KubeObject, version: ServedVersion | undefined): Stored {
    const { metadata, apiVersion, kind } = object;
    const { namespace } = metadata;
    const space = refSpace(apiVersion, kind, namespace ?? '');
    const suffix = metadata.name ? '' : this.#suffix(object, space);
    const name = metadata.name || generatedName(metadata.generateName ?? '', suffix);
    const uid = uidOf(space, name, this.store.incarnation(space, name));
    const now = this.clock.timestamp;
    const prepared = prepareForCreate(object, { uid, suffix, now, resourceVersion: String(this.store.revision + 1) }) as Stored;
    if (version !== undefined) return newResource(prepared, version) as Stored;
    const status = apiVersion === 'v1' ? firstStatuses.get(kind) : undefined;
    return status === undefined ? prepared : { ...prepared, status: status(now) };
  }

  /** A kind with the name of its resource, which only a definition knows of custom ones. */
  #named(kind: GroupKind): GroupKind & { readonly plural: string | undefined } {
    return { apiVersion: kind.apiVersion, kind: kind.kind, plural: versionOf(this.store, kind)?.plural };
  }

  /** What makes a new name of the object's `generateName`. */
  #suffix(object: KubeObject, space: string): string {
    const { apiVersion, kind } = object;
    const { namespace, generateName: prefix = '' } = object.metadata;
    const base = object.metadata.name ?? prefix;
    const counts = this.#generated.get(space) ?? new Map<string, number>();
    const state = fnv(base, fnv(space));
    for (let count = (counts.get(base) ?? 0) + 1; ; count++) {
      const suffix = suffixAfter(fnv(`/${count}`, state));
      if (this.store.at({ apiVersion, kind, namespace, name: generatedName(prefix, suffix) }) !== undefined) continue;
      this.#generated.set(space, counts.set(base, count));
      return suffix;
    }
  }
}

/** Whether somebody has looked before: who applies looks for an object, who draws a name draws a free one. */
const isKnownFree = (sent: KubeObject, { mutates }: Plan, object: Stored, applied: KubeObject | undefined): boolean => {
  // The server may have put it elsewhere since, and so may a policy.
  if (mutates || object.metadata.namespace !== sent.metadata.namespace) return false;
  return sent.metadata.name ? applied !== undefined : sent.metadata.generateName !== undefined;
};

/** What a dry run answers: nothing was written, so nothing counts its version. */
const unstored = ({ metadata: { resourceVersion: _version, ...metadata }, ...object }: Stored): Stored => ({
  ...object,
  metadata,
});

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** What kubectl noted on an object of a running cluster when it was last applied. */
const lastAppliedTo = ({ metadata: { annotations } }: Stored): unknown => {
  try {
    return JSON.parse(annotations?.[lastApplied] ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
};

/** Volumes and claims wait for each other from the start. */
const firstStatuses = new Map<string, (now: string) => object>([
  ['PersistentVolume', (now) => ({ phase: 'Pending', lastPhaseTransitionTime: now })],
  ['PersistentVolumeClaim', () => ({ phase: 'Pending' })],
]);

/** What a client cannot change by an update. */
const keepSystemFields = (object: KubeObject, previous: Stored): Stored => {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion } =
    previous.metadata;
  const name = previous.metadata.name;
  const sameSpec = object.spec === previous.spec || equal(object.spec, previous.spec);
  const nextGeneration = generation === undefined || sameSpec ? generation : generation + 1;
  const next: Stored = {
    ...object,
    metadata: {
      ...object.metadata,
      name,
      uid,
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp, deletionGracePeriodSeconds }),
      ...(nextGeneration !== undefined && { generation: nextGeneration }),
    },
    // Engines know specs by identity.
    ...(sameSpec && previous.spec !== undefined && { spec: previous.spec }),
    // The versions in which a definition's resources are stored follow from its spec.
    ...(previous.status !== undefined && object.kind !== 'CustomResourceDefinition' && { status: previous.status }),
  };
  return next;
};

const isGone = (object: Stored): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  !object.metadata.finalizers?.length &&
  object.kind !== 'Namespace' &&
  !(object.kind === 'Pod' && object.metadata.deletionGracePeriodSeconds !== 0);
