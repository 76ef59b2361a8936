import { describe, expect, test } from 'vitest';
import type { Pod, Service } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import { createNetwork } from '../../lib/network/network.js';
import type { Client, NetworkOptions, Target } from '../../lib/network/view.js';
import { clusterOf, endpoints, pod, policy, service } from './cluster.js';

const web = [
  pod('shop/web-1', { ip: '10.244.1.10', labels: { app: 'web' }, ports: { http: 8080 }, node: 'k8s-w1' }),
  pod('shop/web-2', { ip: '10.244.2.10', labels: { app: 'web' }, ports: { http: 8080 }, node: 'k8s-w2' }),
];
const client = pod('shop/client', { ip: '10.244.3.10', node: 'k8s-w3' });

const balanced = (spec: object = {}, status?: Service['status']): Admitted<Service> =>
  service(
    'shop/web',
    {
      type: 'LoadBalancer',
      selector: { app: 'web' },
      clusterIP: '10.96.0.20',
      clusterIPs: ['10.96.0.20'],
      ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }],
      ...spec,
    },
    status,
  );

const trace = (objects: readonly Admitted[], from: Client, target: Target, options: NetworkOptions = {}) =>
  createNetwork(clusterOf([...web, client, ...objects]), options).connect(from, target);

const outside: Client = { outside: '203.0.113.9' };

/** The text of the hops of a Service, the Pods that answer. */
const summary = (path: ReturnType<typeof trace>) => ({
  arrives: path.arrives,
  service: path.hops.filter(({ at }) => at === 'service').map(({ text }) => text),
  endpoint: path.hops.find(({ at }) => at === 'endpoint')?.object?.name,
});

describe('load balancers', () => {
  test('one that nobody has made yet is simulated, and that is an assumption', () => {
    const path = trace([balanced()], outside, { service: balanced() });
    expect(summary(path)).toEqual({
      arrives: true,
      service: [
        'Service shop/web has no load balancer yet; that the provider makes one is assumed',
        'Service shop/web the load balancer, port 80/TCP -> 10.244.1.10:8080, 10.244.2.10:8080',
      ],
      endpoint: 'web-1',
    });
    expect(path.hops[1]?.outcome).toBe('assumed');
  });

  test('source ranges bind it', () => {
    const closed = balanced({ loadBalancerSourceRanges: ['198.51.100.0/24'] });
    expect(trace([closed], outside, { service: closed }).blockedAt?.text).toBe(
      'Service shop/web the load balancer, port 80 is dropped: loadBalancerSourceRanges do not hold the source (ports: 80/TCP)',
    );
    expect(trace([closed], { outside: '198.51.100.7' }, { service: closed }).arrives).toBe(true);
  });

  test('with a Local traffic policy it leads to nodes that have an endpoint', () => {
    const local = balanced({ externalTrafficPolicy: 'Local' });
    expect(summary(trace([local], outside, { service: local }))).toMatchObject({ arrives: true, endpoint: 'web-1' });
  });

  const proxying = (ingress: object, spec: object = {}) => balanced(spec, { loadBalancer: { ingress: [ingress] } });

  test.each([
    ['an address of ipMode Proxy', { ip: '203.0.113.80', ipMode: 'Proxy' }, '203.0.113.80'],
    ['a name', { hostname: 'abc.elb.example.com' }, 'abc.elb.example.com'],
  ])('%s opens connections of its own to a node port', (_, ingress, host) => {
    const own = proxying(ingress);
    const expected = {
      arrives: true,
      service: [
        `Service shop/web load balancer ${host}:80 -> node port 30080; that the load balancer leads there is assumed`,
        'Service shop/web 192.168.1.11:30080/TCP -> 10.244.1.10:8080, 10.244.2.10:8080',
      ],
      endpoint: 'web-1',
    };
    expect(summary(trace([own], outside, { host, port: 80 }))).toEqual(expected);
    expect(summary(trace([own], outside, { service: own }))).toEqual(expected);
    expect(trace([own], { pod: client }, { host, port: 80 }).arrives).toBe(true);
    expect(trace([own], outside, { host, port: 81 }).blockedAt?.text).toContain('the Service has no such port');
    const closed = proxying(ingress, { loadBalancerSourceRanges: ['198.51.100.0/24'] });
    expect(trace([closed], outside, { host, port: 80 }).blockedAt?.text).toContain(
      'loadBalancerSourceRanges do not hold the source',
    );
  });

  test('without node ports it leads to the Pods', () => {
    const ports = [{ port: 80, targetPort: 8080 }];
    const own = proxying({ hostname: 'abc.elb.example.com' }, { ports, allocateLoadBalancerNodePorts: false });
    const inside = policy('shop/web', { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] });
    expect(summary(trace([own], outside, { host: 'abc.elb.example.com', port: 80 })).endpoint).toBe('web-1');
    expect(trace([own, inside], outside, { host: 'abc.elb.example.com', port: 80 }).blockedAt?.at).toBe('policy-ingress');
  });
});

