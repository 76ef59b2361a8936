import { describe, expect, test } from 'vitest';
import type { KubeObject, ObjectRef } from '../../lib/api/object.js';
import type { VerifyInput } from '../../lib/verify/verify.js';
import { deployment, faults, judge, service } from './manifests.js';

const group = 'policy.networking.k8s.io';

const definition = (kind: string, plural: string): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/network-policy-api/pull/30' },
  },
  spec: {
    group,
    scope: 'Cluster',
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

const selecting = (app: string) => ({ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app } } } });
const admin = (kind: string, action: string, rest: object = {}): KubeObject => ({
  apiVersion: `${group}/v1alpha1`,
  kind,
  metadata: { name: 'default' },
  spec: { subject: selecting('db'), ingress: [{ action, from: [selecting('web')] }], ...rest },
});

const ref = (kind: string, name: string): ObjectRef =>
  kind === 'Service'
    ? { apiVersion: 'v1', kind, namespace: 'default', name }
    : { apiVersion: 'apps/v1', kind, namespace: 'default', name };
const intents: VerifyInput['intents'] = [
  { kind: 'reaches', from: ref('Deployment', 'web'), to: { kind: 'object', object: ref('Service', 'db') }, provenance: {} },
];
const objects = [
  definition('AdminNetworkPolicy', 'adminnetworkpolicies'),
  definition('BaselineAdminNetworkPolicy', 'baselineadminnetworkpolicies'),
  deployment('web'),
  deployment('db'),
  service('db'),
];
const said = (...more: readonly KubeObject[]) => faults(judge([...objects, ...more], { intents }));

describe('admin policies bind the connections of intents', () => {
  test('one that denies', () => {
    expect(said()).toEqual([]);
    expect(said(admin('AdminNetworkPolicy', 'Deny', { priority: 5 }))).toEqual([
      expect.stringMatching(
        /^network\/unreachable: Deployment default\/web does not reach default\/db: AdminNetworkPolicy default ingress rule 1 denies TCP 80 from Pod default\/web-/,
      ),
    ]);
  });

  test('a baseline, which a NetworkPolicy takes the place of', () => {
    const baseline = admin('BaselineAdminNetworkPolicy', 'Deny');
    expect(said(baseline)).toEqual([expect.stringContaining('BaselineAdminNetworkPolicy default ingress rule 1 denies')]);
    const policy: KubeObject = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'db' },
      spec: {
        podSelector: { matchLabels: { app: 'db' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
      },
    };
    expect(said(baseline, policy)).toEqual([]);
  });

  test('a controller that must reach the backend of an Ingress', () => {
    const cluster = { ingressController: { ingressClass: 'nginx', namespace: 'edge', podLabels: { app: 'edge' } } };
    const ingress: KubeObject = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'db' },
      spec: { ingressClassName: 'nginx', defaultBackend: { service: { name: 'db', port: { number: 80 } } } },
    };
    const deny = admin('AdminNetworkPolicy', 'Deny', { priority: 5, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] });
    expect(faults(judge([...objects, ingress, deny], { cluster }))).toEqual([
      expect.stringContaining(
        'network/unreachable: Ingress default/db sends requests to Service default/db, but the Ingress controller does not reach it',
      ),
    ]);
  });
});

describe('how the nodes route', () => {
  test('the cluster says which kube-proxy it runs', () => {
    const unused = (mode: 'iptables' | undefined) =>
      judge(objects, { cluster: { kubeProxy: { mode } } }).network.connect({ node: 'k8s-w1' }, { host: '10.96.255.1', port: 80 });
    // nftables drops what no Service has; iptables lets it go where nobody answers.
    expect(unused(undefined).blockedAt?.text).toContain('no Service has this address');
    expect(unused('iptables').blockedAt).toBeUndefined();
  });
});
