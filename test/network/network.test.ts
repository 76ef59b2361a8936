import { describe, expect, test } from 'vitest';
import type { Admitted } from '../../lib/api/object.js';
import { createNetwork } from '../../lib/network/network.js';
import { isAssumed, type Path } from '../../lib/network/path.js';
import type { NetworkOptions } from '../../lib/network/view.js';
import { clusterOf, declaredListens, endpoints, ingress, namespace, pod, policy, service } from './cluster.js';

const networkOf = (objects: readonly Admitted[], options: NetworkOptions = {}) =>
  createNetwork(clusterOf(objects), { listens: declaredListens, ...options });

/** `dns passed: ...` lines: what a person would read. */
const told = ({ hops }: Path): readonly string[] => hops.map(({ at, outcome, text }) => `${at} ${outcome}: ${text}`);
const ways = ({ hops }: Path): readonly string[] => hops.map(({ at, outcome }) => `${at} ${outcome}`);

const client = pod('shop/web-1', { ip: '10.244.1.5', labels: { app: 'web' } });
const db = pod('data/db-0', { ip: '10.244.2.7', labels: { app: 'db' }, ports: { pg: 5432 }, node: 'k8s-w2' });
const dbService = service('data/db', {
  selector: { app: 'db' },
  clusterIP: '10.96.0.12',
  clusterIPs: ['10.96.0.12'],
  ports: [{ name: 'pg', port: 5432, targetPort: 'pg' }],
});
const base = [namespace('shop'), namespace('data'), client, db, dbService];

describe('inside one Pod', () => {
  const sidecars = pod('shop/pair', {
    ip: '10.244.1.9',
    spec: { containers: [{ name: 'app' }, { name: 'cache', ports: [{ containerPort: 6379 }] }] },
  });

  test('S2: containers reach each other at localhost, whatever the policies say', () => {
    const network = networkOf([sidecars, policy('shop/closed', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })]);
    const path = network.connect({ pod: sidecars }, { host: 'localhost', port: 6379 });
    expect(path.arrives).toBe(true);
    expect(ways(path)).toEqual(['client passed', 'container passed']);
  });

  test('S2: nothing answers at a port of localhost that no container listens on', () => {
    const path = networkOf([sidecars]).connect({ pod: sidecars }, { host: '127.0.0.1', port: 8080 });
    expect(path.blockedAt?.at).toBe('container');
    expect(path.blockedAt?.text).toBe('no container of Pod shop/pair listens on TCP 8080 (declared: cache TCP 6379)');
  });
});

