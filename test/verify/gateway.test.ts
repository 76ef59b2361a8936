import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import type { VerifyInput } from '../../lib/verify/verify.js';
import { deployment, faults, judge, service } from './manifests.js';

const group = 'gateway.networking.k8s.io';

/** The definition of a kind as far as the server needs one; what its fields are is left open. */
const definition = (kind: string, plural: string, version = 'v1', scope = 'Namespaced'): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/gateway-api/pull/3328' },
  },
  spec: {
    group,
    scope,
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

const definitions = [
  definition('GatewayClass', 'gatewayclasses', 'v1', 'Cluster'),
  definition('Gateway', 'gateways'),
  definition('HTTPRoute', 'httproutes'),
  definition('ReferenceGrant', 'referencegrants', 'v1beta1'),
];

const object = (kind: string, key: string, spec: object, version = 'v1'): KubeObject => {
  const [namespace, name = ''] = key.includes('/') ? key.split('/') : [undefined, key];
  return { apiVersion: `${group}/${version}`, kind, metadata: { name, ...(namespace && { namespace }) }, spec };
};

const http = { name: 'http', port: 80, protocol: 'HTTP' };
const gateway = (...listeners: readonly object[]) => object('Gateway', 'edge', { gatewayClassName: 'main', listeners });
const route = (name: string, spec: object = {}) =>
  object('HTTPRoute', name, {
    parentRefs: [{ name: 'edge' }],
    hostnames: ['web.test'],
    rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
    ...spec,
  });

const base = [
  ...definitions,
  object('GatewayClass', 'main', { controllerName: 'example.com/main' }),
  deployment('web'),
  service('web'),
  deployment('api'),
  service('api'),
];

const said = (objects: readonly KubeObject[], rest: Omit<VerifyInput, 'manifests'> = {}) =>
  faults(judge([...base, ...objects], rest));
const first = (objects: readonly KubeObject[], rest: Omit<VerifyInput, 'manifests'> = {}) =>
  judge([...base, ...objects], rest).findings.find(({ severity }) => severity === 'error' || severity === 'warning');

describe('Gateway API: what is sound is silent', () => {
  test('a Gateway, a route, a backend', () => {
    expect(said([gateway(http), route('web')])).toEqual([]);
  });

  test('without the definitions the server refuses the objects itself', () => {
    const { findings } = judge([deployment('web'), service('web'), gateway(http), route('web')]);
    expect(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
      'api/unknown-kind',
      'api/unknown-kind',
    ]);
  });
});

describe('Gateway API: what is not judged is said', () => {
  test('who serves a class, meshes, other routes', () => {
    const mesh = route('mesh', { parentRefs: [{ group: '', kind: 'Service', name: 'web' }] });
    const other = object('TLSRoute', 'tls', {});
    const { findings } = judge([...base, definition('TLSRoute', 'tlsroutes'), gateway(http), route('web'), mesh, other]);
    expect(
      findings.flatMap(({ code, message }) => (/^(?:HTTP|TLS)Route|controller/.test(message) ? [`${code}: ${message}`] : [])),
    ).toEqual([
      'assumption/outside: a controller serves the Gateways of class main: no Pod of one is in the cluster',
      'assumption/unjudged: TLSRoute default/tls: where it leads is not judged',
      'assumption/unjudged: HTTPRoute default/mesh: what it does at Service default/web is not judged',
    ]);
  });
});

describe('Gateway API: routes that are not attached', () => {
  test('the Gateway does not exist', () => {
    const objects = [gateway(http), route('web', { parentRefs: [{ name: 'egde' }] })];
    expect(first(objects)).toMatchObject({
      code: 'reference/missing-object',
      severity: 'error',
      object: { kind: 'HTTPRoute', name: 'web' },
      message: 'HTTPRoute default/web names Gateway default/egde, which does not exist',
      fix: { text: 'set spec.parentRefs[0].name to "edge"', verified: true },
    });
    // Where other manifests are unknown, it may be there.
    expect(said(objects, { cluster: { world: 'open' } })).toEqual([]);
  });

  test('no listener has the name', () => {
    const objects = [gateway(http), route('web', { parentRefs: [{ name: 'edge', sectionName: 'htpp' }] })];
    expect(first(objects)).toMatchObject({
      code: 'gateway/not-attached',
      message:
        'HTTPRoute default/web is not attached to Gateway default/edge: it has no listener named htpp (listeners: http (HTTP 80)) (NoMatchingParent)',
      fix: { text: 'set spec.parentRefs[0].sectionName to "http"', verified: true },
    });
  });

  test('another namespace is not allowed', () => {
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      gateway(http),
      { ...deployment('shop'), metadata: { name: 'shop', namespace: 'shop' } },
      { ...service('shop'), metadata: { name: 'shop', namespace: 'shop' } },
      object('HTTPRoute', 'shop/shop', {
        parentRefs: [{ name: 'edge', namespace: 'default' }],
        rules: [{ backendRefs: [{ name: 'shop', port: 80 }] }],
      }),
    ];
    expect(first(objects)).toMatchObject({
      code: 'gateway/not-attached',
      fix: { text: 'let listener http of Gateway default/edge take routes of namespace shop', verified: true },
    });
  });

  test('no hostname is common', () => {
    expect(first([gateway({ ...http, hostname: 'shop.test' }), route('web')])).toMatchObject({
      code: 'gateway/not-attached',
      message: expect.stringContaining("no hostname of it (web.test) is one of its listeners' (shop.test)"),
      fix: { text: 'set spec.hostnames to "shop.test"', verified: true },
    });
  });
});

