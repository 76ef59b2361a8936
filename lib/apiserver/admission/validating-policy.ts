import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { type CompiledExpression, policyPrograms } from '../../api/policy-programs.js';
import type { Refusal } from '../../api/verdict.js';
import type { Stored } from '../kinds.js';
import { forbidden } from '../refusals.js';
import type { AdmissionContext, AdmissionPlugin } from './plugin.js';
import { PolicyEvaluation } from './policy/evaluation.js';
import { isExempt } from './policy/exempt.js';
import { matchesResources } from './policy/matching.js';
import { collectParams } from './policy/params.js';
import { type PolicyRequest, requestOf } from './policy/request.js';

type Policy = Admitted<ValidatingAdmissionPolicy>;
type Binding = Admitted<ValidatingAdmissionPolicyBinding>;
type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;

/** One reason why a policy does not let a request pass. */
interface Denial {
  readonly policy: Policy;
  readonly binding: Binding;
  readonly message: string;
  readonly reason: string;
  /** What the binding does about it. */
  readonly actions: readonly string[];
}

interface Failure {
  readonly message: string;
  readonly reason: string;
  /** Denied whatever the binding does about failures. */
  readonly always?: true;
}

const programsOf = policyPrograms((spec: Spec, compiler) => ({
  validations: (spec.validations ?? []).map(({ expression, message = '', messageExpression = '', reason = 'Invalid' }) => ({
    expression,
    compiled: compiler.compile(expression, 'bool'),
    message: message.trim(),
    messageExpression:
      messageExpression === '' ? undefined : compiler.compile(messageExpression, 'string', { authorizer: false }),
    reason,
  })),
  annotations: (spec.auditAnnotations ?? []).map(({ valueExpression }) => ({
    expression: valueExpression,
    compiled: compiler.compile(valueExpression, 'annotation'),
  })),
}));

const mostMessageBytes = 5 * 1024;

/** What `messageExpression` says, if it says something that fits on one line. */
const messageOf = (evaluation: PolicyEvaluation, compiled: CompiledExpression | undefined): string => {
  if (compiled === undefined) return '';
  const outcome = evaluation.run(compiled, '');
  if (!outcome.ok || typeof outcome.value !== 'string') return '';
  const message = outcome.value.trim();
  return message.includes('\n') || message.length > mostMessageBytes ? '' : message;
};

/** What a policy with one parameter has against a request; `failurePolicy: Ignore` leaves out what could not be evaluated. */
const failuresOf = (
  spec: Spec,
  request: PolicyRequest,
  param: Stored | undefined,
  context: AdmissionContext,
): readonly Failure[] => {
  const { composition, conditions, validations, annotations } = programsOf(spec);
  const error = (message: string): readonly Failure[] =>
    spec.failurePolicy === 'Ignore' ? [] : [{ message, reason: 'Invalid' }];
  const evaluation = new PolicyEvaluation(request, param, composition, context);
  const matched = evaluation.matches(conditions);
  if (matched.error !== undefined) return error(matched.error);
  if (!matched.matches) return [];
  const failures = validations.flatMap(({ expression, compiled, message, messageExpression, reason }) => {
    const outcome = evaluation.run(compiled, expression);
    if (!outcome.ok) return error(outcome.error);
    if (outcome.value === true) return [];
    const said = messageOf(evaluation, messageExpression) || message || `failed expression: ${expression.trim()}`;
    return [{ message: said, reason }];
  });
  const unpublished = annotations.flatMap(({ expression, compiled }) => {
    const outcome = evaluation.run(compiled, expression);
    return outcome.ok ? [] : error(outcome.error);
  });
  return [...failures, ...unpublished.map((failure) => ({ ...failure, always: true as const }))];
};

const bindingsOf = (policy: Policy, { store }: AdmissionContext): readonly Binding[] =>
  store.list('ValidatingAdmissionPolicyBinding').filter(({ spec }) => spec?.policyName === policy.metadata.name);

const denialsOf = (request: PolicyRequest, context: AdmissionContext): readonly Denial[] =>
  context.store.list('ValidatingAdmissionPolicy').flatMap((policy) => {
    const { spec } = policy;
    if (spec === undefined || !matchesResources(spec.matchConstraints, request, context.store)) return [];
    return bindingsOf(policy, context)
      .filter((binding) => matchesResources(binding.spec?.matchResources, request, context.store))
      .flatMap((binding) => denialsOfBinding(policy, spec, binding, request, context));
  });

const denialsOfBinding = (
  policy: Policy,
  spec: Spec,
  binding: Binding,
  request: PolicyRequest,
  context: AdmissionContext,
): readonly Denial[] => {
  const actions = binding.spec?.validationActions ?? [];
  const denial = ({ message, reason, always }: Failure): Denial => ({
    policy,
    binding,
    message,
    reason,
    actions: always ? ['Deny'] : actions,
  });
  const params = collectParams(spec.paramKind, binding.spec?.paramRef, request.namespace, context);
  if (params.ok) return params.params.flatMap((param) => failuresOf(spec, request, param, context)).map(denial);
  if (spec.failurePolicy === 'Ignore') return [];
  return [{ policy, binding, message: `failed to configure binding: ${params.error}`, reason: 'Invalid', actions: ['Deny'] }];
};

const codes = new Map([
  ['Unauthorized', 401],
  ['Forbidden', 403],
  ['RequestEntityTooLarge', 413],
]);

const refusalOf = (object: Stored, { policy, binding, message, reason }: Denial): Refusal => {
  const text = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${message}`;
  return {
    ...forbidden(object, text),
    code: codes.get(reason) ?? 422,
    reason,
    causes: [{ type: 'FieldValueForbidden', field: '', message: text }],
  };
};

const judge = (object: Stored | undefined, previous: Stored | undefined, context: AdmissionContext): readonly Denial[] => {
  const request = requestOf(object, previous, context);
  return request === undefined || isExempt(request) ? [] : denialsOf(request, context);
};

const refuse = (object: Stored | undefined, previous: Stored | undefined, context: AdmissionContext): Refusal | undefined => {
  const subject = object ?? previous;
  const denial = judge(object, previous, context).find(({ actions }) => actions.includes('Deny'));
  return denial === undefined || subject === undefined ? undefined : refusalOf(subject, denial);
};

const warns = ({ store }: AdmissionContext): boolean =>
  store.list('ValidatingAdmissionPolicyBinding').some(({ spec }) => spec?.validationActions?.includes('Warn'));

/**
 * ValidatingAdmissionPolicy: expressions of CEL that an object, and a deletion, must satisfy wherever a binding says so
 * (kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy). What is audited goes nowhere here.
 */
export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  ruledBy: 'ValidatingAdmissionPolicyBinding',
  validate: (object, context, previous) => refuse(object, previous, context),
  validateDelete: (object, context) => refuse(undefined, object, context),
  warn: (object, context, previous) => {
    if (!warns(context)) return [];
    return judge(object, previous, context)
      .filter(({ actions }) => actions.includes('Warn'))
      .map(
        ({ policy, binding, message }) =>
          `Validation failed for ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}': ${message}`,
      );
  },
};
