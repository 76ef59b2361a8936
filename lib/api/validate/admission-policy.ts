import { reservedWords } from '../cel/literal.js';
import type {
  AuditAnnotation,
  MatchCondition,
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  Mutation,
  NamedRuleWithOperations,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
  Variable,
} from '../generated/types.js';
import { dns1035Label, dns1123Subdomain, qualifiedName } from '../names.js';
import { type CompiledExpression, PolicyCompiler } from '../policy-programs.js';
import type { Faults } from './faults.js';
import { pathSegmentName } from './format.js';
import { validateLabelSelector } from './labels.js';
import { Path } from './path.js';

const spec_ = Path.of('spec');

const supported = (value: string, at: Path, allowed: readonly string[], faults: Faults): void => {
  if (!allowed.includes(value)) faults.notSupported(at, value, allowed);
};

const required = (value: string | undefined, at: Path, allowed: readonly string[], faults: Faults): void => {
  if (value === undefined || value === '') faults.required(at);
  else supported(value, at, allowed, faults);
};

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];

/** A list that must not be empty, and of which `*` is the only item or none. */
const wildcards = (items: readonly string[] | undefined, at: Path, what: string, faults: Faults): readonly string[] => {
  if (!items?.length) {
    faults.required(at);
    return [];
  }
  if (items.length > 1 && items.includes('*')) faults.invalid(at, items, `if '*' is present, must not specify other ${what}`);
  return items;
};

const resources = (names: readonly string[] | undefined, at: Path, faults: Faults): void => {
  if (!names?.length) {
    faults.required(at);
    return;
  }
  const wildResources = new Set<string>();
  const wildSubresources = new Set<string>();
  let hasDouble = false;
  let hasSingle = false;
  for (const [index, name] of names.entries()) {
    if (name === '') faults.required(at.index(index));
    if (name === '*/*') hasDouble = true;
    if (name === '*') hasSingle = true;
    const [resource = '', subresource] = name.split(/\/(.*)/s, 2);
    if (subresource === undefined) continue;
    if (wildResources.has(resource))
      faults.invalid(at.index(index), name, `if '${resource}/*' is present, must not specify ${name}`);
    if (wildSubresources.has(subresource)) {
      faults.invalid(at.index(index), name, `if '*/${subresource}' is present, must not specify ${name}`);
    }
    if (subresource === '*') wildResources.add(resource);
    if (resource === '*') wildSubresources.add(subresource);
  }
  if (names.length > 1 && hasDouble) faults.invalid(at, names, "if '*/*' is present, must not specify other resources");
  if (hasSingle && names.some((name) => !name.includes('/') && name !== '*')) {
    faults.invalid(at, names, "if '*' is present, must not specify other resources without subresources");
  }
};

const rule = (value: NamedRuleWithOperations, at: Path, faults: Faults): void => {
  const names = new Set<string>();
  for (const [index, name] of (value.resourceNames ?? []).entries()) {
    const place = at.child('resourceNames').index(index);
    faults.invalidEach(place, name, pathSegmentName(name));
    if (names.has(name)) faults.duplicate(place, name);
    names.add(name);
  }
  for (const [index, operation] of wildcards(value.operations, at.child('operations'), 'operations', faults).entries()) {
    supported(operation, at.child('operations').index(index), operations, faults);
  }
  wildcards(value.apiGroups, at.child('apiGroups'), 'API groups', faults);
  for (const [index, version] of wildcards(value.apiVersions, at.child('apiVersions'), 'API versions', faults).entries()) {
    if (version === '') faults.required(at.child('apiVersions').index(index));
  }
  resources(value.resources, at.child('resources'), faults);
  if (value.scope !== undefined) supported(value.scope, at.child('scope'), scopes, faults);
};

const matchResources = (value: MatchResources, at: Path, faults: Faults): void => {
  required(value.matchPolicy, at.child('matchPolicy'), ['Equivalent', 'Exact'], faults);
  for (const field of ['namespaceSelector', 'objectSelector'] as const) {
    if (value[field] === undefined) faults.required(at.child(field));
    else validateLabelSelector(value[field], at.child(field), faults);
  }
  for (const field of ['resourceRules', 'excludeResourceRules'] as const) {
    for (const [index, item] of (value[field] ?? []).entries()) rule(item, at.child(field).index(index), faults);
  }
};

