import { describe, expect, test } from 'vitest';
import type { Pod } from '../../lib/api/generated/types.js';
import { createDns } from '../../lib/network/dns.js';
import { candidates, resolverOf } from '../../lib/network/resolver.js';
import { clusterOf, pod, service } from './cluster.js';

const clusterDns = '10.96.0.10';
const view = clusterOf([
  service('shop/web', { clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5', 'fd00:10:96::5'], ports: [{ port: 80 }] }),
  service('data/kv', { selector: { app: 'kv' }, clusterIP: 'None', clusterIPs: ['None'], ports: [{ port: 7000 }] }),
  service('data/idle', { selector: { app: 'none' }, clusterIP: 'None', clusterIPs: ['None'], ports: [{ port: 7000 }] }),
  service('shop/database', { type: 'ExternalName', externalName: 'kv.data.svc.cluster.local' }),
  service('shop/mail', { type: 'ExternalName', externalName: 'smtp.example.com.' }),
  service('shop/ping', { type: 'ExternalName', externalName: 'pong.shop.svc.cluster.local' }),
  service('shop/pong', { type: 'ExternalName', externalName: 'ping.shop.svc.cluster.local' }),
  pod('data/kv-0', {
    ip: '10.244.2.9',
    labels: { app: 'kv' },
    spec: { hostname: 'kv-0', subdomain: 'kv', containers: [], nodeName: 'k8s-w1' },
  }),
  pod('data/kv-1', {
    ip: '10.244.2.10',
    labels: { app: 'kv' },
    spec: { hostname: 'kv-1', subdomain: 'kv', containers: [], nodeName: 'k8s-w1' },
  }),
  pod('data/kv-2', { ip: '10.244.2.11', labels: { app: 'kv' }, ready: false }),
]);
const dns = createDns(view.services, view.endpointSlices, new Set(['shop', 'data']));
const clientIn = (namespace: string, spec: Partial<NonNullable<Pod['spec']>> = {}) =>
  resolverOf(pod(`${namespace}/client`, { ip: '10.244.1.1', spec }), clusterDns);
const resolve = (name: string, spec: Partial<NonNullable<Pod['spec']>> = {}) => dns.resolve(name, clientIn('shop', spec));

describe('names of the cluster', () => {
  test.each([
    ['web', ['10.96.0.5', 'fd00:10:96::5']],
    ['web.shop', ['10.96.0.5', 'fd00:10:96::5']],
    ['WEB.shop.svc', ['10.96.0.5', 'fd00:10:96::5']],
    ['web.shop.svc.cluster.local', ['10.96.0.5', 'fd00:10:96::5']],
    ['web.shop.svc.cluster.local.', ['10.96.0.5', 'fd00:10:96::5']],
    ['kv.data', ['10.244.2.9', '10.244.2.10']],
    ['kv-1.kv.data', ['10.244.2.10']],
    ['10-244-2-9.data.pod.cluster.local', ['10.244.2.9']],
    ['kubernetes.default', ['10.96.0.1']],
    ['kube-dns.kube-system.svc', ['10.96.0.10']],
    ['database', ['10.244.2.9', '10.244.2.10']],
  ])('%s', (name, addresses) => {
    expect(resolve(name)).toMatchObject({ outcome: 'resolved', addresses });
  });

  test.each(['kv', 'web.data', 'kv-2.kv.data', 'idle.data', 'web.shop.svc.', 'ping', 'nothing', 'web.shop.cluster.local'])(
    '%s is no name',
    (name) => {
      expect(resolve(name).outcome).toBe('missing');
    },
  );

  test.each([
    ['my.database.example.com', 'my.database.example.com'],
    ['mail', 'smtp.example.com'],
  ])('%s is asked outside as %s', (name, asked) => {
    expect(resolve(name)).toMatchObject({ outcome: 'outside', name: asked, addresses: [] });
  });

  test('the steps tell what was asked in which order', () => {
    expect(resolve('kv.data').steps).toEqual([
      'kv.data.shop.svc.cluster.local: no such name',
      'kv.data.svc.cluster.local -> 10.244.2.9, 10.244.2.10',
    ]);
    expect(resolve('database').steps).toEqual([
      'database.shop.svc.cluster.local -> ExternalName kv.data.svc.cluster.local',
      'kv.data.svc.cluster.local -> 10.244.2.9, 10.244.2.10',
    ]);
  });
});

describe('the resolver of a Pod', () => {
  test('ndots 5: a name with fewer dots is tried in the search domains first', () => {
    const resolver = clientIn('shop');
    expect(candidates('web', resolver)).toEqual([
      'web.shop.svc.cluster.local',
      'web.svc.cluster.local',
      'web.cluster.local',
      'web',
    ]);
    expect(candidates('a.b.c.d.e.f', resolver)[0]).toBe('a.b.c.d.e.f');
    expect(candidates('web.', resolver)).toEqual(['web']);
  });

  test('dnsConfig adds to dnsPolicy', () => {
    const resolver = clientIn('shop', {
      dnsConfig: { searches: ['corp.example.com', 'svc.cluster.local'], options: [{ name: 'ndots', value: '2' }] },
    });
    expect(resolver.searches).toEqual(['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'corp.example.com']);
    expect(candidates('a.b.c', resolver)[0]).toBe('a.b.c');
  });

  test.each<[string, Partial<NonNullable<Pod['spec']>>, boolean]>([
    ['ClusterFirst', {}, true],
    ['ClusterFirst on the network of the node', { hostNetwork: true }, false],
    ['ClusterFirstWithHostNet', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }, true],
    ['Default', { dnsPolicy: 'Default' }, false],
    ['None with the cluster DNS', { dnsPolicy: 'None', dnsConfig: { nameservers: [clusterDns] } }, true],
    ['None with another', { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } }, false],
  ])('%s', (_name, spec, asksCluster) => {
    expect(clientIn('shop', spec).asksCluster).toBe(asksCluster);
    expect(resolve('web.shop.svc.cluster.local', spec).outcome).toBe(asksCluster ? 'resolved' : 'missing');
    expect(resolve('example.com', spec).outcome).toBe('outside');
  });

  test('hostAliases answer before any DNS', () => {
    expect(
      resolve('legacy.example.com', { hostAliases: [{ ip: '192.0.2.7', hostnames: ['legacy.example.com'] }] }),
    ).toMatchObject({
      outcome: 'resolved',
      addresses: ['192.0.2.7'],
    });
  });
});
