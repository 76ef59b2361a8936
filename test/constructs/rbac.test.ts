import { Chart, Testing } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  Deployment,
  group,
  PlimsollError,
  RbacBundle,
  Role,
  RoleBinding,
  rule,
  ServiceAccount,
  serviceAccount,
  user,
} from '../../lib/constructs/index.js';
import { yaml } from './yaml.js';

const chart = () => new Chart(Testing.app(), 'web', { namespace: 'web' });
const containers = { api: { image: 'api:1' } };

describe('permissions', () => {
  test('S33: Role: the API group follows from the resource', () => {
    const scope = chart();
    const settings = new ConfigMap(scope, 'settings', { data: { A: 'a' } });
    const role = new Role(scope, 'reader', {
      rules: [
        {
          pods: ['get', 'list', 'watch'],
          'pods/log': ['get'],
          'deployments/scale': ['patch'],
          configmaps: { verbs: ['get'], names: [settings, 'kube-root-ca.crt'] },
          events: { verbs: ['create'], apiGroup: 'events.k8s.io' },
          ingresses: ['*'],
        },
        rule({ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] }),
      ],
    });
    expect(yaml(role)).toMatchInlineSnapshot(`
      "
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata:
        name: reader
        namespace: web
      rules:
        - apiGroups:
            - ""
          resources:
            - pods
          verbs:
            - get
            - list
            - watch
        - apiGroups:
            - ""
          resources:
            - pods/log
          verbs:
            - get
        - apiGroups:
            - apps
          resources:
            - deployments/scale
          verbs:
            - patch
        - apiGroups:
            - ""
          resourceNames:
            - settings
            - kube-root-ca.crt
          resources:
            - configmaps
          verbs:
            - get
        - apiGroups:
            - events.k8s.io
          resources:
            - events
          verbs:
            - create
        - apiGroups:
            - networking.k8s.io
          resources:
            - ingresses
          verbs:
            - "*"
        - apiGroups:
            - example.com
          resources:
            - widgets
          verbs:
            - get
      "
    `);
    expect(new Role(scope, 'all', { rules: { '*': ['*'] } }).toJson().rules).toEqual([
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    ]);
  });

  test('S33: ClusterRole: URLs, aggregation', () => {
    const scope = chart();
    const monitoring = new ClusterRole(scope, 'monitoring', {
      aggregates: { 'rbac.example.com/aggregate-to-monitoring': 'true' },
    });
    const agent = new ClusterRole(scope, 'agent', {
      aggregateTo: ['view'],
      labels: { team: 'ops' },
      rules: { nodes: ['get', 'list'], 'nodes/metrics': ['get'] },
      urls: { '/metrics': ['get'] },
    });
    expect(yaml(monitoring)).toMatchInlineSnapshot(`
      "
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata:
        name: monitoring
      aggregationRule:
        clusterRoleSelectors:
          - matchLabels:
              rbac.example.com/aggregate-to-monitoring: "true"
      rules: []
      "
    `);
    expect(yaml(agent)).toMatchInlineSnapshot(`
      "
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata:
        labels:
          rbac.authorization.k8s.io/aggregate-to-view: "true"
          team: ops
        name: agent
      rules:
        - apiGroups:
            - ""
          resources:
            - nodes
          verbs:
            - get
            - list
        - apiGroups:
            - ""
          resources:
            - nodes/metrics
          verbs:
            - get
        - nonResourceURLs:
            - /metrics
          verbs:
            - get
      "
    `);
  });

  test('S33: bindings to users, groups, ServiceAccounts and workloads', () => {
    const scope = chart();
    const role = new Role(scope, 'reader', { rules: { pods: ['get'] } });
    const account = new ServiceAccount(scope, 'agent', { automountServiceAccountToken: false, imagePullSecrets: ['registry'] });
    const named = new Deployment(scope, 'named', { serviceAccount: account, containers });
    const unnamed = new Deployment(scope, 'unnamed', { containers });
    const binding = new RoleBinding(scope, 'readers', {
      role,
      subjects: [user('jane'), group('developers'), account, serviceAccount('ops', 'robot'), named, unnamed],
    });
    expect(yaml(account)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: agent
        namespace: web
      automountServiceAccountToken: false
      imagePullSecrets:
        - name: registry
      "
    `);
    expect(yaml(binding)).toMatchInlineSnapshot(`
      "
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata:
        name: readers
        namespace: web
      roleRef:
        apiGroup: rbac.authorization.k8s.io
        kind: Role
        name: reader
      subjects:
        - apiGroup: rbac.authorization.k8s.io
          kind: User
          name: jane
        - apiGroup: rbac.authorization.k8s.io
          kind: Group
          name: developers
        - kind: ServiceAccount
          name: agent
          namespace: web
        - kind: ServiceAccount
          name: robot
          namespace: ops
        - kind: ServiceAccount
          name: agent
          namespace: web
        - kind: ServiceAccount
          name: default
          namespace: web
      "
    `);
    expect(new RoleBinding(scope, 'viewers', { role: 'view', subjects: [group('all')] }).toJson().roleRef).toEqual({
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'view',
    });
    const cluster = new ClusterRoleBinding(scope, 'ops', { role: 'cluster-admin', subjects: [group('ops')] });
    expect(cluster.toJson().metadata).toEqual({ name: 'ops' });
  });

  test('a bundle gives a workload a ServiceAccount of its own', () => {
    const scope = chart();
    const api = new Deployment(scope, 'api', { containers });
    new RbacBundle(scope, 'api-reader', { for: api, rules: { configmaps: ['get'] }, clusterRules: { nodes: ['list'] } });
    new RbacBundle(scope, 'api-writer', { for: api, rules: { configmaps: ['update'] } });
    const objects = Testing.synth(scope);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)).toEqual([
      'Deployment web/api',
      'ServiceAccount web/api',
      'Role web/api-reader',
      'RoleBinding web/api-reader',
      'ClusterRole /web-api-reader',
      'ClusterRoleBinding /web-api-reader',
      'Role web/api-writer',
      'RoleBinding web/api-writer',
    ]);
    expect(objects[0].spec.template.spec.serviceAccountName).toBe('api');
    const subject = { kind: 'ServiceAccount', name: 'api', namespace: 'web' };
    expect(objects.filter(({ kind }) => kind.endsWith('Binding')).map(({ subjects }) => subjects)).toEqual([
      [subject],
      [subject],
      [subject],
    ]);
  });

  test('a bundle leaves a ServiceAccount that the workload has', () => {
    const scope = chart();
    const api = new Deployment(scope, 'api', { serviceAccount: 'robot', containers });
    new RbacBundle(scope, 'api-reader', { for: api, rules: { configmaps: ['get'] } });
    expect(Testing.synth(scope).map(({ kind }) => kind)).toEqual(['Deployment', 'Role', 'RoleBinding']);
    expect(() => api.runAs('other')).toThrow("web/api: runs as ServiceAccount 'robot' already, so it cannot run as 'other'");
  });

  test('a Role is bound in its own namespace', () => {
    const scope = chart();
    const role = new Role(scope, 'reader', { rules: { pods: ['get'] } });
    expect(() => new RoleBinding(scope, 'elsewhere', { namespace: 'data', role, subjects: [] })).toThrow(PlimsollError);
  });
});
