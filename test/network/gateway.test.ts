import { describe, expect, test } from 'vitest';
import type { Admitted } from '../../lib/api/object.js';
import { createGatewayRoutes } from '../../lib/network/gateway-routes.js';
import { createNetwork } from '../../lib/network/network.js';
import type { NetworkOptions, Target } from '../../lib/network/view.js';
import { clusterOf, ingress, pod, policy, service } from './cluster.js';

const gatewayObject = (kind: string, key: string, spec: object, version = 'v1'): Admitted => {
  const [space = 'default', name = ''] = key.split('/');
  return {
    apiVersion: `gateway.networking.k8s.io/${version}`,
    kind,
    metadata: { namespace: space, name, uid: `${kind}/${key}` },
    ...{ spec },
  };
};

const http = { name: 'http', port: 80, protocol: 'HTTP' };
const gateway = (key: string, ...listeners: readonly object[]) =>
  gatewayObject('Gateway', key, { gatewayClassName: 'main', listeners });
const route = (key: string, spec: object) => gatewayObject('HTTPRoute', key, { parentRefs: [{ name: 'edge' }], ...spec });
const to = (name: string, rest: object = {}) => ({ backendRefs: [{ name, port: 80, ...rest }] });
const prefix = (value: string, rest: object = {}) => ({ path: { type: 'PathPrefix', value }, ...rest });

const names = ['front', 'api', 'admin'];
const backends: readonly Admitted[] = names.flatMap((name, index) => [
  pod(`shop/${name}-1`, { ip: `10.244.1.${index + 1}`, labels: { app: name }, ports: { http: 8080 } }),
  service(`shop/${name}`, {
    selector: { app: name },
    clusterIP: `10.96.0.${50 + index}`,
    clusterIPs: [`10.96.0.${50 + index}`],
    ports: [{ port: 80, targetPort: 8080 }],
  }),
]);

const networkOf = (gateways: readonly Admitted[], others: readonly Admitted[] = [], options: NetworkOptions = {}) =>
  createNetwork({ ...clusterOf([...backends, ...others]), gatewayObjects: gateways }, options);

const ask = (gateways: readonly Admitted[], target: Partial<Extract<Target, { host: string }>> & { host: string }) =>
  networkOf(gateways).connect({ outside: '203.0.113.9' }, { port: 80, ...target });

/** The Pod that answers, or why none does. */
const answer = (...input: Parameters<typeof ask>): string => {
  const { blockedAt, hops } = ask(...input);
  return blockedAt?.text ?? hops.find(({ at }) => at === 'endpoint')?.object?.name ?? 'outside';
};

describe('HTTPRoutes: which rule takes a request', () => {
  const gateways = [
    gateway('shop/edge', http),
    route('shop/main', {
      hostnames: ['shop.example.com'],
      rules: [
        { matches: [prefix('/')], ...to('front') },
        { matches: [prefix('/api')], ...to('api') },
        { matches: [{ path: { type: 'Exact', value: '/api/health' } }], ...to('front') },
        { matches: [prefix('/api', { method: 'DELETE' })], ...to('admin') },
        { matches: [prefix('/api', { headers: [{ name: 'X-Admin', value: 'yes' }] })], ...to('admin') },
        { matches: [prefix('/api', { queryParams: [{ name: 'as', value: 'admin' }] })], ...to('admin') },
      ],
    }),
    route('shop/any', { hostnames: ['*.example.com'], rules: [to('admin')] }),
  ];
  test.each([
    ['/', {}, 'front-1'],
    ['/apix', {}, 'front-1'],
    ['/api', {}, 'api-1'],
    ['/api/v1?page=2', {}, 'api-1'],
    ['/api/health', {}, 'front-1'],
    ['/api/health/', {}, 'api-1'],
    ['/api/1', { method: 'DELETE' }, 'admin-1'],
    ['/api/1', { headers: { 'x-ADMIN': 'yes' } }, 'admin-1'],
    ['/api/1?as=admin', {}, 'admin-1'],
    ['/api/1?as=nobody&as=admin', {}, 'api-1'],
  ])('%s %o is answered by %s', (path, rest, expected) => {
    expect(answer(gateways, { host: 'Shop.example.com', path, ...rest })).toBe(expected);
  });

  test('a wildcard stands for several labels, an exact name comes first', () => {
    expect(answer(gateways, { host: 'a.b.example.com' })).toBe('admin-1');
    expect(answer(gateways, { host: 'example.com' })).toBe('outside');
  });

  test('of equal matches the older route takes the request, then the first by name', () => {
    const rules = (name: string) => ({ hostnames: ['shop.example.com'], rules: [to(name)] });
    const [young, old] = [route('shop/a', rules('front')), route('shop/b', rules('api'))];
    expect(answer([gateway('shop/edge', http), old, young], { host: 'shop.example.com' })).toBe('front-1');
    const aged = [
      { ...young, metadata: { ...young.metadata, creationTimestamp: '2026-02-01T00:00:00Z' } },
      { ...old, metadata: { ...old.metadata, creationTimestamp: '2026-01-01T00:00:00Z' } },
    ];
    expect(answer([gateway('shop/edge', http), ...aged], { host: 'shop.example.com' })).toBe('api-1');
  });

  test('a regular expression decides, and that is an assumption', () => {
    const matches = [{ path: { type: 'RegularExpression', value: '/v[0-9]+/.*' } }];
    const objects = [gateway('shop/edge', http), route('shop/x', { hostnames: ['x.test'], rules: [{ matches, ...to('api') }] })];
    expect(answer(objects, { host: 'x.test', path: '/v12/a' })).toBe('api-1');
    expect(answer(objects, { host: 'x.test', path: '/vx/a' })).toContain('answered with 404');
    expect(ask(objects, { host: 'x.test', path: '/v12/a' }).hops[1]).toMatchObject({ outcome: 'assumed' });
  });
});

