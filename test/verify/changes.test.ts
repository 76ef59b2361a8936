import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { configMap, deployment, faults, judge, service } from './manifests.js';

const changed = (before: readonly KubeObject[], now: readonly KubeObject[]) =>
  judge(now, { against: before.map((object) => ({ object, provenance: { source: { file: 'old.yaml', line: 3, column: 1 } } })) });

const statefulSet = (name: string, spec: object = {}): KubeObject => {
  const { spec: common } = deployment(name) as KubeObject & { readonly spec: object };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name }, spec: { ...common, serviceName: name, ...spec } };
};

const headless = service('pg', { clusterIP: 'None' });

describe('manifests judged as a change to what runs', () => {
  test('the same again, another image, more replicas: no fault', () => {
    const before = [deployment('web'), service('web')];
    expect(faults(changed(before, before))).toEqual([]);
    expect(faults(changed(before, [deployment('web', {}, { replicas: 3 }), service('web')]))).toEqual([]);
    const image = { containers: [{ name: 'main', image: 'nginx:1.28', ports: [{ name: 'http', containerPort: 80 }] }] };
    const { cluster, findings } = changed(before, [deployment('web', image), service('web')]);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    // The change was rolled out: the old ReplicaSet is empty, the new one runs.
    expect(cluster.list('ReplicaSet').map(({ status }) => status?.replicas)).toEqual(expect.arrayContaining([0, 1]));
  });

  test('a selector cannot change: the server says so, and keeping it is tried', () => {
    const selected = { selector: { matchLabels: { app: 'other' } }, template: { metadata: { labels: { app: 'other' } } } };
    const before = deployment('web');
    const { template } = (before as KubeObject & { readonly spec: { readonly template: object } }).spec;
    const now = deployment('web', {}, { ...selected, template: { ...template, ...selected.template } });
    expect(changed([before], [now]).findings[0]).toMatchObject({
      code: 'api/immutable',
      severity: 'error',
      message: 'Deployment default/web: spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
      source: { file: 'test.yaml' },
      fix: { text: 'keep spec.selector and spec.template.metadata.labels as they run', verified: true },
    });
  });

  test('a StatefulSet keeps what it may not change, and takes what it may', () => {
    const now = statefulSet('pg', { replicas: 3, serviceName: 'other' });
    const { findings } = changed([headless, statefulSet('pg')], [headless, service('other', { clusterIP: 'None' }), now]);
    expect(findings[0]).toMatchObject({
      code: 'api/immutable',
      fix: { text: 'keep spec.serviceName as it runs', verified: true },
    });
  });

  test('an immutable ConfigMap', () => {
    const fixed = (data: Readonly<Record<string, string>>): KubeObject => ({ ...configMap('settings', data), immutable: true });
    expect(changed([fixed({ A: '1' })], [fixed({ A: '2' })]).findings[0]).toMatchObject({
      code: 'api/immutable',
      fix: { text: 'keep data as it runs', verified: true },
    });
  });

  test('a renamed object is one that is made and one that has to be deleted', () => {
    const { findings, accepted } = changed([deployment('web')], [deployment('api')]);
    expect(accepted).toBe(true);
    expect(findings.find(({ code }) => code === 'change/renamed')).toMatchObject({
      severity: 'warning',
      object: { kind: 'Deployment', name: 'api' },
      evidence: [{ object: { name: 'web' }, source: { file: 'old.yaml', line: 3 } }],
      fix: { text: 'delete the old one once nobody needs it: kubectl delete deployments web -n default' },
    });
  });

  test('an object that is written no more goes on running', () => {
    const { findings } = changed([deployment('web'), configMap('old', {})], [deployment('web')]);
    expect(findings.find(({ code }) => code === 'change/removed')).toMatchObject({
      severity: 'advice',
      object: { kind: 'ConfigMap', name: 'old' },
      source: { file: 'old.yaml' },
    });
  });

  test('objects of a running cluster are taken as they are: what others made in it is not ours to miss', () => {
    const live = (object: KubeObject): KubeObject => ({
      ...object,
      metadata: {
        ...object.metadata,
        namespace: 'default',
        uid: `uid-${object.metadata.name}`,
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
    });
    const running = [
      live(service('web', { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] })),
      live(configMap('someone-elses', {})),
    ];
    const { findings } = changed(running, [deployment('web'), service('web', { clusterIP: '10.96.8.8' })]);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([
      expect.objectContaining({ code: 'api/immutable', fix: { text: 'keep spec.clusterIP as it runs', verified: true } }),
    ]);
    expect(findings.some(({ code }) => code === 'change/removed')).toBe(false);
  });
});
