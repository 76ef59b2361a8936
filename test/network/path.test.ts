import { describe, expect, test } from 'vitest';
import type { Admitted } from '../../lib/api/object.js';
import { createNetwork } from '../../lib/network/network.js';
import { clusterOf, declaredListens, namespace, pod, policy, service } from './cluster.js';

const networkOf = (objects: readonly Admitted[]) => createNetwork(clusterOf(objects), { listens: declaredListens });

const client = pod('shop/web-1', { ip: '10.244.1.5', labels: { app: 'web' } });
const db = pod('data/db-0', { ip: '10.244.2.7', labels: { app: 'db' }, ports: { pg: 5432 }, node: 'k8s-w2' });
const dbService = service('data/db', {
  selector: { app: 'db' },
  clusterIP: '10.96.0.12',
  clusterIPs: ['10.96.0.12'],
  ports: [{ port: 80, targetPort: 5432 }],
});
const base = [namespace('shop'), namespace('data'), client, db, dbService];
const toDb = { pod: client } as const;

describe('a connection that policies deny', () => {
  test('says what one more rule would have to allow: the port of the Pod, and every policy that could', () => {
    const all = policy('data/deny', { podSelector: {}, policyTypes: ['Ingress'] });
    const own = policy('data/own', {
      podSelector: { matchLabels: { app: 'db' } },
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] }],
    });
    expect(networkOf([...base, all, own]).connect(toDb, { host: 'db.data', port: 80 }).blockedAt).toMatchObject({
      at: 'policy-ingress',
      denied: {
        direction: 'ingress',
        port: 5432,
        protocol: 'TCP',
        policies: [{ name: 'deny' }, { name: 'own' }],
        near: { policy: { name: 'own' }, rule: 1 },
      },
    });
  });

  test('goes on to be traced: what lies behind the first policy is known as well', () => {
    const closed = ['shop', 'data'].map((name) =>
      policy(`${name}/deny`, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    );
    const { hops } = networkOf([...base, ...closed]).connect(toDb, { host: 'db.data', port: 80 });
    const blocked = hops.filter(({ outcome }) => outcome === 'blocked');
    expect(blocked.map(({ at, denied }) => `${at} ${denied?.direction} ${denied?.protocol} ${denied?.port}`)).toEqual([
      'dns egress UDP 53',
      'egress egress TCP 5432',
      'policy-ingress ingress TCP 5432',
    ]);
  });
});

describe('the cluster DNS', () => {
  const dns = pod('kube-system/coredns-1', { ip: '10.244.3.3', labels: { 'k8s-app': 'kube-dns' } });
  const dnsService = service('kube-system/kube-dns', {
    selector: { 'k8s-app': 'kube-dns' },
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10'],
    ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
  });
  const only = (peer: object) =>
    policy('kube-system/dns', {
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      ingress: [{ from: [peer], ports: [{ port: 53, protocol: 'UDP' }] }],
    });

  test('has policies of its own, which may keep the question away', () => {
    const objects = [...base, namespace('kube-system'), dns, dnsService];
    const path = networkOf([...objects, only({ podSelector: {} })]).connect(toDb, { host: 'db.data', port: 80 });
    expect(path.blockedAt).toMatchObject({
      at: 'dns',
      object: { kind: 'NetworkPolicy', namespace: 'kube-system' },
      denied: { direction: 'ingress' },
    });
    expect(networkOf([...objects, only({ namespaceSelector: {} })]).connect(toDb, { host: 'db.data', port: 80 }).arrives).toBe(
      true,
    );
  });
});

describe('the API server as a client', () => {
  const call = (...policies: readonly Admitted[]) =>
    networkOf([...base, ...policies]).connect({ apiServer: true }, { service: dbService, port: 80 });
  const own = (ingress: readonly object[]) => policy('data/own', { podSelector: {}, policyTypes: ['Ingress'], ingress });

  test('reaches a Service without a name to look up', () => {
    const path = call();
    expect(path.arrives).toBe(true);
    expect(path.hops.map(({ at }) => at)).toEqual(['client', 'service', 'endpoint', 'policy-ingress', 'container', 'ready']);
  });

  test('is no Pod, and its address is not known: selectors keep it out, an ipBlock may hold it', () => {
    expect(call(own([{ from: [{ namespaceSelector: {} }] }])).blockedAt?.at).toBe('policy-ingress');
    const maybe = call(own([{ from: [{ ipBlock: { cidr: '192.168.0.0/16' } }] }]));
    expect(maybe.arrives).toBe(true);
    expect(maybe.hops.find(({ at }) => at === 'policy-ingress')?.outcome).toBe('assumed');
    expect(call(own([{ ports: [{ port: 5432 }] }])).arrives).toBe(true);
  });
});
