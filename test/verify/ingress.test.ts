import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import type { VerifyInput } from '../../lib/verify/verify.js';
import { deployment, faults, judge, service } from './manifests.js';

const ingressClass = (name: string, controller = `example.com/${name}`): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name },
  spec: { controller },
});

const backend = (name: string, port: object = { number: 80 }) => ({ service: { name, port } });

const ingress = (name: string, spec: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, ...metadata },
  spec: { ingressClassName: 'nginx', ...spec },
});

const paths = (host: string, ...list: readonly (readonly [pathType: string, path: string, name: string])[]) => ({
  rules: [{ host, http: { paths: list.map(([pathType, path, name]) => ({ pathType, path, backend: backend(name) })) } }],
});

const secret = (name: string, data: Readonly<Record<string, string>>, type = 'kubernetes.io/tls'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  type,
  stringData: data,
});

const shop = [
  ingressClass('nginx', 'k8s.io/ingress-nginx'),
  deployment('web'),
  service('web'),
  deployment('api'),
  service('api'),
];
const said = (objects: readonly KubeObject[], rest: Omit<VerifyInput, 'manifests'> = {}) =>
  faults(judge([...shop, ...objects], rest)).filter((text) => !text.startsWith('api/warning'));

describe('S32: conflicts between Ingresses', () => {
  test('two that take the same requests are a warning that names both', () => {
    const { findings } = judge([
      ...shop,
      ingress('a', paths('shop.example.com', ['Prefix', '/api', 'api'])),
      ingress('b', paths('shop.example.com', ['Prefix', '/api/', 'web'])),
    ]);
    expect(findings.find(({ code }) => code === 'ingress/conflict')).toMatchObject({
      severity: 'warning',
      object: { name: 'b' },
      message:
        'Ingress default/b takes shop.example.com/api/ (Prefix), and so does Ingress default/a: one sends it to Service default/api port 80, the other to Service default/web port 80, and which of them serves is not defined (most controllers take the older one; ingress-nginx refuses the second)',
      source: { line: 7 },
    });
  });

  test('so is one that takes them twice', () => {
    expect(said([ingress('a', paths('shop.example.com', ['Exact', '/', 'api'], ['Exact', '/', 'web']))])).toEqual([
      expect.stringContaining('ingress/conflict: Ingress default/a takes shop.example.com/ (Exact) twice'),
    ]);
  });

  test.each([
    ['another path', [paths('a.test', ['Prefix', '/a', 'api']), paths('a.test', ['Prefix', '/b', 'web'])]],
    ['another path type', [paths('a.test', ['Prefix', '/a', 'api']), paths('a.test', ['Exact', '/a', 'web'])]],
    ['another host', [paths('a.test', ['Prefix', '/', 'api']), paths('b.test', ['Prefix', '/', 'web'])]],
    ['the same backend', [paths('a.test', ['Prefix', '/', 'api']), paths('a.test', ['Prefix', '/', 'api'])]],
    [
      'another class',
      [paths('a.test', ['Prefix', '/', 'api']), { ...paths('a.test', ['Prefix', '/', 'web']), ingressClassName: 'other' }],
    ],
  ])('%s is no conflict', (_, [one, another]) => {
    expect(said([ingressClass('other'), ingress('a', one), ingress('b', another)])).toEqual([]);
  });

  test('a canary shares the requests on purpose', () => {
    const canary = { annotations: { 'nginx.ingress.kubernetes.io/canary': 'true' } };
    expect(
      said([
        ingress('a', paths('a.test', ['Prefix', '/', 'api'])),
        ingress('b', paths('a.test', ['Prefix', '/', 'web']), canary),
      ]),
    ).toEqual([]);
  });

  test('one that runs already is named too', () => {
    const cluster = { objects: [ingress('old', paths('a.test', ['Prefix', '/', 'api']))] };
    expect(said([ingress('new', paths('a.test', ['Prefix', '/', 'web']))], { cluster })).toEqual([
      expect.stringContaining('Ingress default/new takes a.test/ (Prefix), and so does Ingress default/old'),
    ]);
  });

  test('two certificates for one host', () => {
    const tls = (secretName: string, path: string) => ({
      ...paths('a.test', ['Prefix', path, 'web']),
      tls: [{ hosts: ['a.test'], secretName }],
    });
    const certificates = ['one', 'two'].map((name) => secret(name, { 'tls.crt': name, 'tls.key': name }));
    expect(said([...certificates, ingress('a', tls('one', '/a')), ingress('b', tls('two', '/b'))])).toEqual([
      'ingress/conflict: Ingress default/b serves a.test with the certificate of Secret default/two, Ingress default/a with that of Secret default/one: clients are given only one of them, and which one is not defined',
    ]);
    expect(said([...certificates, ingress('a', tls('one', '/a')), ingress('b', tls('one', '/b'))])).toEqual([]);
  });
});

