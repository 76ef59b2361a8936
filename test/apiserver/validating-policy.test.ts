import { beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import type { Verdict } from '../../lib/api/verdict.js';
import { Clock } from '../../lib/apiserver/clock.js';
import type { Stored } from '../../lib/apiserver/kinds.js';
import { patchScale } from '../../lib/apiserver/scale.js';
import { ApiServer } from '../../lib/apiserver/server.js';

let api: ApiServer;

const admission = 'admissionregistration.k8s.io/v1';
const rule = (resources: readonly string[], operations = ['CREATE', 'UPDATE']) => ({
  apiGroups: ['*'],
  apiVersions: ['*'],
  operations,
  resources,
});

const create = (object: KubeObject): Verdict<Stored> => api.create(object);

const policy = (spec: object, name = 'rules'): Verdict<Stored> =>
  create({
    apiVersion: admission,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: { matchConstraints: { resourceRules: [rule(['configmaps'])] }, ...spec },
  });

const bind = (spec: object = {}, name = 'rules'): Verdict<Stored> =>
  create({
    apiVersion: admission,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: `${name}-binding` },
    spec: { policyName: name, validationActions: ['Deny'], ...spec },
  });

const configMap = (name: string, data: Record<string, string> = {}, labels?: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop', ...(labels && { labels }) },
  data,
});

const refusal = (verdict: Verdict<Stored>): string => (verdict.ok ? 'accepted' : verdict.message);

beforeEach(() => {
  api = new ApiServer({ clock: new Clock(), world: 'closed' });
  create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { tier: 'prod' } } });
});

describe('a policy with a binding refuses what fails its expressions', () => {
  test('with the expression, or what the policy says instead', () => {
    policy({ validations: [{ expression: 'object.data.size() < 2' }] });
    expect(refusal(create(configMap('a', { x: '1', y: '2' })))).toBe('accepted');
    bind();
    expect(refusal(create(configMap('b', { x: '1', y: '2' })))).toBe(
      `configmaps "b" is forbidden: ValidatingAdmissionPolicy 'rules' with binding 'rules-binding' denied request: failed expression: object.data.size() < 2`,
    );
    expect(refusal(create(configMap('c', { x: '1' })))).toBe('accepted');
  });

  test('messageExpression before message; reason sets the code', () => {
    policy({
      validations: [
        { expression: 'false', message: 'no', messageExpression: '"not " + object.metadata.name', reason: 'Forbidden' },
      ],
    });
    bind();
    const verdict = create(configMap('a'));
    expect(verdict).toMatchObject({ code: 403, reason: 'Forbidden' });
    expect(refusal(verdict)).toMatch(/denied request: not a$/);
  });

  test('variables are worked out once they are asked for, and know each other', () => {
    policy({
      variables: [
        { name: 'keys', expression: 'object.data.map(k, k)' },
        { name: 'long', expression: 'variables.keys.filter(k, size(k) > 3)' },
      ],
      validations: [{ expression: 'variables.long.size() == 0', messageExpression: '"too long: " + variables.long.join(", ")' }],
    });
    bind();
    expect(refusal(create(configMap('a', { abcd: '' })))).toMatch(/too long: abcd$/);
  });

  test('what cannot be evaluated is refused, or ignored if the policy says so', () => {
    const validations = [{ expression: 'object.metadata.labels["a"] == "b"' }];
    policy({ validations });
    bind();
    expect(refusal(create(configMap('a')))).toMatch(/resulted in error: no such key: labels$/);
    api.delete({ apiVersion: admission, kind: 'ValidatingAdmissionPolicy', name: 'rules' });
    policy({ validations, failurePolicy: 'Ignore' });
    expect(refusal(create(configMap('a')))).toBe('accepted');
  });
});

