import { describe, expect, test } from 'vitest';
import { decode } from '../../lib/api/decode.js';
import { applyDefaults } from '../../lib/api/default/index.js';
import type { KubeObject } from '../../lib/api/object.js';

const read = (input: unknown): KubeObject => {
  const verdict = decode(input);
  if (!verdict.ok) throw new Error(verdict.message);
  return verdict.value;
};

/** The spec with its defaults. */
const specOf = (apiVersion: string, kind: string, spec: unknown): unknown =>
  applyDefaults(read({ apiVersion, kind, metadata: { name: 'web' }, spec })).spec;

const template = (pod: object = {}): object => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'app', image: 'nginx:1' }], ...pod },
});

describe('Pods', () => {
  test('run for ever, stop within thirty seconds and resolve names in the cluster', () => {
    expect(specOf('v1', 'Pod', { containers: [{ name: 'app', image: 'nginx' }] })).toEqual({
      containers: [
        {
          name: 'app',
          image: 'nginx',
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    });
  });

  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['registry.example.com:5000/team/app', 'Always'],
    ['registry.example.com:5000/team/app:2', 'IfNotPresent'],
    [`nginx@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  ])('pull %s: %s', (image, imagePullPolicy) => {
    expect(specOf('v1', 'Pod', { containers: [{ name: 'app', image }] })).toMatchObject({ containers: [{ imagePullPolicy }] });
  });

  test('ask for what they are limited to, but a template does not', () => {
    const containers = [
      { name: 'app', image: 'nginx:1', resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } },
    ];
    expect(specOf('v1', 'Pod', { containers })).toMatchObject({
      containers: [{ resources: { requests: { cpu: '500m', memory: '1Gi' } } }],
    });
    expect(specOf('apps/v1', 'Deployment', { template: template({ containers }) })).toMatchObject({
      template: { spec: { containers: [{ resources: { requests: { cpu: '500m' } } }] } },
    });
  });
});

test('an object with all its defaults comes back as it is', () => {
  const once = applyDefaults(
    read({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'app', image: 'x' }] } }),
  );
  expect(applyDefaults(once)).toBe(once);
});

describe('workloads', () => {
  test('a Deployment rolls a quarter at a time', () => {
    expect(specOf('apps/v1', 'Deployment', { template: template() })).toMatchObject({
      progressDeadlineSeconds: 600,
      replicas: 1,
      revisionHistoryLimit: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    });
    expect(specOf('apps/v1', 'Deployment', { strategy: { type: 'Recreate' }, template: template() })).toMatchObject({
      strategy: { type: 'Recreate' },
    });
  });

  test('the claims of a StatefulSet are whole objects', () => {
    expect(
      specOf('apps/v1', 'StatefulSet', { template: template(), volumeClaimTemplates: [{ metadata: { name: 'data' } }] }),
    ).toMatchObject({
      podManagementPolicy: 'OrderedReady',
      volumeClaimTemplates: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: { volumeMode: 'Filesystem' } }],
    });
  });

  test('a Job without numbers runs once', () => {
    const pod = { restartPolicy: 'Never' };
    expect(specOf('batch/v1', 'Job', { template: template(pod) })).toMatchObject({
      backoffLimit: 6,
      completions: 1,
      parallelism: 1,
    });
    expect(specOf('batch/v1', 'Job', { parallelism: 3, template: template(pod) })).not.toHaveProperty('completions');
  });
});

describe('networking', () => {
  test('a Service sends a port to the same port of its Pods', () => {
    expect(specOf('v1', 'Service', { ports: [{ port: 80 }] })).toMatchObject({
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    });
  });

  test('a NetworkPolicy isolates what it has rules for', () => {
    expect(specOf('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: {} })).toMatchObject({ policyTypes: ['Ingress'] });
    expect(specOf('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: {}, egress: [{}] })).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
    });
  });
});

test('the texts of a Secret become data', () => {
  const secret = applyDefaults(
    read({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'eA==' }, stringData: { b: 'ü' } }),
  );
  expect(secret).toMatchObject({ data: { a: 'eA==', b: 'w7w=' }, type: 'Opaque' });
  expect(secret).not.toHaveProperty('stringData');
});