describe('Gateway API: where routes lead', () => {
  const to = (backend: object) => route('web', { rules: [{ backendRefs: [backend] }] });

  test('a Service that does not exist, a port that it does not have', () => {
    expect(first([gateway(http), to({ name: 'wbe', port: 80 })])).toMatchObject({
      code: 'reference/missing-object',
      message: 'HTTPRoute default/web sends requests to Service default/wbe, which does not exist (BackendNotFound)',
      fix: { text: 'write "web" instead of "wbe"', verified: true },
    });
    expect(first([gateway(http), to({ name: 'web', port: 8080 })])).toMatchObject({
      code: 'service/port-mismatch',
      message: 'HTTPRoute default/web sends requests to port 8080 of Service default/web, which has 80',
      fix: { text: 'send them to port 80', verified: true },
    });
  });

  test('another namespace needs a grant, which is tried', () => {
    const shop = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      { ...deployment('shop'), metadata: { name: 'shop', namespace: 'shop' } },
      { ...service('shop'), metadata: { name: 'shop', namespace: 'shop' } },
    ];
    expect(first([...shop, gateway(http), to({ name: 'shop', namespace: 'shop', port: 80 })])).toMatchObject({
      code: 'gateway/not-permitted',
      message:
        'HTTPRoute default/web names Service shop/shop, and no ReferenceGrant in namespace shop permits it (RefNotPermitted)',
      fix: { text: 'add a ReferenceGrant to namespace shop, from HTTPRoutes of default to Service shop', verified: true },
    });
  });

  test('nowhere', () => {
    expect(said([gateway(http), route('web', { rules: [{ backendRefs: [{ name: 'web', port: 80, weight: 0 }] }] })])).toEqual([
      'gateway/no-backend: spec.rules[0] of HTTPRoute default/web gives every backend the weight 0: its requests are answered with 500',
    ]);
    const redirect = { filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }] };
    expect(said([gateway(http), route('web', { rules: [redirect] })])).toEqual([]);
  });

  test('two routes that take the same requests', () => {
    const other = route('also', { rules: [{ backendRefs: [{ name: 'api', port: 80 }] }] });
    expect(said([gateway(http), route('web'), other])).toEqual([
      'ingress/conflict: HTTPRoute default/web takes web.test, PathPrefix / at listener http of Gateway default/edge, and so does HTTPRoute default/also: requests go to Service default/api port 80 (the older route, or the first by name wins), never to Service default/web port 80',
    ]);
    expect(said([gateway(http), route('web'), route('also')])).toEqual([]);
    const apart = route('also', { hostnames: ['api.test'], rules: [{ backendRefs: [{ name: 'api', port: 80 }] }] });
    expect(said([gateway(http), route('web'), apart])).toEqual([]);
  });

  test('a policy that keeps out what serves the Gateway', () => {
    const labels = { [`${group}/gateway-name`]: 'edge' };
    const proxy = deployment(
      'proxy',
      {},
      {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'proxy:1' }] } },
      },
    );
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'web' },
      spec: {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }] }],
      },
    };
    expect(first([gateway(http), route('web'), proxy, policy])).toMatchObject({
      code: 'network/unreachable',
      severity: 'error',
      object: { kind: 'HTTPRoute', name: 'web' },
      fix: {
        text: `allow ingress from the Pods of namespace default with ${group}/gateway-name=edge to TCP 80 in NetworkPolicy default/web`,
        verified: true,
      },
    });
  });
});

describe('Gateway API: what a Gateway needs', () => {
  const https = (certificate: object) => ({
    name: 'https',
    port: 443,
    protocol: 'HTTPS',
    tls: { certificateRefs: [certificate] },
  });

  test('its class', () => {
    const other = object('Gateway', 'edge', { gatewayClassName: 'mian', listeners: [http] });
    expect(first([other, route('web')])).toMatchObject({
      code: 'reference/missing-class',
      severity: 'warning',
      fix: { text: 'set spec.gatewayClassName to "main"', verified: true },
    });
  });

  test('certificates, of its own namespace or granted', () => {
    expect(said([gateway(http, https({ name: 'cert' })), route('web')])).toEqual([
      'reference/missing-object: Gateway default/edge needs the certificate of Secret default/cert, which does not exist',
    ]);
    const opaque = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cert' }, stringData: { cert: 'x' } };
    expect(said([opaque, gateway(http, https({ name: 'cert' })), route('web')])).toEqual([
      expect.stringContaining(
        'tls/secret: Gateway default/edge serves the certificate of Secret default/cert, which has no tls.crt',
      ),
    ]);
    expect(first([gateway(http, https({ name: 'cert', namespace: 'kube-system' })), route('web')])).toMatchObject({
      code: 'gateway/not-permitted',
      message: expect.stringContaining('Gateway default/edge names Secret kube-system/cert'),
    });
  });
});
