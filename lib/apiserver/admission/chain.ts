import { applyDefaults } from '../../api/default/index.js';
import type { PodSpec } from '../../api/generated/types.js';
import type { KubeObject } from '../../api/object.js';
import type { Refusal, Verdict } from '../../api/verdict.js';
import type { Stored } from '../kinds.js';
import { forbidden } from '../refusals.js';
import { defaultIngressClass, defaultStorageClass } from './default-class.js';
import { defaultTolerationSeconds } from './default-toleration-seconds.js';
import { namespaceLifecycle } from './namespace-lifecycle.js';
import type { AdmissionContext, AdmissionPlugin, PodDraft } from './plugin.js';
import { priority } from './priority.js';
import { runtimeClass } from './runtime-class.js';
import { serviceAccount } from './service-account.js';
import { storageObjectInUseProtection } from './storage-protection.js';
import { taintNodesByCondition } from './taint-nodes-by-condition.js';

/** The plugins of kube-apiserver that are on by default, in its order. */
const plugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  serviceAccount,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  runtimeClass,
  defaultIngressClass,
];

/** Kinds that decide what becomes of a Pod's spec: when one changes, what was decided before is void. */
const deciding = new Set(['ServiceAccount', 'PriorityClass', 'RuntimeClass', 'LimitRange', 'Namespace']);

type PodAdmission = { readonly spec: PodSpec } | { readonly denied: string };

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

  /** The mutating phase. */
  admit(object: KubeObject, previous?: Stored): Verdict<KubeObject> {
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
    return { ok: true, value: { ...admitted, spec: pod.spec }, warnings };
  }

  /** The validating phase. */
  validate(object: Stored, previous?: Stored): Refusal | undefined {
    for (const plugin of plugins) {
      const refusal = plugin.validate?.(object, this.#context, previous);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #admitPod(template: PodSpec, namespace: string): PodAdmission {
    const known = this.#templates.get(template);
    if (known?.namespace === namespace) return known.admission;
    const spec: PodDraft = { ...withPodDefaults(template) };
    let denied: string | undefined;
    for (const plugin of plugins) denied ??= plugin.admitPod?.(spec, namespace, this.#context);
    const admission: PodAdmission = denied === undefined ? { spec } : { denied };
    this.#templates.set(template, { namespace, admission });
    return admission;
  }
}

/** A Pod has defaults that its template has not (`SetDefaults_Pod`): requests follow limits, Service links are on. */
const withPodDefaults = (spec: PodSpec): PodSpec => {
  const pod = applyDefaults({ apiVersion: 'v1', kind: 'Pod', metadata: {}, spec });
  return pod.spec as PodSpec;
};
