import { podSpec } from '../../api/default/pod-spec.js';
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
import { type Plan, Plans } from './plan.js';
import type { AdmissionContext, AdmissionPlugin, PodDraft, User } from './plugin.js';
import { podSecurity, podSecurityOfWorkloads } from './pod-security/index.js';
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
  podSecurityOfWorkloads,
  validatingAdmissionPolicy,
  resourceQuota,
];

/** Kinds that decide what becomes of a Pod's spec: when one changes, what was decided before is void. */
const deciding = ['ServiceAccount', 'PriorityClass', 'RuntimeClass', 'LimitRange', 'Namespace'] as const;

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

const noOptions: RequestOptions = {};
const silent: readonly string[] = [];

/** The admission chain with its memory of the last Pod template. */
export class AdmissionChain {
  readonly #context: AdmissionContext;
  /** Who has a say in what happens to objects of a kind; a plan holds as long as nothing is written. */
  readonly plans: Plans;
  /** What the plugins annotate the Pod at hand with: nearly always nothing. */
  readonly #annotations = new Map<string, string>();
  /** The last template: a controller makes the Pods of one in a row. */
  #last: { readonly template: PodSpec; readonly namespace: string; readonly admission: PodAdmission } | undefined;

  constructor(context: AdmissionContext) {
    this.#context = context;
    this.plans = new Plans(plugins, context.store);
    context.store.watch(() => {
      this.#last = undefined;
    }, deciding);
  }

  /** The mutating phase, which warns of nothing; where a policy changes something, the others see it. */
  admit(object: KubeObject, plan: Plan, previous?: Stored, options = noOptions): Verdict<KubeObject> {
    const first = this.#runPlugins(object, plan, previous);
    if (!first.ok || !plan.mutates) return first;
    const context = this.#contextOf(object, plan, options);
    const mutated = mutateByPolicies(first.value, previous, context);
    if (!mutated.ok) return mutated;
    if (mutated.object === first.value) return first;
    const second = this.#runPlugins(mutated.object, plan, previous);
    if (!second.ok) return second;
    const last = mutateByPolicies(second.value, previous, context, true);
    return last.ok ? { ...second, value: last.object } : last;
  }

  #contextOf(object: KubeObject, plan: Plan, { dryRun, trusted, user: named, subresource }: RequestOptions): AdmissionContext {
    const user = named ?? (trusted && plan.asksUser ? controllerUser(object) : undefined);
    if (!dryRun && user === undefined && subresource === undefined) return this.#context;
    return { ...this.#context, ...(dryRun && { dryRun }), ...(user && { user }), ...(subresource && { subresource }) };
  }

  #runPlugins(object: KubeObject, plan: Plan, previous: Stored | undefined): Verdict<KubeObject> {
    if (previous !== undefined) return { ok: true, value: object, warnings: silent };
    let admitted = object;
    for (let i = 0; i < plan.creating.length; i++) {
      const plugin = plan.creating[i];
      const refusal = plugin?.refuse?.(admitted, this.#context);
      if (refusal !== undefined) return refusal;
      admitted = plugin?.admit?.(admitted, this.#context) ?? admitted;
    }
    const spec =
      object.kind === 'Pod' && object.apiVersion === 'v1' ? (admitted.spec as Partial<PodSpec> | undefined) : undefined;
    // Required fields are validation's to ask for, which comes after.
    if (spec?.containers === undefined) return { ok: true, value: admitted, warnings: silent };
    const pod = this.#admitPod(spec as PodSpec, admitted.metadata.namespace ?? 'default', plan);
    if ('denied' in pod) return forbidden(admitted, pod.denied);
    if (pod.annotations === undefined) return { ok: true, value: { ...admitted, spec: pod.spec }, warnings: silent };
    const annotations = { ...admitted.metadata.annotations, ...pod.annotations };
    const metadata = { ...admitted.metadata, annotations };
    return { ok: true, value: { ...admitted, metadata, spec: pod.spec }, warnings: silent };
  }

  /** The validating phase. */
  validate(object: Stored, plan: Plan, previous?: Stored, options = noOptions): Refusal | undefined {
    if (plan.validate.length === 0) return undefined;
    const context = this.#contextOf(object, plan, options);
    for (const validate of plan.validate) {
      const refusal = validate(object, context, previous);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** What is said about an object that `validate` has let pass. */
  warningsOf(object: Stored, plan: Plan, previous?: Stored, options = noOptions): readonly string[] {
    if (plan.warn.length === 0) return silent;
    const context = this.#contextOf(object, plan, options);
    const [only] = plan.warn;
    if (plan.warn.length === 1 && only !== undefined) return only(object, context, previous);
    return plan.warn.flatMap((warn) => warn(object, context, previous));
  }

  /** Whether an object may be deleted. */
  validateDelete(object: Stored, options = noOptions): Refusal | undefined {
    const plan = this.plans.of(object);
    const context = this.#contextOf(object, plan, options);
    for (const validateDelete of plan.validateDelete) {
      const refusal = validateDelete(object, context);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #admitPod(template: PodSpec, namespace: string, plan: Plan): PodAdmission {
    const last = this.#last;
    if (last?.template === template && last.namespace === namespace) return last.admission;
    const spec: PodDraft = copyOf(podSpec(template));
    const annotations = this.#annotations;
    let denied: string | undefined;
    for (let i = 0; i < plan.admitPod.length && denied === undefined; i++)
      denied = plan.admitPod[i]?.(spec, namespace, this.#context, annotations);
    let admission: PodAdmission = denied === undefined ? { spec } : { denied };
    if (annotations.size > 0) {
      if (denied === undefined) admission = { spec, annotations: Object.fromEntries(annotations) };
      annotations.clear();
    }
    this.#last = { template, namespace, admission };
    return admission;
  }
}