describe('routing from where a connection starts', () => {
  const nodePort = balanced({ type: 'NodePort', externalTrafficPolicy: 'Local' });

  test('a node port with a Local policy: from outside only at nodes with an endpoint, from Pods at theirs', () => {
    const at = (host: string, from: Client) => trace([nodePort], from, { host, port: 30080 }).arrives;
    expect(at('192.168.1.11', outside)).toBe(true);
    expect(at('192.168.1.13', outside)).toBe(false);
    expect(at('192.168.1.13', { pod: client })).toBe(true);
    expect(at('192.168.1.13', { node: 'k8s-w3' })).toBe(true);
    // The Service as such is reached at a node that serves it.
    const far = { ...clusterOf([...web.slice(1), nodePort]) };
    expect(createNetwork(far).connect(outside, { service: nodePort }).arrives).toBe(true);
  });

  test('an internal Local policy drops what starts on a node without an endpoint', () => {
    const internal = balanced({ internalTrafficPolicy: 'Local' });
    expect(trace([internal], { pod: client }, { host: '10.96.0.20', port: 80 }).blockedAt?.text).toContain('is dropped');
    expect(
      trace([internal], { node: 'k8s-w2' }, { host: '10.96.0.20', port: 80 }).hops.find(({ at }) => at === 'endpoint')?.object
        ?.name,
    ).toBe('web-2');
  });

  test('external addresses of a Service', () => {
    const external = balanced({ type: 'ClusterIP', externalIPs: ['203.0.113.50'] });
    expect(summary(trace([external], outside, { host: '203.0.113.50', port: 80 })).endpoint).toBe('web-1');
    expect(summary(trace([external], outside, { service: external })).endpoint).toBe('web-1');
  });

  test('the cluster says which proxy it runs', () => {
    const unknownPort: Target = { host: '10.96.0.20', port: 81 };
    const path = (backend: NetworkOptions['backend']) => trace([balanced()], { pod: client }, unknownPort, { backend });
    expect(path(undefined).blockedAt?.text).toContain('is refused: the Service has no port 81/TCP');
    // iptables has no rule for it: the packet leaves for an address that nobody has.
    expect(path('iptables').blockedAt).toBeUndefined();
  });

  test('a client that stays with its endpoint', () => {
    const sticky = balanced({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } });
    expect(summary(trace([sticky], { pod: client }, { host: '10.96.0.20', port: 80 })).service).toEqual([
      'Service shop/web 10.96.0.20:80/TCP -> 10.244.1.10:8080, 10.244.2.10:8080, one and the same for a client for 60 s',
    ]);
  });

  test('endpoints that are written by hand', () => {
    const bare = service('shop/db', { clusterIP: '10.96.0.30', clusterIPs: ['10.96.0.30'], ports: [{ port: 5432 }] });
    const path = trace([bare, endpoints('shop/db', '192.0.2.4', 5432)], { pod: client }, { host: 'db', port: 5432 });
    expect(path).toMatchObject({ arrives: true });
    expect(path.hops.at(-1)).toMatchObject({ outcome: 'assumed', text: expect.stringContaining('192.0.2.4:5432 is not a Pod') });
  });
});

describe('two address families', () => {
  const dual = (each: Admitted<Pod>, ip: string): Admitted<Pod> => ({
    ...each,
    status: { ...each.status, podIPs: [...(each.status?.podIPs ?? []), { ip }] },
  });
  const ipv6 = service('shop/six', {
    selector: { app: 'six' },
    clusterIP: 'fd00:10:96::20',
    clusterIPs: ['fd00:10:96::20'],
    ipFamilies: ['IPv6'],
    ports: [{ port: 80, targetPort: 8080 }],
  });
  const server = dual(pod('shop/six-1', { ip: '10.244.1.60', labels: { app: 'six' }, ports: { http: 8080 } }), 'fd00:244:1::60');
  const both = dual(pod('shop/both', { ip: '10.244.1.61' }), 'fd00:244:1::61');

  test('a Pod uses the address of the family, and policies see that one', () => {
    const only = (cidr: string) =>
      policy('shop/six', { podSelector: { matchLabels: { app: 'six' } }, ingress: [{ from: [{ ipBlock: { cidr } }] }] });
    const path = (...more: readonly Admitted[]) => trace([ipv6, server, both, ...more], { pod: both }, { host: 'six', port: 80 });
    expect(path().arrives).toBe(true);
    expect(path(only('fd00:244:1::61/128')).arrives).toBe(true);
    expect(path(only('10.244.1.61/32')).blockedAt?.at).toBe('policy-ingress');
  });

  test('a Pod without one has no way there', () => {
    expect(trace([ipv6, server], { pod: client }, { host: 'six', port: 80 }).blockedAt?.text).toBe(
      'Pod shop/client has no IPv6 address, and fd00:10:96::20 is one: there is no way to it',
    );
  });
});
