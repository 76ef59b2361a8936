import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { configMap, deployment, faults, judge, service } from './manifests.js';

const container = (fields: object) => ({ containers: [{ name: 'main', image: 'nginx:1.27', ...fields }] });

describe('a manifest that works has no fault', () => {
  test.each<readonly [string, readonly KubeObject[]]>([
    ['a Deployment behind a Service', [deployment('web'), service('web')]],
    [
      'settings that exist',
      [
        configMap('settings', { A: '1' }),
        deployment('web', container({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'A' } } }] })),
      ],
    ],
    ['an optional reference', [deployment('web', container({ envFrom: [{ configMapRef: { name: 'maybe', optional: true } }] }))]],
    ['a Service without selector', [service('outside', { selector: undefined })]],
    ['a Service of a Deployment scaled to zero', [deployment('web', {}, { replicas: 0 }), service('web')]],
  ])('%s', (_, objects) => expect(faults(judge(objects))).toEqual([]));
});

describe('each fault is found once, with its place and a way out', () => {
  test('an unknown field: the name that was meant', () => {
    const { findings, accepted } = judge([deployment('web', container({ comand: ['x'] }))]);
    expect(accepted).toBe(false);
    expect(findings[0]).toMatchObject({
      code: 'api/unknown-field',
      message: 'Deployment default/web: unknown field "spec.template.spec.containers[0].comand"',
      source: { file: 'test.yaml', line: 1 },
      fix: { text: 'write command instead of comand', verified: true },
    });
  });

  test('a field one level too high: it is moved', () => {
    const { findings } = judge([deployment('web', {}, { serviceAccountName: 'default' })]);
    expect(findings[0]).toMatchObject({
      code: 'api/unknown-field',
      fix: { text: 'move spec.serviceAccountName to spec.template.spec.serviceAccountName', verified: true },
    });
  });

  test('several faults of one manifest: all of them', () => {
    const found = faults(judge([service('web', { type: 'NodePrt', ports: [{ port: 0 }, { port: 80, nodePort: 99 }] })]));
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(new Set(found).size).toBe(found.length);
  });

  test('a removed API version: the one to use', () => {
    const { findings } = judge([{ ...deployment('web'), apiVersion: 'extensions/v1beta1' }]);
    expect(findings[0]).toMatchObject({ code: 'api/removed-version' });
    expect(JSON.stringify(findings[0])).toContain('apps/v1');
  });

  test('an unknown kind', () => {
    expect(judge([{ apiVersion: 'v1', kind: 'Pood', metadata: { name: 'x' } }]).findings[0]).toMatchObject({
      code: 'api/unknown-kind',
    });
  });

  test('a missing ConfigMap: the name that was meant', () => {
    const { findings } = judge([
      configMap('settings', { A: '1' }),
      deployment('web', container({ envFrom: [{ configMapRef: { name: 'setings' } }] })),
    ]);
    expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject([
      {
        code: 'reference/missing-object',
        message: 'Deployment default/web needs ConfigMap "setings", which does not exist in namespace default',
        fix: { text: 'write "settings" instead of "setings"', verified: true },
      },
    ]);
  });

  test('a missing key', () => {
    const { findings } = judge([
      configMap('settings', { LEVEL: '1' }),
      deployment('web', container({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'LEVL' } } }] })),
    ]);
    expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'reference/missing-key', fix: { text: 'read "LEVEL"', verified: true } },
    ]);
  });

  test('more memory than any node has: what fits', () => {
    const { findings } = judge([deployment('web', container({ resources: { requests: { memory: '64Gi' } } }))]);
    expect(findings[0]).toMatchObject({ code: 'schedule/unschedulable', fix: { verified: true } });
    expect(findings[0]?.fix?.text).toContain('resources.requests.memory <= 16Gi');
  });

  test('a taint on every node: the toleration', () => {
    const { findings } = judge([deployment('web')], {
      cluster: { nodes: [{ name: 'db', count: 2, taints: ['dedicated=db:NoSchedule'] }] },
    });
    expect(findings[0]).toMatchObject({
      code: 'schedule/unschedulable',
      fix: { text: 'tolerate dedicated=db:NoSchedule', verified: true },
    });
  });

  test('a full pool: one more node', () => {
    const { findings } = judge([deployment('web', container({ resources: { requests: { cpu: '3' } } }), { replicas: 3 })], {
      cluster: { nodes: [{ name: 'general', count: 2 }] },
    });
    expect(findings[0]).toMatchObject({
      code: 'schedule/unschedulable',
      message: expect.stringContaining('1 of 3 Pods of Deployment default/web'),
    });
    expect(findings[0]?.fix).toMatchObject({ verified: true });
  });

  test('a Service that selects nothing: the label that was meant', () => {
    const { findings } = judge([deployment('web'), service('web', { selector: { app: 'wep' } })]);
    expect(findings[0]).toMatchObject({
      code: 'selector/matches-nothing',
      fix: { text: 'set spec.selector.app to "web"', verified: true },
    });
  });

  test('a targetPort that no container has', () => {
    const { findings } = judge([deployment('web'), service('web', { ports: [{ port: 80, targetPort: 'htpp' }] })]);
    expect(findings[0]).toMatchObject({
      code: 'service/port-mismatch',
      severity: 'error',
      fix: { text: 'set spec.ports[0].targetPort to "http"', verified: true },
    });
  });

  test('the same object twice', () => {
    expect(faults(judge([service('web'), service('web'), deployment('web')]))).toEqual([
      expect.stringContaining('input/duplicate: Service default/web is made twice: by test.yaml:1 and by test.yaml:2'),
    ]);
  });

  test('a ServiceAccount that does not exist keeps the Pods from being created', () => {
    expect(faults(judge([deployment('web', { serviceAccountName: 'ghost' })]))).toEqual([
      expect.stringContaining('reference/missing-object: Deployment default/web needs ServiceAccount "ghost"'),
    ]);
  });

  test('an HPA, an Ingress and a binding whose target does not exist', () => {
    const found = faults(
      judge([
        {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'h' },
          spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'ghost' } },
        },
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'Ingress',
          metadata: { name: 'i' },
          spec: { defaultBackend: { service: { name: 'ghost', port: { number: 80 } } } },
        },
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'b' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'ghost' },
          subjects: [],
        },
      ]),
    );
    expect(found.map((each) => each.split(':')[0])).toEqual([
      'reference/missing-object',
      'reference/missing-object',
      'rbac/missing-role',
    ]);
  });
});