describe('Services', () => {
  test('S20: a Service gives Pods one name and one address', () => {
    const path = networkOf(base).connect({ pod: client }, { host: 'db.data', port: 5432 });
    expect(path.arrives).toBe(true);
    expect(told(path)).toEqual([
      'client passed: Pod shop/web-1 10.244.1.5 on node k8s-w1',
      'dns passed: no policy restricts the egress of Pod shop/web-1',
      'dns passed: db.data: db.data.svc.cluster.local -> 10.96.0.12',
      'service passed: Service data/db 10.96.0.12:5432/TCP (pg) -> 10.244.2.7:5432',
      'endpoint passed: Pod data/db-0 10.244.2.7 port 5432 on node k8s-w2',
      'egress passed: no policy restricts the egress of Pod shop/web-1',
      'policy-ingress passed: no policy restricts the ingress of Pod data/db-0',
      'container passed: container main listens on TCP 5432',
      'ready passed: Pod data/db-0 is ready',
    ]);
  });

  test('S27: Pods ask the cluster DNS by themselves; without its own name domain, a name is not found', () => {
    const network = networkOf(base);
    const path = network.connect({ pod: client }, { host: 'db', port: 5432 });
    expect(path.blockedAt?.at).toBe('dns');
    expect(path.blockedAt?.text).toContain('db.shop.svc.cluster.local: no such name');
  });

  test('a named port of a Service object is found; an unknown one names the known', () => {
    const network = networkOf(base);
    expect(network.connect({ pod: client }, { service: dbService, port: 'pg' }).arrives).toBe(true);
    expect(network.connect({ pod: client }, { service: dbService }).arrives).toBe(true);
    const path = network.connect({ pod: client }, { service: dbService, port: 'http' });
    expect(path.blockedAt?.text).toBe('Service data/db has no port http (ports: pg 5432/TCP)');
    const numbered = network.connect({ pod: client }, { host: 'db.data', port: 80 });
    expect(numbered.blockedAt?.text).toBe(
      'Service data/db 10.96.0.12:80 is refused: the Service has no port 80/TCP (ports: pg 5432/TCP)',
    );
  });

  test('S41: a Service sends to every ready Pod and to no other; without one it refuses', () => {
    const unready = pod('data/db-1', { ip: '10.244.3.8', labels: { app: 'db' }, ports: { pg: 5432 }, ready: false });
    const service = networkOf([...base, unready]).connect({ pod: client }, { service: dbService });
    expect(service.hops.find(({ at }) => at === 'service')?.text).toMatch(/-> 10\.244\.2\.7:5432$/);
    const path = networkOf([namespace('shop'), client, unready, dbService]).connect({ pod: client }, { service: dbService });
    expect(path.arrives).toBe(false);
    expect(path.blockedAt).toMatchObject({ at: 'service', object: { kind: 'Service', name: 'db' } });
    expect(path.blockedAt?.text).toContain('the Service has no ready endpoint');
  });

  test('a headless Service leads to the Pods themselves, by name of each in a StatefulSet', () => {
    const member = pod('data/kv-0', {
      ip: '10.244.2.9',
      labels: { app: 'kv' },
      ports: { kv: 7000 },
      spec: {
        hostname: 'kv-0',
        subdomain: 'kv',
        containers: [{ name: 'main', ports: [{ containerPort: 7000 }] }],
        nodeName: 'k8s-w2',
      },
    });
    const headless = service('data/kv', {
      selector: { app: 'kv' },
      clusterIP: 'None',
      clusterIPs: ['None'],
      ports: [{ port: 7000 }],
    });
    const network = networkOf([namespace('shop'), client, member, headless]);
    expect(network.connect({ pod: client }, { host: 'kv-0.kv.data', port: 7000 }).arrives).toBe(true);
    expect(network.connect({ pod: client }, { service: headless }).arrives).toBe(true);
    expect(network.connect({ pod: client }, { host: 'kv-1.kv.data', port: 7000 }).blockedAt?.at).toBe('dns');
  });

  test('S31: ClusterIP is reachable inside only', () => {
    const network = networkOf(base);
    const path = network.connect({ outside: '203.0.113.9' }, { host: '10.96.0.12', port: 5432 });
    expect(path.blockedAt?.text).toBe('Service data/db 10.96.0.12: cluster addresses are reachable inside the cluster only');
    expect(network.connect({ outside: '203.0.113.9' }, { service: dbService }).arrives).toBe(false);
    expect(network.connect({ outside: '203.0.113.9' }, { host: 'db.data.svc.cluster.local', port: 5432 }).blockedAt?.at).toBe(
      'dns',
    );
    expect(network.connect({ node: 'k8s-w3' }, { service: dbService }).arrives).toBe(true);
  });

  const hello = pod('default/hello-1', { ip: '10.244.1.20', labels: { app: 'hello' }, ports: { http: 8080 } });
  const nodePort = service('default/hello-node-svc', {
    type: 'NodePort',
    selector: { app: 'hello' },
    clusterIP: '10.96.0.30',
    clusterIPs: ['10.96.0.30'],
    ports: [{ port: 80, targetPort: 8080, nodePort: 30036 }],
  });

  test.each(['192.168.1.11', '192.168.1.12', '192.168.1.13'])('S31: NodePort 30036 answers at node %s', (host) => {
    const network = networkOf([client, hello, nodePort]);
    expect(network.connect({ outside: '203.0.113.9' }, { host, port: 30036 }).arrives).toBe(true);
    expect(network.connect({ pod: client }, { host, port: 30036 }).arrives).toBe(true);
  });

  test('S31: a NodePort Service has a cluster address inside as well', () => {
    const network = networkOf([client, hello, nodePort]);
    expect(network.connect({ pod: client }, { host: 'hello-node-svc.default', port: 80 }).arrives).toBe(true);
    expect(network.connect({ outside: '203.0.113.9' }, { service: nodePort }).arrives).toBe(true);
  });

  test('S31: externalTrafficPolicy Local answers only at the node of a Pod', () => {
    const local = service('default/hello-node-svc', { ...nodePort.spec, externalTrafficPolicy: 'Local' });
    const network = networkOf([hello, local]);
    expect(network.connect({ outside: '203.0.113.9' }, { host: '192.168.1.11', port: 30036 }).arrives).toBe(true);
    const dropped = network.connect({ outside: '203.0.113.9' }, { host: '192.168.1.12', port: 30036 });
    expect(dropped.blockedAt?.text).toContain('is dropped: externalTrafficPolicy is Local and no endpoint is on this node');
  });

  test('S31: LoadBalancer answers at its address, its node port and its cluster address, and keeps to its source ranges', () => {
    const balancer = service(
      'default/public',
      { ...nodePort.spec, type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/24'] },
      { loadBalancer: { ingress: [{ ip: '198.51.100.10' }] } },
    );
    const network = networkOf([client, hello, balancer]);
    const from = (outside: string) => network.connect({ outside }, { host: '198.51.100.10', port: 80 });
    expect(from('203.0.113.9').arrives).toBe(true);
    expect(from('192.0.2.1').blockedAt?.text).toContain('loadBalancerSourceRanges do not hold the source');
    expect(network.connect({ outside: '192.0.2.1' }, { host: '192.168.1.12', port: 30036 }).arrives).toBe(true);
    expect(network.connect({ pod: client }, { service: balancer, port: 80 }).arrives).toBe(true);
  });

  test('S31: ExternalName leads outside by DNS; that it answers there is assumed', () => {
    const external = service('shop/database', { type: 'ExternalName', externalName: 'my.database.example.com' });
    const path = networkOf([namespace('shop'), client, external]).connect({ pod: client }, { host: 'database', port: 5432 });
    expect(path.arrives).toBe(true);
    expect(isAssumed(path)).toBe(true);
    expect(path.hops[2]?.text).toBe(
      'database: database.shop.svc.cluster.local -> ExternalName my.database.example.com; my.database.example.com: not a name of the cluster, asked outside',
    );
  });

  test('S31: a Service without selector and its Endpoints lead to an address outside', () => {
    const external = service('shop/database', { clusterIP: '10.96.0.40', clusterIPs: ['10.96.0.40'], ports: [{ port: 5432 }] });
    const network = networkOf([namespace('shop'), client, external, endpoints('shop/database', '192.0.2.50', 5432)]);
    const path = network.connect({ pod: client }, { host: 'database', port: 5432 });
    expect(path.arrives).toBe(true);
    expect(path.hops.at(-1)).toMatchObject({
      outcome: 'assumed',
      text: '192.0.2.50:5432 is not a Pod; that it answers on TCP 5432 is assumed',
    });
  });

  test('S34: a Pod has its own address, reachable inside the cluster only', () => {
    const network = networkOf(base);
    expect(network.connect({ pod: client }, { host: '10.244.2.7', port: 5432 }).arrives).toBe(true);
    expect(network.connect({ node: 'k8s-w1' }, { pod: db, port: 'pg' }).arrives).toBe(true);
    const path = network.connect({ outside: '203.0.113.9' }, { host: '10.244.2.7', port: 5432 });
    expect(path.blockedAt?.text).toBe('Pod data/db-0 10.244.2.7: addresses of Pods are reachable inside the cluster only');
  });
});

describe('NetworkPolicies on the way', () => {
  const closed = policy('data/closed', { podSelector: {}, policyTypes: ['Ingress'] });
  const fromWeb = policy('data/from-web', {
    podSelector: { matchLabels: { app: 'db' } },
    ingress: [
      { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }], ports: [{ port: 5432 }] },
    ],
  });

  test('the policy that selects the server and has no rule blocks, by name', () => {
    const path = networkOf([...base, closed]).connect({ pod: client }, { service: dbService });
    expect(path.blockedAt).toMatchObject({
      at: 'policy-ingress',
      object: { kind: 'NetworkPolicy', namespace: 'data', name: 'closed' },
    });
    expect(path.blockedAt?.text).toBe('NetworkPolicy data/closed selects every Pod of the namespace; allows no ingress');
  });

  test('the rule that allows is named by number', () => {
    const path = networkOf([...base, closed, fromWeb]).connect({ pod: client }, { service: dbService });
    expect(path.arrives).toBe(true);
    expect(path.hops.find(({ at }) => at === 'policy-ingress')?.text).toBe(
      'NetworkPolicy data/from-web ingress rule 1 allows TCP 5432 from Pod shop/web-1',
    );
  });

  test('policies see the port of the Pod, not that of the Service, and a rule with other ports is pointed out', () => {
    const renumbered = service('data/db', { ...dbService.spec, ports: [{ port: 80, targetPort: 5432 }] });
    const byServicePort = policy('data/from-web', {
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] }],
    });
    const path = networkOf([namespace('shop'), client, db, renumbered, byServicePort]).connect(
      { pod: client },
      { service: renumbered },
    );
    expect(path.blockedAt?.text).toBe(
      'NetworkPolicy data/from-web selects every Pod of the namespace; no ingress rule allows TCP 5432 from Pod shop/web-1; rule 1 of NetworkPolicy data/from-web allows from it TCP 80 only',
    );
  });

  const toData = policy('shop/to-data', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'data' } } }] }],
  });
  const dnsRule = {
    to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
    ports: [{ protocol: 'UDP', port: 53 }],
  };

  test('an egress policy that allows the target but not the cluster DNS breaks at the name', () => {
    const network = networkOf([...base, toData]);
    const path = network.connect({ pod: client }, { service: dbService });
    expect(path.blockedAt).toMatchObject({ at: 'dns', object: { kind: 'NetworkPolicy', name: 'to-data' } });
    expect(network.connect({ pod: client }, { host: '10.96.0.12', port: 5432 }).arrives).toBe(true);
    const withDns = policy('shop/to-data', { ...toData.spec, egress: [...(toData.spec?.egress ?? []), dnsRule] });
    expect(networkOf([...base, withDns]).connect({ pod: client }, { service: dbService }).arrives).toBe(true);
  });

  test('an address outside that nobody knows may be in an ipBlock: that is assumed, not proven', () => {
    const toAnywhere = policy('shop/out', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [dnsRule, { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] }],
    });
    const network = networkOf([namespace('shop'), client, toAnywhere]);
    const path = network.connect({ pod: client }, { host: 'api.stripe.com', port: 443 });
    expect(path.arrives).toBe(true);
    expect(path.hops.find(({ at }) => at === 'egress')?.outcome).toBe('assumed');
    expect(network.connect({ pod: client }, { host: 'api.stripe.com', port: 25 }).blockedAt?.at).toBe('egress');
  });

  test('endpoints that differ are told apart: some connections arrive, some do not', () => {
    const other = pod('data/db-1', { ip: '10.244.3.8', labels: { app: 'db', role: 'replica' }, ports: { pg: 5432 } });
    const noReplica = policy('data/no-replica', { podSelector: { matchLabels: { role: 'replica' } }, policyTypes: ['Ingress'] });
    const path = networkOf([...base, other, noReplica]).connect({ pod: client }, { service: dbService });
    expect(path).toMatchObject({ arrives: false, partly: true, blockedAt: { at: 'policy-ingress' } });
    expect(path.hops.find(({ at }) => at === 'endpoint')?.text).toContain('(1 of 2 endpoints cannot be reached)');
  });

  test('what policies do to Pods on the node network is assumed, for Kubernetes leaves it open', () => {
    const host = pod('shop/agent', { ip: '192.168.1.11', labels: { app: 'agent' }, spec: { hostNetwork: true } });
    const path = networkOf([...base, host, policy('shop/closed', { podSelector: {}, policyTypes: ['Egress'] })]).connect(
      { pod: host },
      { host: '10.96.0.12', port: 5432 },
    );
    expect(path.hops.find(({ at }) => at === 'egress')?.outcome).toBe('assumed');
    expect(path.arrives).toBe(true);
  });

  test('a Pod reaches itself through its Service whatever the policies say', () => {
    expect(networkOf([...base, closed]).connect({ pod: db }, { host: '10.96.0.12', port: 5432 }).arrives).toBe(true);
  });
});

