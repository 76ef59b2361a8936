import { describe, expect, test } from 'vitest';
import type { EndpointSlice } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import { parseAddress, parseCidr } from '../../lib/network/address.js';
import { type ProxyNode, route } from '../../lib/network/proxy/route.js';
import { serviceTable } from '../../lib/network/proxy/service-table.js';
import { service } from './cluster.js';

const addressOf = (text: string) => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(text);
  return address;
};

const clusterRange = parseCidr('10.96.0.0/16');

const nodeOf = (part: Partial<ProxyNode> = {}): ProxyNode => ({
  backend: 'nftables',
  name: 'k8s-w1',
  addresses: [addressOf('192.168.1.11')],
  localhostNodePorts: true,
  masqueradeAll: false,
  isLocalPod: ({ value }) => value >> 8n === 0x0af401n,
  serviceCIDRs: clusterRange === undefined ? [] : [clusterRange],
  ...part,
});

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];

const slice = (endpoints: readonly Endpoint[]): Admitted<EndpointSlice> => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', uid: '1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints,
});

const endpoint = (ip: string, nodeName: string, part: Partial<Endpoint> = {}): Endpoint => ({
  addresses: [ip],
  nodeName,
  conditions: { ready: true },
  ...part,
});
const here = endpoint('10.244.1.1', 'k8s-w1');
const there = endpoint('10.244.2.1', 'k8s-w2');

const web = (spec: object = {}) =>
  service('shop/web', {
    type: 'NodePort',
    clusterIP: '10.96.0.5',
    clusterIPs: ['10.96.0.5'],
    ports: [{ port: 80, nodePort: 30080 }],
    ...spec,
  });

const routed = (
  destination: string,
  port: number,
  {
    spec = {},
    endpoints = [here, there],
    node = {},
    source = '10.244.1.9',
  }: { spec?: object; endpoints?: readonly Endpoint[]; node?: Partial<ProxyNode>; source?: string } = {},
) => {
  const table = serviceTable([web(spec)], [slice(endpoints)], 4);
  const result = route(nodeOf(node), table, {
    source: addressOf(source),
    destination: addressOf(destination),
    port,
    protocol: 'TCP',
  });
  return result.result === 'dnat' ? result.endpoints.map(({ ip }) => ip) : result.result;
};

describe('kube-proxy', () => {
  test('sends to all ready endpoints, and to leaving ones only when none is ready', () => {
    const leaving = endpoint('10.244.2.1', 'k8s-w2', { conditions: { ready: false, serving: true, terminating: true } });
    expect(routed('10.96.0.5', 80)).toEqual(['10.244.1.1', '10.244.2.1']);
    expect(routed('10.96.0.5', 80, { endpoints: [here, leaving] })).toEqual(['10.244.1.1']);
    expect(routed('10.96.0.5', 80, { endpoints: [leaving] })).toEqual(['10.244.2.1']);
    expect(routed('10.96.0.5', 80, { endpoints: [] })).toBe('reject');
  });

  test('internalTrafficPolicy Local keeps to the node, or drops', () => {
    const spec = { internalTrafficPolicy: 'Local' };
    expect(routed('10.96.0.5', 80, { spec })).toEqual(['10.244.1.1']);
    expect(routed('10.96.0.5', 80, { spec, endpoints: [there] })).toBe('drop');
  });

  test('externalTrafficPolicy Local binds what comes from outside, not what starts on the node', () => {
    const spec = { externalTrafficPolicy: 'Local' };
    expect(routed('192.168.1.11', 30080, { spec, endpoints: [there], source: '203.0.113.2' })).toBe('drop');
    expect(routed('192.168.1.11', 30080, { spec, endpoints: [there] })).toEqual(['10.244.2.1']);
  });

  test('hints keep traffic in the zone when all endpoints have one and one is for the zone', () => {
    const hinted = [here, there].map((each, index) => ({ ...each, hints: { forZones: [{ name: ['a', 'b'][index] ?? '' }] } }));
    expect(routed('10.96.0.5', 80, { endpoints: hinted, node: { zone: 'b' } })).toEqual(['10.244.2.1']);
    expect(routed('10.96.0.5', 80, { endpoints: hinted, node: { zone: 'c' } })).toEqual(['10.244.1.1', '10.244.2.1']);
    expect(routed('10.96.0.5', 80, { endpoints: [...hinted.slice(0, 1), there], node: { zone: 'a' } })).toEqual([
      '10.244.1.1',
      '10.244.2.1',
    ]);
  });

  test.each([
    ['nftables', 'reject', 'drop', 'none'],
    ['iptables', 'none', 'none', ['10.244.1.1', '10.244.2.1']],
  ] as const)(
    '%s differs at unknown ports, unused cluster addresses and node ports of loopback',
    (backend, port, address, loopback) => {
      const node = { backend };
      expect(routed('10.96.0.5', 81, { node })).toBe(port);
      expect(routed('10.96.0.99', 80, { node })).toBe(address);
      expect(routed('127.0.0.1', 30080, { node, source: '127.0.0.1' })).toEqual(loopback);
    },
  );
});
