import { expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { Clock } from '../../lib/apiserver/clock.js';
import { ApiServer } from '../../lib/apiserver/server.js';

const server = (): ApiServer => {
  const api = new ApiServer({ clock: new Clock(), world: 'closed' });
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  return api;
};

const dryRun = true;
const config: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'shop' }, data: { k: 'v' } };
const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'c' };

test('a dry run answers with the object, without a version, and stores nothing', () => {
  const api = server();
  const verdict = api.create(config, { dryRun });
  expect(verdict).toMatchObject({ ok: true, value: { data: { k: 'v' } } });
  expect(verdict.ok && verdict.value.metadata.resourceVersion).toBe(undefined);
  expect(api.get(ref)).toBe(undefined);
});

test('a dry run of a change leaves what lives as it is', () => {
  const api = server();
  api.create(config);
  const before = api.get(ref);
  expect(api.update({ ...config, data: { k: 'w' } }, { dryRun })).toMatchObject({ ok: true, value: { data: { k: 'w' } } });
  expect(api.get(ref)).toBe(before);
});

test('a dry run does not see that an address is taken, but that a port is', () => {
  const api = server();
  const service = (name: string, spec: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { type: 'NodePort', ...spec },
  });
  const taken = { clusterIP: '10.96.3.3', ports: [{ port: 80, nodePort: 30_080 }] };
  api.create(service('a', taken));
  expect(api.create(service('b', { ...taken, ports: [{ port: 80, nodePort: 80 }] }), { dryRun })).toMatchObject({ ok: true });
  expect(api.create(service('b', { ports: taken.ports }), { dryRun })).toMatchObject({
    message: expect.stringContaining('provided port is already allocated'),
  });
  expect(api.create(service('b', { ...taken, clusterIP: '10.100.0.1' }), { dryRun })).toMatchObject({
    message: expect.stringContaining('the provided IP (10.100.0.1) is not in the valid range'),
  });
});

test('the namespace of the request and that of the object are the same', () => {
  expect(server().create(config, { namespace: 'other' })).toMatchObject({
    code: 400,
    reason: 'BadRequest',
    message: 'the namespace of the provided object does not match the namespace sent on the request',
  });
});