describe('S32: Ingress', () => {
  const web = pod('shop/front-1', { ip: '10.244.1.30', labels: { app: 'front' }, ports: { http: 8080 } });
  const front = service('shop/front', {
    selector: { app: 'front' },
    clusterIP: '10.96.0.50',
    clusterIPs: ['10.96.0.50'],
    ports: [{ name: 'http', port: 80, targetPort: 'http' }],
  });
  const rule = (className: string) =>
    ingress('shop/web', {
      ingressClassName: className,
      rules: [
        {
          host: 'shop.example.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'front', port: { name: 'http' } } } }] },
        },
      ],
    });
  const controller = pod('ingress/nginx-1', { ip: '10.244.3.3', labels: { app: 'nginx' } });
  const options = { ingressController: { ingressClass: 'nginx', namespace: 'ingress', podLabels: { app: 'nginx' } } };
  const target = { host: 'shop.example.com', port: 80 };

  test('requests from outside come through the controller of the class', () => {
    const path = networkOf([web, front, rule('nginx'), controller], options).connect({ outside: '203.0.113.9' }, target);
    expect(path.arrives).toBe(true);
    expect(path.hops[1]?.text).toBe(
      'Ingress shop/web rule 1, path 1 (Prefix /) -> Service shop/front port http, by Pod ingress/nginx-1',
    );
  });

  test('the controller is the one whom the policies of the backend must let in', () => {
    const onlyNginx = policy('shop/front', {
      podSelector: { matchLabels: { app: 'front' } },
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }] }],
    });
    const onlyShop = policy('shop/front', {
      podSelector: { matchLabels: { app: 'front' } },
      ingress: [{ from: [{ podSelector: {} }] }],
    });
    const objects = [web, front, rule('nginx'), controller];
    expect(networkOf([...objects, onlyNginx], options).connect({ outside: '203.0.113.9' }, target).arrives).toBe(true);
    expect(networkOf([...objects, onlyShop], options).connect({ outside: '203.0.113.9' }, target).blockedAt?.at).toBe(
      'policy-ingress',
    );
  });

  test('without a controller it is assumed that one serves; with one of another class it is not', () => {
    const assumed = networkOf([web, front, rule('nginx')]).connect({ outside: '203.0.113.9' }, target);
    expect(assumed.arrives).toBe(true);
    expect(assumed.hops[1]?.outcome).toBe('assumed');
    const other = networkOf([web, front, rule('traefik')], options).connect({ outside: '203.0.113.9' }, target);
    expect(other.blockedAt?.text).toContain('no controller serves ingressClassName traefik');
  });

  test('a Pod of the cluster that calls the host must be let out, to outside or to the controller', () => {
    const client = pod('shop/client', { ip: '10.244.1.40', labels: { app: 'client' } });
    const allow = (egress: object) =>
      policy('shop/client', {
        podSelector: { matchLabels: { app: 'client' } },
        policyTypes: ['Egress'],
        egress: [{ ports: [{ protocol: 'UDP', port: 53 }] }, egress],
      });
    const call = (egress: object) =>
      networkOf([web, front, rule('nginx'), controller, client, allow(egress)], options).connect({ pod: client }, target);
    const toController = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } };
    expect(call({ to: [{ podSelector: { matchLabels: { app: 'other' } } }] }).blockedAt?.at).toBe('egress');
    expect(call({ to: [toController] }).arrives).toBe(true);
    expect(call({ to: [toController], ports: [{ port: 8443 }] }).arrives).toBe(true);
    expect(call({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }).arrives).toBe(true);
  });
});