const paramKind = ({ apiVersion = '', kind = '' }: ParamKind, at: Path, faults: Faults): void => {
  const parts = apiVersion.split('/');
  const [group = '', version = ''] = parts.length === 1 ? ['', apiVersion] : parts;
  const place = at.child('apiVersion');
  if (apiVersion === '') faults.required(place);
  else if (parts.length > 2) faults.invalid(place, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
  else {
    const groupFaults = group === '' ? [] : dns1123Subdomain(group);
    if (groupFaults.length > 0) faults.invalid(place, group, groupFaults.join(','));
    const versionFaults = dns1035Label(version);
    if (version === '') faults.invalid(place, apiVersion, 'version must be specified');
    else if (versionFaults.length > 0) faults.invalid(place, version, versionFaults.join(','));
  }
  const kindFaults = dns1035Label(kind.toLowerCase());
  if (kind === '') faults.required(at.child('kind'));
  else if (kindFaults.length > 0) {
    faults.invalid(at.child('kind'), kind, `may have mixed case, but should otherwise match: ${kindFaults.join(',')}`);
  }
};

const expressionFault = (compiled: CompiledExpression, expression: string, at: Path, faults: Faults): void => {
  if (!compiled.ok) faults.invalid(at, expression, compiled.error);
};

const matchConditions = (conditions: readonly MatchCondition[], compiler: PolicyCompiler, at: Path, faults: Faults): void => {
  if (conditions.length > 64) faults.tooMany(at, conditions.length, 64);
  const names = new Set<string>();
  for (const [index, { name = '', expression = '' }] of conditions.entries()) {
    const place = at.index(index);
    const trimmed = expression.trim();
    if (trimmed === '') faults.required(place.child('expression'));
    else expressionFault(compiler.compile(trimmed, 'bool', { composes: false }), trimmed, place.child('expression'), faults);
    if (name === '') faults.required(place.child('name'));
    else faults.invalidEach(place.child('name'), name, qualifiedName(name));
    if (name !== '' && names.has(name)) faults.duplicate(place.child('name'), name);
    names.add(name);
  }
};

const isIdentifier = (name: string): boolean => /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) && !reservedWords.has(name);

const variables = (list: readonly Variable[], compiler: PolicyCompiler, at: Path, faults: Faults): void => {
  for (const [index, variable] of list.entries()) {
    const { name = '', expression = '' } = variable;
    const place = at.index(index);
    if (name.trim() === '') faults.required(place.child('name'), 'name is not specified');
    else if (!isIdentifier(name)) faults.invalid(place.child('name'), name, 'name is not a valid CEL identifier');
    if (expression.trim() === '') faults.required(place.child('expression'), 'expression is not specified');
    else expressionFault(compiler.variable(variable), expression, place.child('expression'), faults);
  }
};

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

const validation = (value: Validation, compiler: PolicyCompiler, at: Path, faults: Faults): void => {
  const { expression = '', message = '', messageExpression = '', reason } = value;
  if (expression.trim() === '') faults.required(at.child('expression'), 'expression is not specified');
  else expressionFault(compiler.compile(expression, 'bool'), expression, at.child('expression'), faults);
  const place = at.child('messageExpression');
  if (messageExpression !== '' && messageExpression.trim() === '') {
    faults.invalid(place, messageExpression, 'must be non-empty if specified');
  } else if (messageExpression !== '') {
    expressionFault(compiler.compile(messageExpression, 'string', { authorizer: false }), messageExpression, place, faults);
  }
  if (message !== '' && message.trim() === '')
    faults.invalid(at.child('message'), message, 'message must be non-empty if specified');
  else if (/[\n\r]/.test(message.trim())) faults.invalid(at.child('message'), message, 'message must not contain line breaks');
  if (reason !== undefined) supported(reason, at.child('reason'), reasons, faults);
};

const mostAnnotations = 20;
const mostExpressionBytes = 5 * 1024;

const annotation = (
  value: AuditAnnotation,
  name: string | undefined,
  compiler: PolicyCompiler,
  at: Path,
  faults: Faults,
): void => {
  const { key = '', valueExpression = '' } = value;
  if (!name) faults.invalid(at.child('key'), key, 'requires metadata.name be non-empty');
  else faults.invalidEach(at.child('key'), `${name}/${key}`, qualifiedName(`${name}/${key}`));
  const place = at.child('valueExpression');
  const trimmed = valueExpression.trim();
  if (trimmed === '') faults.required(place, 'valueExpression is not specified');
  else if (new TextEncoder().encode(trimmed).length > mostExpressionBytes) {
    faults.required(place, `must not exceed ${mostExpressionBytes} bytes in length`);
  } else expressionFault(compiler.compile(trimmed, 'annotation'), valueExpression, place, faults);
};

const failurePolicies = ['Fail', 'Ignore'];

/** What the specs of both kinds of policies have in common. */
const policy = (
  spec: NonNullable<ValidatingAdmissionPolicy['spec'] | MutatingAdmissionPolicy['spec']>,
  compiler: PolicyCompiler,
  faults: Faults,
): void => {
  required(spec.failurePolicy, spec_.child('failurePolicy'), failurePolicies, faults);
  if (spec.paramKind !== undefined) paramKind(spec.paramKind, spec_.child('paramKind'), faults);
  const constraints = spec_.child('matchConstraints');
  if (spec.matchConstraints === undefined) faults.required(constraints);
  else {
    matchResources(spec.matchConstraints, constraints, faults);
    if (!spec.matchConstraints.resourceRules?.length) faults.required(constraints.child('resourceRules'));
  }
  matchConditions(spec.matchConditions ?? [], compiler, spec_.child('matchConditions'), faults);
  variables(spec.variables ?? [], compiler, spec_.child('variables'), faults);
};

