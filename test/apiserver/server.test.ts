import { describe, expect, test } from 'vitest';
import type { Pod, Service } from '../../lib/api/generated/types.js';
import type { KubeObject } from '../../lib/api/object.js';
import { Clock } from '../../lib/apiserver/clock.js';
import { ApiServer } from '../../lib/apiserver/server.js';

const server = (world: 'open' | 'closed' = 'closed'): ApiServer => {
  const api = new ApiServer({ clock: new Clock(), world });
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  return api;
};

const pod = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
});

const service = (name: string, spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { ports: [{ port: 80 }], ...spec },
});

const refOfPod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name });

describe('requests', () => {
  test('the same name twice is a conflict, in the server’s words', () => {
    const api = server();
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
    };
    expect(api.create(deployment).ok).toBe(true);
    expect(api.create(deployment)).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'deployments.apps "web" already exists',
    });
  });

  test('S4: the node selector of a live Pod cannot change', () => {
    const api = server();
    api.create(pod('web', { nodeSelector: { disktype: 'ssd' } }));
    const verdict = api.patch(refOfPod('web'), { spec: { nodeSelector: { disktype: 'hdd' } } });
    expect(verdict).toMatchObject({ ok: false, code: 422, reason: 'Invalid' });
  });

  test('a generated name is derived from the names around it and free', () => {
    const [a, b] = [server(), server()];
    const names = (api: ApiServer): unknown[] =>
      [1, 2, 3].map(() => {
        const made = api.create({ ...pod(''), metadata: { generateName: 'web-' } });
        return made.ok && made.value.metadata.name;
      });
    const first = names(a);
    expect(new Set(first).size).toBe(3);
    expect(names(b)).toEqual(first);
  });

  test.each([
    ['policy/v1beta1', 'PodDisruptionBudget', 'policy/v1beta1 was removed in Kubernetes 1.25: write apiVersion policy/v1'],
    ['batch/v1beta1', 'CronJob', 'batch/v1beta1 was removed in Kubernetes 1.25: write apiVersion batch/v1'],
    ['extensions/v1beta1', 'Ingress', 'extensions/v1beta1 was removed in Kubernetes 1.22: write apiVersion networking.k8s.io/v1'],
  ])('%s %s is served no more; the refusal names the version to write', (apiVersion, kind, suggestion) => {
    const refused = server().create({ apiVersion, kind, metadata: { name: 'old' }, spec: {} });
    expect(refused).toMatchObject({ ok: false, code: 404, causes: [{ suggestion }] });
  });

  test('an update that changes nothing writes nothing', () => {
    const api = server();
    const made = api.create(pod('web'));
    const before = api.store.revision;
    if (made.ok) api.update(made.value);
    expect(api.store.revision).toBe(before);
  });
});

describe('Pods', () => {
  test('a Pod of a template shares the admitted spec with its siblings, with the defaults that only Pods have', () => {
    const api = server();
    const spec = { containers: [{ name: 'c', image: 'nginx', resources: { limits: { cpu: '500m' } } }] };
    const make = (name: string) =>
      api.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec }, { trusted: true });
    const [a, b] = [make('a'), make('b')];
    expect(a.ok && b.ok && a.value.spec === b.value.spec).toBe(true);
    const admitted = a.ok ? (a.value as Pod).spec : undefined;
    expect(admitted?.containers[0]?.resources?.requests).toEqual({ cpu: '500m' });
    expect(admitted).toMatchObject({ serviceAccountName: 'default', priority: 0, enableServiceLinks: true });
  });

  test('matchLabelKeys become a part of the selector, once for all Pods of a template', () => {
    const api = server();
    const labels = { app: 'web', version: '7' };
    const spec = {
      containers: [{ name: 'c', image: 'nginx' }],
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'web' } },
          matchLabelKeys: ['version', 'absent'],
        },
      ],
    };
    const make = (name: string) =>
      api.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels }, spec }, { trusted: true });
    const [a, b] = [make('a'), make('b')];
    expect(a.ok && b.ok && a.value.spec === b.value.spec).toBe(true);
    expect(a.ok && (a.value as Pod).spec?.topologySpreadConstraints?.[0]?.labelSelector).toEqual({
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'version', operator: 'In', values: ['7'] }],
    });
  });

  test('an unassigned Pod goes at once, a running one after its grace period', () => {
    const api = server();
    api.create(pod('waiting'));
    api.delete(refOfPod('waiting'));
    expect(api.get(refOfPod('waiting'))).toBeUndefined();
    const made = api.create(pod('running', { nodeName: 'n1', terminationGracePeriodSeconds: 5 }));
    api.delete(refOfPod('running'));
    expect(api.get(refOfPod('running'))?.metadata).toMatchObject({
      deletionTimestamp: '2026-06-01T00:00:05Z',
      deletionGracePeriodSeconds: 5,
    });
    if (made.ok) api.finish(made.value);
    expect(api.get(refOfPod('running'))).toBeUndefined();
  });

  test('a finalizer holds an object until it is taken off', () => {
    const api = server();
    api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'held' };
    api.delete(ref);
    expect(api.get(ref)?.metadata.deletionTimestamp).toBeDefined();
    api.patch(ref, { metadata: { finalizers: null } });
    expect(api.get(ref)).toBeUndefined();
  });
});

describe('Services', () => {
  test('S31: addresses and node ports are given out, kept, and never twice', () => {
    const api = server();
    const specOf = (object: KubeObject) => {
      const made = api.create(object);
      return made.ok ? (made.value as Service).spec : undefined;
    };
    const a = specOf(service('a', { type: 'NodePort' }));
    const b = specOf(service('b', { type: 'NodePort' }));
    expect(a?.clusterIP).toMatch(/^10\.96\./);
    expect(a?.ports?.[0]?.nodePort).toBeGreaterThanOrEqual(30_000);
    expect([a?.clusterIP, a?.ports?.[0]?.nodePort]).not.toEqual([b?.clusterIP, b?.ports?.[0]?.nodePort]);
    expect(specOf(service('none', { clusterIP: 'None' }))?.clusterIP).toBe('None');
  });

  test('S31: what another Service holds is refused in the server’s words', () => {
    const api = server();
    api.create(service('a', { type: 'NodePort', clusterIP: '10.96.50.50', ports: [{ port: 80, nodePort: 30036 }] }));
    expect(api.create(service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: 30036 }] }))).toMatchObject({
      message: 'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30036: provided port is already allocated',
    });
    expect(api.create(service('c', { clusterIP: '10.96.50.50' }))).toMatchObject({
      message:
        'Service "c" is invalid: spec.clusterIPs: Invalid value: ["10.96.50.50"]: failed to allocate IP 10.96.50.50: provided IP is already allocated',
    });
    api.delete({ apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'a' });
    expect(api.create(service('c', { clusterIP: '10.96.50.50' })).ok).toBe(true);
  });
});
