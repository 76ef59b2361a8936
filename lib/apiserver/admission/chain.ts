import { applyDefaults } from '../../api/default/index.js';
import { copyOf } from '../../api/extended.js';
import type { PodSpec } from '../../api/generated/types.js';
import type { KubeObject } from '../../api/object.js';
import type { Refusal, Verdict } from '../../api/verdict.js';
import type { Stored } from '../kinds.js';
import { forbidden } from '../refusals.js';
import { defaultIngressClass, defaultStorageClass } from './default-class.js';
import { defaultTolerationSeconds } from './default-toleration-seconds.js';
import { limitRanger } from './limit-range.js';
import { mutateByPolicies } from './mutating-policy.js';
import { namespaceLifecycle } from './namespace-lifecycle.js';
import type { AdmissionContext, AdmissionPlugin, PodDraft, User } from './plugin.js';
import { podSecurity } from './pod-security/index.js';
import { controllerUser } from './policy/controller-user.js';
import { priority } from './priority.js';
import { resourceQuota } from './resource-quota.js';
import { runtimeClass } from './runtime-class.js';
import { serviceAccount } from './service-account.js';
import { storageObjectInUseProtection } from './storage-protection.js';
import { taintNodesByCondition } from './taint-nodes-by-condition.js';
import { validatingAdmissionPolicy } from './validating-policy.js';

/** The plugins of kube-apiserver that are on by default, in its order. */
const plugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  runtimeClass,
  defaultIngressClass,
  podSecurity,
  validatingAdmissionPolicy,
  resourceQuota,
];

/** Kinds that decide what becomes of a Pod's spec: when one changes, what was decided before is void. */
const deciding = new Set(['ServiceAccount', 'PriorityClass', 'RuntimeClass', 'LimitRange', 'Namespace']);

type PodAdmission =
  | { readonly spec: PodSpec; readonly annotations?: Readonly<Record<string, string>> }
  | { readonly denied: string };

/** How a request is made. */
interface RequestOptions {
  readonly dryRun?: boolean | undefined;
  /** A controller makes the request. */
  readonly trusted?: boolean | undefined;
  readonly user?: User | undefined;
  readonly subresource?: 'scale' | undefined;
}

/** The admission chain with its memory of Pod templates. */
export class AdmissionChain {
  readonly #context: AdmissionContext;
  #templates = new WeakMap<PodSpec, { readonly namespace: string; readonly admission: PodAdmission }>();

  constructor(context: AdmissionContext) {
    this.#context = context;
    context.store.watch(({ object }) => {
      if (deciding.has(object.kind)) this.#templates = new WeakMap();
    });
  }

  /** The mutating phase; where a policy changes something, the others see it. */
  admit(object: KubeObject, previous?: Stored, options: RequestOptions = {}): Verdict<KubeObject> {
    const first = this.#runPlugins(object, previous);
    if (!first.ok) return first;
    const context = this.#contextOf(object, options);
    const mutated = mutateByPolicies(first.value, previous, context);
    if (!mutated.ok) return mutated;
    if (mutated.object === first.value) return first;
    const second = this.#runPlugins(mutated.object, previous);
    if (!second.ok) return second;
    const last = mutateByPolicies(second.value, previous, context, true);
    return last.ok ? { ...second, value: last.object } : last;
  }

  #contextOf(object: KubeObject, { dryRun, trusted, user: named, subresource }: RequestOptions): AdmissionContext {
    const { store } = this.#context;
    // Only policies ask who makes a request.
    const isAsked = store.count('ValidatingAdmissionPolicyBinding') + store.count('MutatingAdmissionPolicyBinding') > 0;
    const user = named ?? (trusted && isAsked ? controllerUser(object) : undefined);
    if (!dryRun && user === undefined && subresource === undefined) return this.#context;
    return { ...this.#context, ...(dryRun && { dryRun }), ...(user && { user }), ...(subresource && { subresource }) };
  }

  #runPlugins(object: KubeObject, previous?: Stored): Verdict<KubeObject> {
    const warnings: string[] = [];
    let admitted = object;
    for (const plugin of plugins) {
      if (plugin.admit === undefined) continue;
      const verdict = plugin.admit(admitted, this.#context, previous);
      if (!verdict.ok) return verdict;
      admitted = verdict.value;
      warnings.push(...verdict.warnings);
    }
    if (object.kind !== 'Pod' || object.apiVersion !== 'v1' || previous !== undefined)
      return { ok: true, value: admitted, warnings };
    const spec = admitted.spec as Partial<PodSpec> | undefined;
    // Required fields are validation's to ask for, which comes after.
    if (spec?.containers === undefined) return { ok: true, value: admitted, warnings };
    const pod = this.#admitPod(spec as PodSpec, admitted.metadata.namespace ?? 'default');
    if ('denied' in pod) return forbidden(admitted, pod.denied);
    const metadata = pod.annotations && {
      ...admitted.metadata,
      annotations: { ...admitted.metadata.annotations, ...pod.annotations },
    };
    return { ok: true, value: { ...admitted, ...(metadata && { metadata }), spec: pod.spec }, warnings };
  }

  /** The validating phase. */
  validate(object: Stored, previous?: Stored, options: RequestOptions = {}): Refusal | undefined {
    const context = this.#contextOf(object, options);
    for (const plugin of plugins) {
      const refusal = plugin.validate?.(object, context, previous);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** What is said about an object that `validate` has let pass. */
  warningsOf(object: Stored, previous?: Stored, options: RequestOptions = {}): readonly string[] {
    const context = this.#contextOf(object, options);
    return plugins.flatMap((plugin) => plugin.warn?.(object, context, previous) ?? []);
  }

  /** Whether an object may be deleted. */
  validateDelete(object: Stored, options: RequestOptions = {}): Refusal | undefined {
    const context = this.#contextOf(object, options);
    for (const plugin of plugins) {
      const refusal = plugin.validateDelete?.(object, context);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #admitPod(template: PodSpec, namespace: string): PodAdmission {
    const known = this.#templates.get(template);
    if (known?.namespace === namespace) return known.admission;
    const spec: PodDraft = copyOf(withPodDefaults(template));
    const annotations = new Map<string, string>();
    let denied: string | undefined;
    for (const plugin of plugins) denied ??= plugin.admitPod?.(spec, namespace, this.#context, annotations);
    const admission: PodAdmission =
      denied === undefined ? { spec, ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }) } : { denied };
    this.#templates.set(template, { namespace, admission });
    return admission;
  }
}

/** A Pod has defaults that its template has not (`SetDefaults_Pod`): requests follow limits, Service links are on. */
const withPodDefaults = (spec: PodSpec): PodSpec => {
  const pod = applyDefaults({ apiVersion: 'v1', kind: 'Pod', metadata: {}, spec });
  return pod.spec as PodSpec;
};