describe('a namespace that enforces a Pod Security level', () => {
  const strict: KubeObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
  };
  const within = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, namespace: 'strict' } });

  test('a workload whose Pods it forbids is one fault, with the reason', () => {
    const { findings } = judge([strict, within(deployment('web', container({ securityContext: { privileged: true } })))]);
    expect(findings.filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([
      expect.objectContaining({
        code: 'workload/create-failed',
        message: expect.stringContaining('violates PodSecurity "baseline:latest": privileged'),
      }),
    ]);
  });

  test('a level that is only audited is advice', () => {
    const audited = { ...strict, metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/audit': 'restricted' } } };
    const { findings, accepted } = judge([audited, within(deployment('web'))]);
    expect(accepted).toBe(true);
    expect(findings.find(({ code }) => code === 'pod-security/audited')).toMatchObject({
      severity: 'advice',
      message: expect.stringContaining('would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false'),
    });
  });

  test('a workload that keeps to it is accepted', () => expect(faults(judge([strict, within(deployment('web'))]))).toEqual([]));
});

describe('what forbids the Pods of a workload is named, with a way out that was tried', () => {
  const quota = (hard: Readonly<Record<string, string>>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'small' },
    spec: { hard },
  });
  const asking = container({ resources: { requests: { cpu: '400m' } } });

  test('a quota that is too small: as much more as is missing', () => {
    const { findings } = judge([quota({ 'requests.cpu': '1', pods: '10' }), deployment('web', asking, { replicas: 4 })]);
    expect(findings[0]).toMatchObject({
      code: 'workload/create-failed',
      message: expect.stringContaining('exceeded quota: small, requested: requests.cpu=400m, used: requests.cpu=800m'),
      evidence: [{ kind: 'object', object: { kind: 'ResourceQuota', name: 'small' }, source: { file: 'test.yaml', line: 1 } }],
      fix: { text: 'raise requests.cpu to 1600m in ResourceQuota small', verified: true },
    });
  });

  test('a quota of a resource that a container does not mention', () => {
    const { findings } = judge([quota({ 'requests.cpu': '1' }), deployment('web')]);
    expect(findings[0]?.fix?.text).toBe('set requests.cpu of container main, or give the namespace a LimitRange with defaults');
  });

  test('a Pod Security level: the fields that it asks for', () => {
    const strict: KubeObject = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    };
    const web = deployment('web');
    const { findings } = judge([strict, { ...web, metadata: { ...web.metadata, namespace: 'strict' } }]);
    expect(findings[0]).toMatchObject({
      evidence: [{ object: { kind: 'Namespace', name: 'strict' } }],
      fix: { text: expect.stringContaining('securityContext.runAsNonRoot: true'), verified: true },
    });
  });

  test('a policy that comes in the same set of manifests', () => {
    const admission = 'admissionregistration.k8s.io/v1';
    const policy: KubeObject = {
      apiVersion: admission,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'few' },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }],
        },
        validations: [{ expression: 'object.spec.replicas <= 5', message: 'at most 5 replicas' }],
      },
    };
    const binding: KubeObject = {
      apiVersion: admission,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'few' },
      spec: { policyName: 'few', validationActions: ['Deny'] },
    };
    const set = (replicas: number) => judge([deployment('web', {}, { replicas }), policy, binding]);
    expect(faults(set(5))).toEqual([]);
    expect(set(6).findings[0]).toMatchObject({
      code: 'api/refused',
      message: expect.stringContaining("ValidatingAdmissionPolicy 'few' with binding 'few' denied request: at most 5 replicas"),
      evidence: expect.arrayContaining([
        expect.objectContaining({ object: { apiVersion: admission, kind: 'ValidatingAdmissionPolicy', name: 'few' } }),
      ]),
    });
  });
});