describe('S32: what an Ingress needs', () => {
  const web = paths('a.test', ['Prefix', '/', 'web']);
  const withTls = { ...web, tls: [{ hosts: ['a.test'], secretName: 'cert' }] };

  test('a Secret with a certificate in it', () => {
    expect(said([secret('cert', { 'tls.crt': 'c', 'tls.key': 'k' }), ingress('a', withTls)])).toEqual([]);
    expect(said([secret('cert', { cert: 'c' }, 'Opaque'), ingress('a', withTls)])).toEqual([
      'tls/secret: Ingress default/a serves the certificate of Secret default/cert, which has no tls.crt and no tls.key (it has cert): clients are given another certificate, or none',
    ]);
    const opaque = judge([...shop, secret('cert', { 'tls.crt': 'c', 'tls.key': 'k' }, 'Opaque'), ingress('a', withTls)]);
    expect(opaque.findings.find(({ code }) => code === 'tls/secret')).toMatchObject({
      severity: 'warning',
      fix: { text: 'set type of Secret default/cert to kubernetes.io/tls', verified: true },
    });
    expect(said([ingress('a', withTls)])[0]).toContain('Secret "cert", which does not exist');
  });

  test('nothing is known of a Secret that is assumed', () => {
    expect(said([ingress('a', withTls)], { cluster: { world: 'open' } })).toEqual([]);
  });

  test('a class, its own or the default one', () => {
    const unclassed = ingress('a', { ...web, ingressClassName: undefined });
    const { findings } = judge([...shop, unclassed]);
    expect(findings.find(({ code }) => code === 'ingress/not-served')).toMatchObject({
      message:
        'Ingress default/a names no ingressClassName, and no IngressClass is the default one: most controllers leave it alone (classes: nginx)',
      fix: { text: 'set spec.ingressClassName to "nginx"', verified: true },
    });
    const annotated = { ...unclassed, metadata: { name: 'a', annotations: { 'kubernetes.io/ingress.class': 'nginx' } } };
    expect(said([annotated])).toEqual([]);
    // Nobody knows which classes there are.
    expect(faults(judge([deployment('web'), service('web'), unclassed]))).toEqual([]);
  });

  test('the class of a declared controller needs no object', () => {
    const cluster = { ingressController: { ingressClass: 'nginx' } };
    expect(faults(judge([deployment('web'), service('web'), ingress('a', web)], { cluster }))).toEqual([]);
  });

  test('a resource backend that exists', () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'buckets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Bucket', plural: 'buckets', singular: 'bucket', listKind: 'BucketList' },
        versions: [
          {
            name: 'v1alpha1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    };
    const bucket = { apiVersion: 'example.com/v1alpha1', kind: 'Bucket', metadata: { name: 'files' } };
    const files = ingress('a', { defaultBackend: { resource: { apiGroup: 'example.com', kind: 'Bucket', name: 'files' } } });
    expect(said([definition, bucket, files])).toEqual([]);
    expect(said([definition, files])).toEqual([
      'reference/missing-object: Ingress default/a sends requests to Bucket "files", which does not exist in namespace default',
    ]);
  });
});

describe('S32: policies between the controller and the backend', () => {
  const web = ingress('a', paths('a.test', ['Prefix', '/', 'web']));
  const only = (from: object): KubeObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web' },
    spec: { podSelector: { matchLabels: { app: 'web' } }, ingress: [{ from: [from] }] },
  });
  const api = { podSelector: { matchLabels: { app: 'api' } } };
  const labels = { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' };
  const controller = deployment(
    'controller',
    {},
    {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'controller:1' }] } },
    },
  );
  const inOwnNamespace = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ingress-nginx' } },
    { ...controller, metadata: { name: 'controller', namespace: 'ingress-nginx' } },
  ];

  test("the controller's own Pods must get through, and how they would is tried", () => {
    const { findings } = judge([...shop, ...inOwnNamespace, web, only(api)]);
    const found = findings.find(({ code }) => code === 'network/unreachable');
    expect(found).toMatchObject({
      severity: 'error',
      object: { kind: 'Ingress', name: 'a' },
      fix: {
        text: 'allow ingress from the Pods of namespace ingress-nginx with app.kubernetes.io/name=ingress-nginx,app.kubernetes.io/component=controller to TCP 80 in NetworkPolicy default/web',
        verified: true,
      },
    });
    expect(found?.message).toMatch(
      /^Ingress default\/a sends requests to Service default\/web, but Pod ingress-nginx\/controller-\S+ does not reach it: NetworkPolicy default\/web selects app=web; no ingress rule allows TCP 80 from Pod ingress-nginx\/controller-\S+$/,
    );
    const open = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } };
    expect(said([...inOwnNamespace, web, only(open)])).toEqual([]);
  });

  test('labels that are declared for it count as well', () => {
    const cluster = { ingressController: { ingressClass: 'nginx', namespace: 'edge', podLabels: { app: 'edge' } } };
    expect(judge([...shop, web, only(api)], { cluster }).findings[0]).toMatchObject({
      severity: 'error',
      code: 'network/unreachable',
      fix: { verified: true },
    });
  });

  test('of an unknown one it is a warning, unless a rule may mean it', () => {
    expect(judge([...shop, web, only(api)]).findings[0]).toMatchObject({ severity: 'warning', code: 'network/unreachable' });
    for (const open of [{ namespaceSelector: { matchLabels: { edge: 'yes' } } }, { ipBlock: { cidr: '10.0.0.0/8' } }]) {
      expect(said([web, only(open)])).toEqual([]);
    }
  });
});
