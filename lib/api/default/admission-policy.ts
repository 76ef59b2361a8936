import type {
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  NamedRuleWithOperations,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../generated/types.js';
import { at, chain, each, fill } from './fill.js';

const rules = each((rule: NamedRuleWithOperations) => fill(rule, { scope: '*' }));

const matchResources = chain<MatchResources>(
  (value) => fill(value, { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }),
  (value) => at(value, 'resourceRules', rules),
  (value) => at(value, 'excludeResourceRules', rules),
);

const paramRef = (value: ParamRef): ParamRef => fill(value, { parameterNotFoundAction: 'Deny' });

export const validatingAdmissionPolicy = (value: ValidatingAdmissionPolicy): ValidatingAdmissionPolicy =>
  at(value, 'spec', (spec) => at(fill(spec, { failurePolicy: 'Fail' }), 'matchConstraints', matchResources));

export const mutatingAdmissionPolicy = (value: MutatingAdmissionPolicy): MutatingAdmissionPolicy =>
  at(value, 'spec', (spec) =>
    at(fill(spec, { failurePolicy: 'Fail', reinvocationPolicy: 'Never' }), 'matchConstraints', matchResources),
  );

export const policyBinding = <T extends ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding>(value: T): T =>
  at(value as ValidatingAdmissionPolicyBinding, 'spec', (spec) =>
    at(at(spec, 'paramRef', paramRef), 'matchResources', matchResources),
  ) as T;