describe('what the server accepts and what then silently fails', () => {
  const hook = (name: string): KubeObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'guard' },
    webhooks: [
      {
        name: 'guard.example.com',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        clientConfig: { service: { name, namespace: 'default', path: '/judge' } },
      },
    ],
  });
  const api = (name: string): KubeObject => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.things.example.com' },
    spec: {
      group: 'things.example.com',
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 10,
      service: { name, namespace: 'default' },
    },
  });
  const binding = (policyName: string): KubeObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'bound' },
    spec: { policyName, validationActions: ['Deny'] },
  });

  test.each<readonly [string, KubeObject, string, string]>([
    ['a webhook without its Service', hook('gaurd'), 'webhooks[0].clientConfig.service.name', 'Service default/gaurd'],
    ['an aggregated API without its Service', api('gaurd'), 'spec.service.name', 'Service default/gaurd'],
    ['a binding without its policy', binding('nothing'), 'spec.policyName', 'ValidatingAdmissionPolicy "nothing"'],
  ])('%s', (_, object, path, target) => {
    const { findings, accepted } = judge([deployment('guard'), service('guard'), object]);
    expect(accepted).toBe(false);
    expect(findings[0]).toMatchObject({ code: 'reference/missing-object', evidence: [{ path, message: `names ${target}` }] });
  });

  test('with the Service there is no fault, and a slip of the pen is mended', () => {
    const guard = [deployment('guard'), service('guard', { ports: [{ port: 443, targetPort: 80 }] })];
    expect(faults(judge([...guard, hook('guard'), api('guard')]))).toEqual([]);
    expect(judge([...guard, hook('gaurd')]).findings[0]?.fix).toEqual({
      text: 'write "guard" instead of "gaurd"',
      verified: true,
    });
  });
});

