import { describe, expect, test } from 'vitest';
import type { Pod } from '../../lib/api/generated/types.js';
import type { KubeObject } from '../../lib/api/object.js';
import { Clock } from '../../lib/apiserver/clock.js';
import { ApiServer } from '../../lib/apiserver/server.js';

/** A server whose namespace `shop` has one LimitRange for each list of items. */
const shop = (...ranges: readonly (readonly object[])[]): ApiServer => {
  const api = new ApiServer({ clock: new Clock(), world: 'closed' });
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' } });
  for (const [index, limits] of ranges.entries()) {
    api.create({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: `range-${index}`, namespace: 'shop' },
      spec: { limits },
    });
  }
  return api;
};

const container = (resources: object = {}, name = 'app'): object => ({ name, image: 'nginx', resources });

const pod = (...containers: readonly object[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers },
});

const claim = (storage: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
});

const note = 'kubernetes.io/limit-ranger';

const admitted = (api: ApiServer, object: KubeObject): Pod => {
  const verdict = api.create(object);
  if (!verdict.ok) throw new Error(verdict.message);
  return verdict.value as Pod;
};

/** Why a Pod is forbidden; undefined when it is not. */
const fault = (api: ApiServer, object: KubeObject): string | undefined => {
  const verdict = api.create(object);
  return verdict.ok ? undefined : verdict.message.replace('pods "web" is forbidden: ', '');
};

describe('defaults', () => {
  const defaults = { type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '100m', memory: '64Mi' } };

  test('a container gets what it does not say itself, and the Pod a note of it', () => {
    const { metadata, spec } = admitted(shop([defaults]), pod(container({ requests: { memory: '1Gi' } })));
    expect(spec?.containers[0]?.resources).toEqual({
      limits: { cpu: '500m' },
      requests: { cpu: '100m', memory: '1Gi' },
    });
    expect(metadata?.annotations?.[note]).toBe(
      'LimitRanger plugin set: cpu request for container app; cpu limit for container app',
    );
  });

  test('a container that says everything is left alone', () => {
    const resources = { limits: { cpu: '1' }, requests: { cpu: '1', memory: '1Gi' } };
    const { metadata, spec } = admitted(shop([defaults]), pod(container(resources)));
    expect(spec?.containers[0]?.resources).toEqual(resources);
    expect(metadata?.annotations?.[note]).toBeUndefined();
  });

  test('defaults of all LimitRanges join; the note is of the last that had something to add', () => {
    const api = shop([defaults], [{ type: 'Container', default: { memory: '128Mi' } }]);
    const { metadata, spec } = admitted(api, pod(container()));
    expect(spec?.containers[0]?.resources?.limits).toEqual({ cpu: '500m', memory: '128Mi' });
    expect(metadata?.annotations?.[note]).toBe('LimitRanger plugin set: memory limit for container app');
  });

  test('a default that contradicts a template makes its Pods invalid, whoever creates them', () => {
    const made = pod(container({ requests: { cpu: '800m' } }));
    const text = 'spec.containers[0].resources.requests: Invalid value: "800m": must be less than or equal to cpu limit of 500m';
    for (const trusted of [false, true]) {
      const verdict = shop([defaults]).create(made, { trusted });
      expect(verdict).toMatchObject({ code: 422, message: `Pod "web" is invalid: ${text}` });
    }
  });

  test('Pods of one template share their spec, until the LimitRange changes', () => {
    const api = shop([defaults]);
    const { spec } = pod(container());
    const create = (name: string): Pod =>
      admitted(api, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec });
    const replica = (name: string): unknown => {
      const created = api.create(
        { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec },
        { trusted: true },
      );
      return created.ok ? created.value.spec : undefined;
    };
    expect(create('a').spec?.containers[0]?.resources?.limits).toEqual({ cpu: '500m' });
    expect(replica('b')).toBe(replica('c'));
    api.delete({ apiVersion: 'v1', kind: 'LimitRange', namespace: 'shop', name: 'range-0' });
    expect(replica('d')).toMatchObject({ containers: [{ resources: {} }] });
  });
});

describe('bounds', () => {
  test('of a container: at least, at most, and how far limit and request may lie apart', () => {
    const bounds = { type: 'Container', min: { cpu: '100m' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '4' } };
    const used = (request: string, limit: string): KubeObject =>
      pod(container({ requests: { cpu: request }, limits: { cpu: limit } }));
    expect(fault(shop([bounds]), used('500m', '2'))).toBeUndefined();
    expect(fault(shop([bounds]), used('50m', '200m'))).toBe('minimum cpu usage per Container is 100m, but request is 50m');
    expect(fault(shop([bounds]), used('1', '3'))).toBe('maximum cpu usage per Container is 2, but limit is 3');
    expect(fault(shop([bounds]), used('400m', '2'))).toBe(
      'cpu max limit to request ratio per Container is 4, but provided ratio is 5.000000',
    );
  });

  test('of a Pod: what its containers add up to', () => {
    const api = shop([{ type: 'Pod', max: { memory: '1Gi' } }]);
    const half = (name: string): object => container({ limits: { memory: '600Mi' } }, name);
    expect(fault(api, pod(half('a'), half('b')))).toBe('maximum memory usage per Pod is 1Gi, but limit is 1200Mi');
    expect(fault(api, pod(container()))).toBe('maximum memory usage per Pod is 1Gi.  No limit is specified');
  });

  test('several faults are told at once', () => {
    const api = shop([{ type: 'Pod', min: { cpu: '1' }, max: { memory: '1Gi' } }]);
    expect(fault(api, pod(container()))).toBe(
      '[minimum cpu usage per Pod is 1.  No request is specified, maximum memory usage per Pod is 1Gi.  No limit is specified]',
    );
  });

  test('of a claim: how much it may ask for', () => {
    const api = shop([{ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } }]);
    expect(api.create(claim('10Gi'))).toMatchObject({
      code: 403,
      message:
        'persistentvolumeclaims "data" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi',
    });
    expect(api.create(claim('2Gi')).ok).toBe(true);
  });

  test('they are those of the namespace, and do not ask of a live Pod', () => {
    const api = shop();
    admitted(api, pod(container({ limits: { cpu: '4' } })));
    const limits = [{ type: 'Container', max: { cpu: '1' } }];
    api.create({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'late', namespace: 'shop' }, spec: { limits } });
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' };
    expect(api.patch(ref, { metadata: { labels: { tier: 'front' } } }).ok).toBe(true);
  });
});