describe('what a policy is about', () => {
  test('matchConditions and selectors narrow it', () => {
    policy({
      validations: [{ expression: 'false' }],
      matchConditions: [{ name: 'named', expression: 'object.metadata.name != "free"' }],
    });
    bind({
      matchResources: {
        namespaceSelector: { matchLabels: { tier: 'prod' } },
        objectSelector: { matchLabels: { judged: 'yes' } },
      },
    });
    expect(refusal(create(configMap('a')))).toBe('accepted');
    expect(refusal(create(configMap('free', {}, { judged: 'yes' })))).toBe('accepted');
    expect(refusal(create(configMap('b', {}, { judged: 'yes' })))).toMatch(/is forbidden/);
  });

  test('deletions see the old object and who deletes', () => {
    create(configMap('kept', {}, { locked: 'true' }));
    policy({
      matchConstraints: { resourceRules: [rule(['configmaps'], ['DELETE'])] },
      validations: [
        { expression: '!("locked" in oldObject.metadata.labels)', messageExpression: '"not by " + request.userInfo.username' },
      ],
    });
    bind();
    const kept = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'kept' };
    expect(refusal(api.delete(kept, { user: { name: 'alice', groups: [] } }))).toMatch(/not by alice$/);
    expect(api.get(kept)).toBeDefined();
  });

  test('the scale of a workload is a resource of its own', () => {
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'a:1' }] } };
    const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template };
    create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec });
    policy({
      matchConstraints: { resourceRules: [rule(['deployments/scale'])] },
      validations: [{ expression: 'object.spec.replicas <= 5' }],
    });
    bind();
    const web = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
    expect(refusal(patchScale(api, web, { spec: { replicas: 6 } }))).toMatch(/failed expression: object.spec.replicas <= 5$/);
    expect(refusal(patchScale(api, web, { spec: { replicas: 5 } }))).toBe('accepted');
  });

  test('policies are about no policies', () => {
    policy({ matchConstraints: { resourceRules: [rule(['*'])] }, validations: [{ expression: 'false' }] });
    bind();
    expect(refusal(policy({ validations: [{ expression: 'true' }] }, 'other'))).toBe('accepted');
  });
});

describe('parameters', () => {
  const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const validations = [
    { expression: 'object.spec.ports.size() <= int(params.data.most)', messageExpression: '"at most " + params.data.most' },
  ];
  const matchConstraints = { resourceRules: [rule(['services'])] };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      clusterIP: 'None',
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 81 },
      ],
    },
  };

  test('each that a selector finds is judged by', () => {
    create(configMap('few', { most: '1' }, { for: 'services' }));
    create(configMap('many', { most: '9' }, { for: 'services' }));
    policy({ paramKind, validations, matchConstraints });
    bind({ paramRef: { selector: { matchLabels: { for: 'services' } }, parameterNotFoundAction: 'Deny' } });
    expect(refusal(create(service))).toMatch(/at most 1$/);
  });

  test('one that is missing refuses or not, as the binding says', () => {
    policy({ paramKind, validations, matchConstraints });
    bind({ paramRef: { name: 'absent', parameterNotFoundAction: 'Deny' } });
    expect(refusal(create(service))).toMatch(
      /failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction$/,
    );
    api.delete({ apiVersion: admission, kind: 'ValidatingAdmissionPolicyBinding', name: 'rules-binding' });
    bind({ paramRef: { name: 'absent', parameterNotFoundAction: 'Allow' } });
    expect(refusal(create(service))).toBe('accepted');
  });
});

test('a binding may warn instead', () => {
  policy({ validations: [{ expression: 'false', message: 'rather not' }] });
  bind({ validationActions: ['Warn', 'Audit'] });
  expect(create(configMap('a'))).toMatchObject({
    ok: true,
    warnings: ["Validation failed for ValidatingAdmissionPolicy 'rules' with binding 'rules-binding': rather not"],
  });
});

describe('policies themselves', () => {
  test.each([
    [{ validations: [{ expression: 'object.spec.replicas' }] }, 'must evaluate to bool but got dyn'],
    [{ validations: [{ expression: 'params.data.x == "1"' }] }, "undeclared reference to 'params' (in container '')"],
    [{ validations: [{ expression: 'true', messageExpression: '1' }] }, 'must evaluate to string but got int'],
    [
      { validations: [{ expression: 'true' }], variables: [{ name: 'a b', expression: '1' }] },
      'name is not a valid CEL identifier',
    ],
    [{ validations: [{ expression: 'true', reason: 'Never' }] }, 'Unsupported value: "Never"'],
    [{ auditAnnotations: [{ key: 'a', valueExpression: '1' }] }, 'must evaluate to one of [string null_type] but got int'],
    [{ validations: [{ expression: 'true' }], failurePolicy: 'Maybe' }, 'supported values: "Fail", "Ignore"'],
    [
      { matchConstraints: { resourceRules: [] }, validations: [{ expression: 'true' }] },
      'spec.matchConstraints.resourceRules: Required value',
    ],
  ])('%j', (spec, text) => expect(refusal(policy(spec))).toContain(text));
});
