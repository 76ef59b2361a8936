import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResourceQuota } from '../../lib/api/generated/types.js';
import type { KubeObject } from '../../lib/api/object.js';
import { milliValue } from '../../lib/api/quantity.js';
import type { ApiServer } from '../../lib/apiserver/server.js';
import { bootstrap } from '../../lib/cluster/bootstrap.js';
import { ControlPlane } from '../../lib/cluster/control-plane.js';

const plane = (): ControlPlane => {
  const made = new ControlPlane({ world: 'closed' });
  bootstrap(made.api, {});
  return made;
};

const object = (kind: string, name: string, fields: object = {}, apiVersion = 'v1'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'default' },
  ...fields,
});

const quota = (hard: Record<string, string | number>, rest: Omit<NonNullable<ResourceQuota['spec']>, 'hard'> = {}): KubeObject =>
  object('ResourceQuota', 'team', { spec: { hard, ...rest } });

const pod = (name: string, requests: object = {}, spec: object = {}): KubeObject =>
  object('Pod', name, { spec: { containers: [{ name: 'app', image: 'nginx', resources: { requests } }], ...spec } });

const used = (api: ApiServer) => api.store.find('ResourceQuota', 'default', 'team')?.status?.used;

/** What the server says; nothing when it accepts. */
const answer = (api: ApiServer, sent: KubeObject, options = {}): string | undefined => {
  const verdict = api.create(sent, options);
  return verdict.ok ? undefined : verdict.message;
};

describe('use', () => {
  test('a quota starts with what is there already', () => {
    const { api } = plane();
    api.create(pod('a', { cpu: '300m' }));
    api.create(quota({ pods: 5, 'requests.cpu': '1', configmaps: 5, 'count/serviceaccounts': 5, services: 5 }));
    expect(used(api)).toEqual({
      pods: '1',
      'requests.cpu': '300m',
      configmaps: '1',
      'count/serviceaccounts': '1',
      services: '1',
    });
  });

  test('rises with the request itself, and with no request that is refused or only tried', () => {
    const { api } = plane();
    api.create(quota({ pods: 2, 'requests.cpu': '1' }));
    expect(answer(api, pod('a', { cpu: '600m' }))).toBeUndefined();
    expect(used(api)).toEqual({ pods: '1', 'requests.cpu': '600m' });
    expect(answer(api, pod('a', { cpu: '100m' }))).toBe('pods "a" already exists');
    expect(answer(api, pod('b', { cpu: '100m' }), { dryRun: true })).toBeUndefined();
    expect(answer(api, pod('b', { cpu: '500m' }))).toBe(
      'pods "b" is forbidden: exceeded quota: team, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1',
    );
    expect(used(api)).toEqual({ pods: '1', 'requests.cpu': '600m' });
  });

  test('is given back by what goes, some time after', () => {
    const made = plane();
    made.api.create(quota({ pods: 1 }));
    made.api.create(pod('a'));
    made.api.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'a' });
    expect(used(made.api)).toEqual({ pods: '1' });
    made.run();
    expect(used(made.api)).toEqual({ pods: '0' });
  });

  test('a finished Pod runs no more, but its object is still there', () => {
    const made = plane();
    made.api.create(quota({ pods: 1, 'count/pods': 5 }));
    const created = made.api.create(pod('a'));
    if (created.ok) made.api.updateStatus(created.value, { phase: 'Succeeded' });
    made.run();
    expect(used(made.api)).toEqual({ pods: '0', 'count/pods': '1' });
  });

  test('a Pod on a lost node counts until twice its grace period is over', () => {
    const made = plane();
    made.api.create(quota({ pods: 1 }));
    made.api.create(pod('a', {}, { nodeName: 'lost', terminationGracePeriodSeconds: 30 }));
    made.api.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'a' });
    made.run();
    expect(used(made.api)).toEqual({ pods: '1' });
    while (made.clock.step(made.clock.now + 120_000)) made.run();
    expect(used(made.api)).toEqual({ pods: '0' });
  });

  test('a change of a Service counts what it adds', () => {
    const { api } = plane();
    api.create(quota({ 'services.nodeports': 2, services: 3 }));
    const web = object('Service', 'web', { spec: { ports: [{ name: 'a', port: 80 }] } });
    api.create(web);
    const exposed = (ports: object[]) => api.update({ ...web, spec: { type: 'NodePort', ports } });
    expect(exposed([{ name: 'a', port: 80 }])).toMatchObject({ ok: true });
    expect(used(api)).toEqual({ 'services.nodeports': '1', services: '2' });
    const three = ['a', 'b', 'c'].map((name, index) => ({ name, port: 80 + index }));
    expect(exposed(three)).toMatchObject({
      message:
        'services "web" is forbidden: exceeded quota: team, requested: services.nodeports=2, used: services.nodeports=1, limited: services.nodeports=2',
    });
  });

  test('storage is counted in all and by class, devices by their class', () => {
    const { api } = plane();
    const gold = 'gold.storageclass.storage.k8s.io/requests.storage';
    const gpus = 'gpu.deviceclass.resource.k8s.io/devices';
    api.create(quota({ 'requests.storage': '10Gi', [gold]: '5Gi', persistentvolumeclaims: 2, [gpus]: 4 }));
    const resources = { requests: { storage: '2Gi' } };
    api.create(
      object('PersistentVolumeClaim', 'data', {
        spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'gold', resources },
      }),
    );
    const devices = { requests: [{ name: 'g', exactly: { deviceClassName: 'gpu', count: 3 } }] };
    api.create(object('ResourceClaim', 'gpus', { spec: { devices } }, 'resource.k8s.io/v1'));
    expect(used(api)).toEqual({ 'requests.storage': '2Gi', [gold]: '2Gi', persistentvolumeclaims: '1', [gpus]: '3' });
  });

  test('custom resources are counted by the plural that their definition gives them', () => {
    const { api } = plane();
    const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: { group: 'example.com', names, scope: 'Namespaced', versions },
    };
    expect(answer(api, definition)).toBeUndefined();
    api.create(quota({ 'count/widgets.example.com': 1, 'count/gadgets.example.com': 1 }));
    expect(used(api)).toEqual({ 'count/widgets.example.com': '0' });
    expect(answer(api, object('Widget', 'a', {}, 'example.com/v1'))).toBeUndefined();
    expect(answer(api, object('Widget', 'b', {}, 'example.com/v1'))).toContain('exceeded quota: team');
  });
});

