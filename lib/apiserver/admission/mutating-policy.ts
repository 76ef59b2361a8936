import { decode } from '../../api/decode.js';
import { applyDefaults } from '../../api/default/index.js';
import type { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, Mutation } from '../../api/generated/types.js';
import type { Admitted, KubeObject } from '../../api/object.js';
import { policyPrograms } from '../../api/policy-programs.js';
import type { Refusal } from '../../api/verdict.js';
import { equal } from '../equal.js';
import { jsonPatch, type PatchOperation } from '../json-patch.js';
import type { Stored } from '../kinds.js';
import { forbidden, internalError } from '../refusals.js';
import type { AdmissionContext } from './plugin.js';
import { applyConfiguration } from './policy/apply.js';
import { PolicyEvaluation } from './policy/evaluation.js';
import { isExempt } from './policy/exempt.js';
import { matchesResources } from './policy/matching.js';
import { collectParams } from './policy/params.js';
import { type PolicyRequest, requestOf } from './policy/request.js';

type Policy = Admitted<MutatingAdmissionPolicy>;
type Binding = Admitted<MutatingAdmissionPolicyBinding>;
type Spec = NonNullable<MutatingAdmissionPolicy['spec']>;

const expressionOf = ({ patchType, applyConfiguration: apply, jsonPatch: patch }: Mutation): string =>
  (patchType === 'JSONPatch' ? patch?.expression : apply?.expression) ?? '';

const programsOf = policyPrograms((spec: Spec, compiler) => ({
  mutations: (spec.mutations ?? []).map((mutation) => {
    const expression = expressionOf(mutation);
    const type = mutation.patchType;
    return { type, expression, compiled: compiler.compile(expression, type === 'JSONPatch' ? 'patch' : 'object') };
  }),
}));

/** A policy with one of its bindings and parameters. */
interface Invocation {
  readonly policy: Policy;
  readonly spec: Spec;
  readonly binding: Binding;
  readonly param: Stored | undefined;
}

type PatchOutcome =
  | { readonly ok: true; readonly object: KubeObject }
  | { readonly ok: false; readonly error: string; readonly internal?: true };

const patch = (object: KubeObject, type: string, made: unknown): PatchOutcome => {
  if (type !== 'JSONPatch') {
    const applied = applyConfiguration(object, made);
    return applied.ok ? decoded(applied.value) : applied;
  }
  const patched = jsonPatch(object, made as readonly PatchOperation[]);
  if (patched.ok) return decoded(patched.value);
  return patched.failedTest ? { ok: true, object } : { ok: false, error: `JSON Patch: ${patched.error}` };
};

const decoded = (value: unknown): PatchOutcome => {
  const verdict = decode(value);
  return verdict.ok ? { ok: true, object: applyDefaults(verdict.value) } : { ok: false, error: verdict.message, internal: true };
};

/** What the policy makes of the object, and why it could not. */
const mutate = (
  { spec, param }: Invocation,
  request: PolicyRequest,
  object: KubeObject,
  context: AdmissionContext,
): { readonly object: KubeObject; readonly errors: readonly string[]; readonly internal?: string } => {
  const { composition, conditions, mutations } = programsOf(spec);
  const matched = new PolicyEvaluation({ ...request, object }, param, composition, context).matches(conditions);
  if (matched.error !== undefined) return { object, errors: spec.failurePolicy === 'Ignore' ? [] : [matched.error] };
  if (!matched.matches) return { object, errors: [] };
  let current = object;
  const errors: string[] = [];
  for (const { type, expression, compiled } of mutations) {
    const made = new PolicyEvaluation({ ...request, object: current }, param, composition, context).construct(
      compiled,
      expression,
    );
    if (!made.ok) errors.push(made.error);
    else if (made.mismatch !== undefined) errors.push(`type mismatch: ${made.mismatch}`);
    else {
      const outcome = patch(current, type, made.value);
      if (outcome.ok) current = outcome.object;
      else if (outcome.internal) return { object, errors, internal: outcome.error };
      else errors.push(outcome.error);
    }
  }
  return { object: current, errors: spec.failurePolicy === 'Ignore' ? [] : errors };
};

const refusalOf = (object: KubeObject, { policy, binding }: Omit<Invocation, 'param'>, errors: readonly string[]): Refusal => {
  const names = `policy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
  const messages = errors.map((error) => `${names} denied request: ${error}`);
  return {
    ...forbidden(object, ''),
    reason: 'Invalid',
    message: messages[0] ?? '',
    causes: messages.map((message) => ({ type: 'FieldValueForbidden', field: '', message })),
  };
};

type Mutated = { readonly ok: true; readonly object: KubeObject } | Refusal;

const apply = (policy: Policy, spec: Spec, request: PolicyRequest, object: KubeObject, context: AdmissionContext): Mutated => {
  let current = object;
  for (const binding of context.store.list('MutatingAdmissionPolicyBinding')) {
    if (binding.spec?.policyName !== policy.metadata.name) continue;
    if (!matchesResources(binding.spec.matchResources, request, context.store)) continue;
    const params = collectParams(spec.paramKind, binding.spec.paramRef, request.namespace, context);
    if (!params.ok) {
      if (spec.failurePolicy === 'Ignore') continue;
      return refusalOf(object, { policy, spec, binding }, [`failed to configure binding: ${params.error}`]);
    }
    for (const param of params.params) {
      const invocation = { policy, spec, binding, param };
      const { object: next, errors, internal } = mutate(invocation, request, current, context);
      if (internal !== undefined) return internalError(internal);
      if (errors.length > 0) return refusalOf(object, invocation, errors);
      current = next;
    }
  }
  return { ok: true, object: current };
};

/**
 * MutatingAdmissionPolicy: expressions of CEL that change objects as they come in
 * (kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy). `again`: only those policies run that ask to see
 * what came after them.
 */
export const mutateByPolicies = (
  object: KubeObject,
  previous: Stored | undefined,
  context: AdmissionContext,
  again = false,
): Mutated => {
  if (context.store.count('MutatingAdmissionPolicyBinding') === 0 || context.subresource !== undefined)
    return { ok: true, object };
  const request = requestOf(object, previous, context);
  if (request === undefined || isExempt(request)) return { ok: true, object };
  let current = object;
  for (const policy of context.store.list('MutatingAdmissionPolicy')) {
    const { spec } = policy;
    if (spec === undefined || (again && spec.reinvocationPolicy !== 'IfNeeded')) continue;
    if (!matchesResources(spec.matchConstraints, request, context.store)) continue;
    const mutated = apply(policy, spec, request, current, context);
    if (!mutated.ok) return mutated;
    current = mutated.object;
  }
  return { ok: true, object: equal(current, object) ? object : current };
};
