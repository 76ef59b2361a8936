import { describe, expect, test } from 'vitest';
import type { Endpoints, Node, Pod, Service } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import { endpointSlicesOf } from '../../lib/controllers/endpointslice.js';
import { mirroredSlicesOf } from '../../lib/controllers/endpointslicemirroring.js';

const objectOf = <T>(kind: string, name: string, rest: object, metadata: object = {}): Admitted<T> =>
  ({
    apiVersion: 'v1',
    kind,
    metadata: { namespace: 'shop', name, uid: `${kind}/${name}`, ...metadata },
    ...rest,
  }) as Admitted<T>;

const service = (spec: object = {}, metadata: object = {}) =>
  objectOf<Service>(
    'Service',
    'web',
    { spec: { selector: { app: 'web' }, clusterIP: '10.96.0.5', ports: [{ port: 80, targetPort: 'http' }], ...spec } },
    metadata,
  );

const pod = (
  name: string,
  ip: string,
  { port = 8080, ready = true, nodeName = 'k8s-w1', metadata = {}, phase = 'Running' } = {},
) =>
  objectOf<Pod>(
    'Pod',
    name,
    {
      spec: { nodeName, containers: [{ name: 'main', ports: [{ name: 'http', containerPort: port }] }] },
      status: { phase, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
    },
    metadata,
  );

const zones: Readonly<Record<string, string>> = { 'k8s-w1': 'a', 'k8s-w2': 'b' };
const nodes = new Map(
  Object.entries(zones).map(([name, zone]) => [
    name,
    objectOf<Node>(
      'Node',
      name,
      { status: { allocatable: { cpu: '4' }, conditions: [{ type: 'Ready', status: 'True' }] } },
      { labels: { 'topology.kubernetes.io/zone': zone } },
    ),
  ]),
);

const summary = (each: Admitted<Service>, pods: readonly Admitted<Pod>[]) =>
  endpointSlicesOf(each, pods, nodes).slices.map(({ addressType, ports = [], endpoints = [] }) => [
    addressType,
    ports.map(({ port }) => port).join(),
    endpoints.map(({ addresses, conditions }) => `${addresses}${conditions?.ready ? '' : '!'}`).join(),
  ]);

describe('EndpointSlices', () => {
  test('list every Pod, ready or not; S41', () => {
    expect(summary(service(), [pod('a', '10.244.1.1'), pod('b', '10.244.1.2', { ready: false })])).toEqual([
      ['IPv4', '8080', '10.244.1.1,10.244.1.2!'],
    ]);
  });

  test('leave out finished Pods and Pods without an address', () => {
    const done = pod('done', '10.244.1.3', { phase: 'Succeeded' });
    const pending = objectOf<Pod>('Pod', 'pending', { spec: { containers: [] }, status: { phase: 'Pending' } });
    expect(summary(service(), [done, pending])).toEqual([['IPv4', '', '']]);
  });

  test('are apart where a named port means other numbers', () => {
    expect(summary(service(), [pod('a', '10.244.1.1'), pod('b', '10.244.1.2', { port: 9090 })])).toEqual([
      ['IPv4', '8080', '10.244.1.1'],
      ['IPv4', '9090', '10.244.1.2'],
    ]);
  });

  test('are apart by address family', () => {
    const both = objectOf<Pod>('Pod', 'a', {
      spec: { nodeName: 'k8s-w1', containers: [] },
      status: {
        phase: 'Running',
        podIPs: [{ ip: '10.244.1.1' }, { ip: 'FD00:0::1' }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    });
    const dual = service({ ipFamilies: ['IPv4', 'IPv6'], ports: [{ port: 80 }] });
    expect(summary(dual, [both])).toEqual([
      ['IPv4', '80', '10.244.1.1'],
      ['IPv6', '80', 'fd00::1'],
    ]);
  });

  test('hold at most 100 endpoints, under names that stay', () => {
    const pods = Array.from({ length: 101 }, (_, index) => pod(`p${index}`, `10.244.1.${index}`));
    const { slices } = endpointSlicesOf(service(), pods, nodes);
    expect(slices.map(({ endpoints = [] }) => endpoints.length)).toEqual([100, 1]);
    const names = slices.map(({ metadata }) => metadata.name);
    expect(new Set(names).size).toBe(2);
    expect(endpointSlicesOf(service(), pods.slice(1), nodes).slices[0]?.metadata.name).toBe(names[0]);
  });

  test('a Pod on a node that does not exist is an error', () => {
    const { slices, errors } = endpointSlicesOf(service(), [pod('a', '10.244.1.1', { nodeName: 'gone' })], nodes);
    expect(errors).toEqual(['skipping Pod a for Service shop/web: Node gone Not Found']);
    expect(slices.map(({ endpoints }) => endpoints)).toEqual([[]]);
  });

  test('publishNotReadyAddresses calls all ready, and says who serves', () => {
    const { slices } = endpointSlicesOf(
      service({ publishNotReadyAddresses: true }),
      [pod('a', '10.244.1.1', { ready: false })],
      nodes,
    );
    expect(slices[0]?.endpoints?.[0]?.conditions).toEqual({ ready: true, serving: false, terminating: false });
  });

  test('topology-mode Auto shares endpoints out by the CPU of the zones', () => {
    const auto = service({}, { annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } });
    const here = ['1', '2', '3', '4'].map((last) => pod(`p${last}`, `10.244.1.${last}`));
    const hints = endpointSlicesOf(auto, here, nodes).slices.flatMap(({ endpoints = [] }) =>
      endpoints.map((endpoint) => endpoint.hints?.forZones?.[0]?.name),
    );
    expect([...hints].sort()).toEqual(['a', 'a', 'b', 'b']);
    const few = endpointSlicesOf(auto, here.slice(0, 1), nodes).slices[0]?.endpoints?.[0];
    expect(few?.hints).toBeUndefined();
  });
});

describe('mirrored Endpoints', () => {
  const endpoints = (metadata: object = {}) =>
    objectOf<Endpoints>(
      'Endpoints',
      'web',
      {
        subsets: [
          {
            addresses: [{ ip: '192.0.2.1' }, { ip: '2001:db8::1' }],
            notReadyAddresses: [{ ip: '192.0.2.2' }],
            ports: [{ port: 5432 }],
          },
        ],
      },
      metadata,
    );
  const external = service({ selector: undefined });

  test('S31: become slices of a Service without selector, one for each family', () => {
    const slices = mirroredSlicesOf(endpoints(), external);
    expect(slices.map(({ addressType, endpoints: all = [] }) => [addressType, all.map(({ addresses }) => addresses[0])])).toEqual(
      [
        ['IPv4', ['192.0.2.1', '192.0.2.2']],
        ['IPv6', ['2001:db8::1']],
      ],
    );
  });

  test.each([
    ['without a Service', endpoints(), undefined],
    ['of a Service that selects Pods', endpoints(), service()],
    ['that ask not to be', endpoints({ labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }), external],
    ['of a leader election', endpoints({ annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }), external],
  ])('%s are left alone', (_name, object, owner) => {
    expect(mirroredSlicesOf(object, owner)).toEqual([]);
  });
});