describe('what is legal and does nothing', () => {
  const role = (resources: readonly string[], apiGroups = ['']): KubeObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'r' },
    rules: [{ apiGroups, resources, verbs: ['get'] }],
  });

  test('a rule for a resource that no group has', () => {
    expect(judge([role(['pods', 'pods/logs'])]).findings[0]).toMatchObject({
      code: 'rbac/unknown-resource',
      severity: 'warning',
      fix: { text: 'write "pods/log"', verified: true },
    });
    expect(judge([role(['deployments'])]).findings[0]).toMatchObject({
      code: 'rbac/unknown-resource',
      fix: { text: 'set rules[0].apiGroups to ["apps"]' },
    });
    expect(faults(judge([role(['pods', 'pods/log', 'configmaps', '*'])]))).toEqual([]);
    expect(faults(judge([role(['widgets'], ['example.com'])]))).toEqual([]);
    // Served nowhere, but asked for: by the kubelet, by impersonation, by admission of owner references.
    expect(faults(judge([role(['nodes/metrics', 'users', 'services/finalizers'])]))).toEqual([]);
  });

  test('a NetworkPolicy or a budget that selects no Pod', () => {
    const policy = (app: string): KubeObject => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'n' },
      spec: { podSelector: { matchLabels: { app } } },
    });
    expect(faults(judge([deployment('web'), policy('web')]))).toEqual([]);
    expect(faults(judge([deployment('web'), policy('wep')]))).toEqual([
      'selector/matches-nothing: NetworkPolicy default/n selects app=wep, which no Pod in namespace default has: it protects nothing',
    ]);
  });

  test('an Ingress to a port that the Service does not offer', () => {
    const ingress: KubeObject = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'i' },
      spec: { defaultBackend: { service: { name: 'web', port: { number: 8080 } } } },
    };
    expect(judge([deployment('web'), service('web'), ingress]).findings[0]).toMatchObject({
      code: 'service/port-mismatch',
      fix: { text: 'send them to port 80', verified: true },
    });
  });
});

describe('world', () => {
  const web = deployment('web', container({ envFrom: [{ secretRef: { name: 'elsewhere' } }] }));

  test('an open world takes a missing Secret for granted, and says so', () => {
    const { accepted, findings } = judge([web], { cluster: { world: 'open' } });
    expect(accepted).toBe(true);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'assumption/outside',
        severity: 'assumption',
        message: expect.stringContaining('Secret default/elsewhere exists'),
      }),
    );
  });

  test('a closed world refuses it', () => expect(judge([web]).accepted).toBe(false));
});

describe('what the author accepts', () => {
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', annotations: { 'plimsoll.dev/accept.design.bare-pod': 'for a lesson' } },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  };

  test('by annotation', () => {
    expect(judge([pod]).findings).toContainEqual(
      expect.objectContaining({ code: 'design/bare-pod', suppressed: 'for a lesson' }),
    );
  });

  test('in code, and it no longer closes the gate', () => {
    const object = { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'web' };
    const run = judge([service('web')], {
      suppressions: [{ object, code: 'selector/matches-nothing', reason: 'an operator makes the Pods' }],
    });
    expect(run.accepted).toBe(true);
    expect(run.findings[0]).toMatchObject({ code: 'selector/matches-nothing', suppressed: 'an operator makes the Pods' });
  });

  test('strict: warnings close the gate', () => {
    const objects = [deployment('web'), service('web', { ports: [{ port: 80, targetPort: 8080 }] })];
    expect(judge(objects).accepted).toBe(true);
    expect(judge(objects, { strict: true }).accepted).toBe(false);
  });
});