describe('what a quota asks for', () => {
  test('each container must say what it needs of a resource that is counted', () => {
    const { api } = plane();
    api.create(quota({ 'requests.cpu': '1', 'limits.memory': '1Gi', 'requests.ephemeral-storage': '1Gi' }));
    expect(answer(api, pod('a', {}, { initContainers: [{ name: 'init', image: 'nginx' }] }))).toBe(
      'pods "a" is forbidden: failed quota: team: must specify limits.memory for: app,init; requests.cpu for: app,init',
    );
  });

  test('a Pod that says it as a whole need not', () => {
    const { api } = plane();
    api.create(quota({ 'requests.cpu': '1' }));
    expect(answer(api, pod('a', {}, { resources: { requests: { cpu: '200m' } } }))).toBeUndefined();
    expect(used(api)).toEqual({ 'requests.cpu': '200m' });
  });

  test('extended resources are counted by their requests', () => {
    const { api } = plane();
    api.create(quota({ 'requests.example.com/gpu': 1 }));
    const resources = { limits: { 'example.com/gpu': 2 } };
    expect(answer(api, pod('a', {}, { containers: [{ name: 'app', image: 'nginx', resources }] }))).toContain(
      'requested: requests.example.com/gpu=2, used: requests.example.com/gpu=0, limited: requests.example.com/gpu=1',
    );
  });
});

describe('scopes', () => {
  const inScope = (rest: Omit<NonNullable<ResourceQuota['spec']>, 'hard'>, sent: KubeObject): boolean => {
    const { api } = plane();
    api.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 10 });
    api.create(quota({ pods: 9 }, rest));
    expect(answer(api, sent)).toBeUndefined();
    return used(api)?.pods === '1';
  };
  const term = { topologyKey: 'zone', labelSelector: {}, namespaces: ['other'] };
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const selector = (operator: string, ...values: string[]) => ({
    scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values.length > 0 && { values }) }] },
  });

  test.each([
    ['Terminating', { activeDeadlineSeconds: 5 }, true],
    ['Terminating', {}, false],
    ['NotTerminating', {}, true],
    ['BestEffort', {}, true],
    ['NotBestEffort', {}, false],
    ['CrossNamespacePodAffinity', { affinity }, true],
    ['CrossNamespacePodAffinity', {}, false],
  ])('%s: %j %s', (scope, spec, expected) => {
    expect(inScope({ scopes: [scope] }, pod('a', {}, spec))).toBe(expected);
  });

  test.each([
    [selector('In', 'high'), 'high', true],
    [selector('In', 'low'), 'high', false],
    [selector('NotIn', 'low'), 'high', true],
    [selector('Exists'), undefined, false],
    [selector('DoesNotExist'), undefined, true],
  ])('%j of %s: %s', (rest, priorityClassName, expected) => {
    expect(inScope(rest, pod('a', {}, { ...(priorityClassName && { priorityClassName }) }))).toBe(expected);
  });
});

test('what requests add up to is what counting everything anew finds', () => {
  const step = fc.record({ name: fc.integer({ min: 0, max: 5 }), cpu: fc.integer({ min: 0, max: 900 }), remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const made = plane();
      made.api.create(quota({ pods: 4, 'requests.cpu': '1500m' }));
      for (const { name, cpu, remove } of steps) {
        if (remove) made.api.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: `p${name}` });
        else made.api.create(pod(`p${name}`, { cpu: `${cpu}m` }));
        if (remove) made.run();
      }
      const counted = plane();
      for (const { metadata, spec } of made.api.store.list('Pod', 'default'))
        counted.api.create(object('Pod', metadata.name, { spec }));
      counted.api.create(quota({ pods: 4, 'requests.cpu': '1500m' }));
      expect(used(made.api)).toEqual(used(counted.api));
      const { pods = '0', 'requests.cpu': cpu = '0' } = used(made.api) ?? {};
      expect(Number(pods)).toBeLessThanOrEqual(4);
      expect(milliValue(cpu)).toBeLessThanOrEqual(1500);
    }),
    { numRuns: 30 },
  );
});