describe('where the requests of a route go', () => {
  const one = (rule: object, ...more: readonly Admitted[]) => [
    gateway('shop/edge', http),
    route('shop/web', { hostnames: ['web.test'], rules: [rule] }),
    ...more,
  ];

  test('to every backend with a weight', () => {
    const weighted = (front: number, api: number) => ({
      backendRefs: [
        { name: 'front', port: 80, weight: front },
        { name: 'api', port: 80, weight: api },
      ],
    });
    expect(ask(one(weighted(9, 1)), { host: 'web.test' }).hops[1]?.text).toBe(
      'Gateway shop/edge listener http, HTTPRoute shop/web rule 1 (PathPrefix /) -> Service shop/front port 80 (90%), ' +
        'Service shop/api port 80 (10%); that a controller serves GatewayClass main is assumed',
    );
    expect(answer(one(weighted(0, 1)), { host: 'web.test' })).toBe('api-1');
    expect(answer(one(weighted(0, 0)), { host: 'web.test' })).toContain('every backend has weight 0');
  });

  test('a backend that does not exist breaks its share of the requests', () => {
    const refs = [
      { name: 'front', port: 80 },
      { name: 'gone', port: 80 },
    ];
    const path = ask(one({ backendRefs: refs }), { host: 'web.test' });
    expect(path).toMatchObject({ arrives: false, partly: true });
    expect(path.blockedAt?.text).toContain('there is no Service shop/gone');
  });

  test('another namespace must grant it', () => {
    const rule = { backendRefs: [{ name: 'front', namespace: 'shop', port: 80 }] };
    const objects = [
      gateway('edge/edge', { ...http, allowedRoutes: { namespaces: { from: 'All' } } }),
      gatewayObject('HTTPRoute', 'web/web', {
        parentRefs: [{ name: 'edge', namespace: 'edge' }],
        hostnames: ['web.test'],
        rules: [rule],
      }),
    ];
    const grant = (from: string, name?: string) =>
      gatewayObject(
        'ReferenceGrant',
        'shop/grant',
        {
          from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: from }],
          to: [{ group: '', kind: 'Service', ...(name && { name }) }],
        },
        'v1beta1',
      );
    expect(answer(objects, { host: 'web.test' })).toContain(
      'no ReferenceGrant in namespace shop lets it name Service shop/front',
    );
    expect(answer([...objects, grant('web')], { host: 'web.test' })).toBe('front-1');
    expect(answer([...objects, grant('web', 'api')], { host: 'web.test' })).toContain('no ReferenceGrant');
    expect(answer([...objects, grant('other')], { host: 'web.test' })).toContain('no ReferenceGrant');
  });

  test('a redirect is followed, and one in a circle is found', () => {
    const https = { name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'cert' }] } };
    const redirect = (requestRedirect: object) => ({ filters: [{ type: 'RequestRedirect', requestRedirect }] });
    const upgrade = [
      gateway('shop/edge', http, https),
      route('shop/http', {
        parentRefs: [{ name: 'edge', sectionName: 'http' }],
        hostnames: ['web.test'],
        rules: [redirect({ scheme: 'https' })],
      }),
      route('shop/https', {
        parentRefs: [{ name: 'edge', sectionName: 'https' }],
        hostnames: ['web.test'],
        rules: [
          { matches: [prefix('/old')], ...redirect({ path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' } }) },
          { matches: [prefix('/new')], ...to('api') },
          { matches: [prefix('/circle')], ...redirect({ path: { type: 'ReplaceFullPath', replaceFullPath: '/circle' } }) },
        ],
      }),
    ];
    expect(answer(upgrade, { host: 'web.test', path: '/old/x' })).toBe('api-1');
    expect(answer(upgrade, { host: 'web.test', path: '/circle' })).toContain('the redirects lead in a circle');
    expect(answer(one(redirect({ hostname: 'elsewhere.test' })), { host: 'web.test' })).toBe('outside');
  });

  test('the Pods that serve the Gateway are the ones whom policies must let in', () => {
    const objects = one(to('front'));
    const proxy = pod('shop/edge-1', {
      ip: '10.244.2.9',
      labels: { 'gateway.networking.k8s.io/gateway-name': 'edge', app: 'edge' },
    });
    const only = (app: string) =>
      policy('shop/front', {
        podSelector: { matchLabels: { app: 'front' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app } } }] }],
      });
    const connect = (...others: readonly Admitted[]) =>
      networkOf(objects, others).connect({ outside: '203.0.113.9' }, { host: 'web.test', port: 80 });
    expect(connect(proxy, only('edge')).arrives).toBe(true);
    expect(connect(proxy, only('other')).blockedAt?.at).toBe('policy-ingress');
  });

  test('on a port that no listener has, nobody answers; names that nobody serves are outside', () => {
    expect(answer(one(to('front')), { host: 'web.test', port: 8443 })).toBe(
      'Gateway shop/edge serves web.test on port 80 only, not 8443',
    );
    expect(answer(one(to('front')), { host: 'other.test' })).toBe('outside');
  });

  test('beside an Ingress, the one that names the host is asked', () => {
    const catchAll = ingress('shop/all', { defaultBackend: { service: { name: 'admin', port: { number: 80 } } } });
    const network = networkOf(one(to('front')), [catchAll]);
    const endpoint = (host: string) =>
      network.connect({ outside: '203.0.113.9' }, { host, port: 80 }).hops.find(({ at }) => at === 'endpoint')?.object?.name;
    expect(endpoint('web.test')).toBe('front-1');
    expect(endpoint('other.test')).toBe('admin-1');
  });
});

