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
