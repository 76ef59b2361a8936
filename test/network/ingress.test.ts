import { describe, expect, test } from 'vitest';
import { createIngressRouter } from '../../lib/network/ingress.js';
import { ingress } from './cluster.js';

const backend = (name: string) => ({ service: { name, port: { number: 80 } } });
const rule = (host: string | undefined, paths: readonly (readonly [string, string, string])[]) => ({
  ...(host !== undefined && { host }),
  http: { paths: paths.map(([pathType, path, name]) => ({ pathType, path, backend: backend(name) })) },
});

const router = createIngressRouter([
  ingress('shop/main', {
    ingressClassName: 'nginx',
    rules: [
      rule('shop.example.com', [
        ['Prefix', '/', 'front'],
        ['Prefix', '/api', 'api'],
        ['Exact', '/api/health', 'health'],
        ['ImplementationSpecific', '/api/v2/', 'api-v2'],
      ]),
      rule('*.example.com', [['Prefix', '/', 'tenants']]),
      rule(undefined, [['Prefix', '/status', 'status']]),
    ],
  }),
  ingress('shop/fallback', { ingressClassName: 'nginx', defaultBackend: backend('fallback') }),
  ingress('other/main', { ingressClassName: 'traefik', rules: [rule('traefik.example.com', [['Prefix', '/', 'other']])] }),
]);

describe('S32: Ingress rules', () => {
  test.each([
    ['shop.example.com', '/', 'front'],
    ['SHOP.example.com', '/apix', 'front'],
    ['shop.example.com', '/api', 'api'],
    ['shop.example.com', '/api/', 'api'],
    ['shop.example.com', '/api/health', 'health'],
    ['shop.example.com', '/api/health/', 'api'],
    ['shop.example.com', '/api/v2/x', 'api-v2'],
    ['a.example.com', '/x', 'tenants'],
    ['example.com', '/status/a', 'status'],
    ['a.b.example.com', '/', 'fallback'],
    ['traefik.example.com', '/', 'tenants'],
  ])('%s%s is sent to %s', (host, path, name) => {
    expect(router.match(host, path, 'nginx')?.backend.service?.name).toBe(name);
  });

  test('the class decides whose rules hold', () => {
    expect(router.match('traefik.example.com', '/', 'traefik')?.backend.service?.name).toBe('other');
    expect(router.match('shop.example.com', '/', 'traefik')).toBeUndefined();
  });
});

describe('S32: paths that controllers read in their own way', () => {
  const annotated = (annotations: Readonly<Record<string, string>>, path: string) => {
    const made = ingress('shop/own', { rules: [rule('own.test', [['ImplementationSpecific', path, 'own']])] });
    return createIngressRouter([{ ...made, metadata: { ...made.metadata, annotations } }]);
  };

  test('a regular expression where ingress-nginx is told so', () => {
    const regular = annotated({ 'nginx.ingress.kubernetes.io/use-regex': 'true' }, '/api/v[0-9]+(/|$)(.*)');
    expect(regular.match('own.test', '/API/v12/x')).toMatchObject({ doubt: expect.stringContaining('regular expression') });
    expect(regular.match('own.test', '/api/vx')).toBeUndefined();
    expect(annotated({}, '/api/v[0-9]+').match('own.test', '/api/v1')).toBeUndefined();
  });

  test('a prefix with a star', () => {
    const star = annotated({}, '/api/*');
    expect(star.match('own.test', '/api/x/y')?.doubt).toContain('up to the controller');
    expect(star.match('own.test', '/apis')).toBeUndefined();
  });

  test('a host with rules of its own is passed over with a doubt', () => {
    expect(router.match('shop.example.com', '/x', 'nginx')?.doubt).toBeUndefined();
    const wild = createIngressRouter([
      ingress('shop/main', {
        rules: [rule('a.example.com', [['Exact', '/', 'front']]), rule('*.example.com', [['Prefix', '/', 'tenants']])],
      }),
    ]);
    expect(wild.match('a.example.com', '/x')).toMatchObject({
      doubt: 'a.example.com has rules of its own without this path, and some controllers look no further',
    });
  });

  test('of two equal paths the older Ingress serves', () => {
    const at = (name: string, creationTimestamp: string) => {
      const made = ingress(`shop/${name}`, { rules: [rule('a.test', [['Prefix', '/', name]])] });
      return { ...made, metadata: { ...made.metadata, creationTimestamp } };
    };
    const both = createIngressRouter([at('young', '2026-02-01T00:00:00Z'), at('old', '2026-01-01T00:00:00Z')]);
    expect(both.match('a.test', '/')?.backend.service?.name).toBe('old');
  });
});