describe('which listener takes a route in', () => {
  const labelsOf = (name: string) => ({ 'kubernetes.io/metadata.name': name, ...(name === 'web' && { edge: 'yes' }) });
  const reasons = (listeners: readonly object[], spec: object, space = 'web') =>
    createGatewayRoutes(
      [
        gateway('edge/edge', ...listeners),
        gatewayObject('HTTPRoute', `${space}/web`, { parentRefs: [{ name: 'edge', namespace: 'edge' }], ...spec }),
      ],
      labelsOf,
    ).detached.map(({ reason, text }) => `${reason}: ${text}`);
  const open = { ...http, allowedRoutes: { namespaces: { from: 'All' } } };

  test.each([
    [[open], {}, undefined],
    [[{ ...open, hostname: '*.test' }], { hostnames: ['web.test', 'other.example'] }, undefined],
    [[{ ...open, hostname: 'web.test' }], { hostnames: ['*.test'] }, undefined],
    [
      [{ ...http, allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { edge: 'yes' } } } } }],
      {},
      undefined,
    ],
    [
      [http],
      {},
      'NotAllowedByListeners: HTTPRoute web/web is not attached to Gateway edge/edge: its listeners take routes of other namespaces than web only (http from Same)',
    ],
    [
      [{ ...open, protocol: 'TCP', name: 'tcp' }],
      {},
      'NotAllowedByListeners: HTTPRoute web/web is not attached to Gateway edge/edge: its listeners take no HTTPRoutes (tcp (TCP 80))',
    ],
    [
      [{ ...open, allowedRoutes: { namespaces: { from: 'All' }, kinds: [{ kind: 'GRPCRoute' }] } }],
      {},
      'NotAllowedByListeners: HTTPRoute web/web is not attached to Gateway edge/edge: its listeners take no HTTPRoutes (http (HTTP 80))',
    ],
    [
      [{ ...open, hostname: '*.test' }],
      { hostnames: ['test', 'web.example'] },
      "NoMatchingListenerHostname: HTTPRoute web/web is not attached to Gateway edge/edge: no hostname of it (test, web.example) is one of its listeners' (*.test)",
    ],
    [
      [open],
      { parentRefs: [{ name: 'edge', namespace: 'edge', sectionName: 'https' }] },
      'NoMatchingParent: HTTPRoute web/web is not attached to Gateway edge/edge: it has no listener named https (listeners: http (HTTP 80))',
    ],
    [
      [open],
      { parentRefs: [{ name: 'egde', namespace: 'edge' }] },
      'NoMatchingParent: HTTPRoute web/web names Gateway edge/egde, which does not exist',
    ],
  ])('%j with %j: %s', (listeners, spec, expected) => {
    expect(reasons(listeners, spec)).toEqual(expected === undefined ? [] : [expected]);
  });

  test('what is not as the definition says is left alone', () => {
    const odd = [{ parentRefs: 'edge' }, { parentRefs: [null], rules: 7 }, { hostnames: [3], rules: [null, { matches: 'x' }] }];
    for (const spec of odd) expect(() => reasons([open, null as unknown as object], spec)).not.toThrow();
  });
});