export const validatingAdmissionPolicy = ({ metadata, spec = {} }: ValidatingAdmissionPolicy, faults: Faults): void => {
  const compiler = new PolicyCompiler(spec);
  policy(spec, compiler, faults);
  const { validations = [], auditAnnotations = [] } = spec;
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const text = 'validations or auditAnnotations must contain at least one item';
    faults.required(spec_.child('validations'), text);
    faults.required(spec_.child('auditAnnotations'), text);
    return;
  }
  for (const [index, value] of validations.entries()) {
    validation(value, compiler, spec_.child('validations').index(index), faults);
  }
  const place = spec_.child('auditAnnotations');
  if (auditAnnotations.length > mostAnnotations) {
    faults.invalid(place, auditAnnotations, `must not have more than ${mostAnnotations} auditAnnotations`);
  }
  const keys = new Set<string>();
  for (const [index, value] of auditAnnotations.entries()) {
    annotation(value, metadata?.name, compiler, place.index(index), faults);
    if (keys.has(value.key)) faults.duplicate(place.index(index).child('key'), value.key);
    keys.add(value.key);
  }
};

const patchTypes = ['ApplyConfiguration', 'JSONPatch'];

const mutation = (
  { patchType, applyConfiguration, jsonPatch }: Mutation,
  compiler: PolicyCompiler,
  at: Path,
  faults: Faults,
): void => {
  required(patchType, at.child('patchType'), patchTypes, faults);
  const fields = [
    ['ApplyConfiguration', 'applyConfiguration', applyConfiguration, 'object'],
    ['JSONPatch', 'jsonPatch', jsonPatch, 'patch'],
  ] as const;
  for (const [type, field, value, result] of fields) {
    const place = at.child(field);
    if (patchType !== type) {
      if (value !== undefined && patchTypes.includes(patchType)) {
        faults.invalid(place, value, `may not be specified when patchType is ${patchType}`);
      }
      continue;
    }
    if (value === undefined) faults.required(place);
    else if ((value.expression ?? '').trim() === '') faults.required(place.child('expression'), 'expression is not specified');
    else {
      const { expression = '' } = value;
      expressionFault(compiler.compile(expression, result), expression, place.child('expression'), faults);
    }
  }
};

export const mutatingAdmissionPolicy = ({ spec = {} }: MutatingAdmissionPolicy, faults: Faults): void => {
  const compiler = new PolicyCompiler(spec);
  policy(spec, compiler, faults);
  const { mutations = [], reinvocationPolicy } = spec;
  if (mutations.length === 0) faults.required(spec_.child('mutations'), 'mutations must contain at least one item');
  for (const [index, value] of mutations.entries()) mutation(value, compiler, spec_.child('mutations').index(index), faults);
  required(reinvocationPolicy, spec_.child('reinvocationPolicy'), ['IfNeeded', 'Never'], faults);
};

const paramRef = ({ name = '', selector, parameterNotFoundAction }: ParamRef, at: Path, faults: Faults): void => {
  const exclusive = 'name and selector are mutually exclusive';
  if (name !== '') {
    faults.invalidEach(at.child('name'), name, pathSegmentName(name));
    if (selector !== undefined) faults.forbidden(at.child('name'), exclusive);
  }
  if (selector !== undefined) {
    validateLabelSelector(selector, at.child('selector'), faults);
    if (name !== '') faults.forbidden(at.child('selector'), exclusive);
  }
  if (name === '' && selector === undefined) faults.required(at, 'one of name or selector must be specified');
  required(parameterNotFoundAction, at.child('parameterNotFoundAction'), ['Deny', 'Allow'], faults);
};

const binding = (
  spec: {
    readonly policyName?: string | undefined;
    readonly paramRef?: ParamRef | undefined;
    readonly matchResources?: MatchResources | undefined;
  },
  faults: Faults,
): void => {
  const { policyName = '' } = spec;
  if (policyName === '') faults.required(spec_.child('policyName'));
  else faults.invalidEach(spec_.child('policyName'), policyName, dns1123Subdomain(policyName));
  if (spec.paramRef !== undefined) paramRef(spec.paramRef, spec_.child('paramRef'), faults);
  // The server misspells the field here.
  if (spec.matchResources !== undefined) matchResources(spec.matchResources, spec_.child('matchResouces'), faults);
};

export const validatingAdmissionPolicyBinding = ({ spec }: ValidatingAdmissionPolicyBinding, faults: Faults): void => {
  binding(spec ?? {}, faults);
  const validationActions = spec?.validationActions ?? [];
  const at = spec_.child('validationActions');
  const seen = new Set<string>();
  for (const [index, action] of validationActions.entries()) {
    supported(action, at.index(index), ['Audit', 'Deny', 'Warn'], faults);
    if (seen.has(action)) faults.duplicate(at.index(index), action);
    seen.add(action);
  }
  if (seen.has('Deny') && seen.has('Warn')) {
    const why = '(repeating the same validation failure information in the API response and headers serves no purpose)';
    faults.invalid(at, validationActions, `must not contain both Deny and Warn ${why}`);
  }
  if (seen.size === 0) faults.required(at, 'at least one validation action is required');
};

export const mutatingAdmissionPolicyBinding = ({ spec = {} }: MutatingAdmissionPolicyBinding, faults: Faults): void =>
  binding(spec, faults);
