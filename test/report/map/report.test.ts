import { describe, expect, test } from 'vitest';
import { mapReport } from '../../../lib/report/map/report.js';
import { reachReport } from '../../../lib/report/reach/reach.js';
import { deployment, judge, service } from '../../verify/manifests.js';
import { api, objects, policy, shop, web } from './shop.js';

describe('the map as data', () => {
  const map = mapReport(shop());

  test('is plain: a snapshot of it is the map', () => {
    expect(JSON.parse(JSON.stringify(map))).toEqual(map);
    expect(map).toMatchSnapshot();
  });

  test('is the same, byte for byte, in whatever order the objects come', () => {
    const other = mapReport(judge([...objects].reverse()));
    const names = ({ workloads, connections, unprotected, unused }: typeof map) => ({
      workloads,
      connections,
      unprotected,
      unused,
    });
    expect(JSON.stringify(names(other))).toBe(JSON.stringify(names(map)));
    expect(JSON.stringify(mapReport(shop()))).toBe(JSON.stringify(map));
  });

  test('connections are said by whom they are to, on the ports that containers declare', () => {
    expect(map.connections).toContainEqual({
      to: 'default/db',
      ports: ['5432/TCP'],
      allowed: ['5432/TCP'],
      from: ['default/api', 'default/worker'],
    });
    expect(map.connections).toContainEqual({ to: 'default/web', ports: ['8080/TCP'], allowed: ['*'], from: ['*'] });
  });

  test('what no policy is about, by direction', () => {
    expect(map.unprotected).toEqual({
      ingress: ['default/web', 'default/worker'],
      egress: ['default/api', 'default/db', 'default/web', 'default/worker'],
    });
  });

  test('calls are read from the configuration: with who answers, and whether they arrive', () => {
    expect(map.calls.map(({ from, to = 'outside', called, known, outcome }) => [from, called, to, known, outcome])).toEqual([
      ['default/api', 'default/db:5432', 'default/db', 'env DB_ADDR', 'arrives'],
      ['default/web', 'billing.example.com:443', 'outside', 'env BILLING_URL', 'assumed'],
      ['default/web', 'default/api:80', 'default/api', 'env API_URL', 'arrives'],
    ]);
  });

  test('what a policy opens and nobody is known to call is unused', () => {
    expect(map.unused).toEqual([{ to: 'default/db', from: ['default/worker'] }]);
  });

  test('ways in from outside, and whether they are open', () => {
    expect(map.entrances.map(({ at, to, port, how, open }) => [at, to, port, how, open])).toEqual([
      [['every node:30080'], 'default/web', '8080/TCP', 'NodePort', 'yes'],
      [['https://shop.example.com/api'], 'default/api', '3000/TCP', 'Ingress', 'assumed'],
    ]);
  });

  test('addresses outside that policies let in, as people write them', () => {
    const of = map.workloads.find(({ name }) => name === 'default/api');
    expect(of?.ingress).toEqual({
      policies: ['NetworkPolicy default/api-clients'],
      cluster: [],
      outside: [{ addresses: ['203.0.113.0/24'], ports: ['3000/TCP'] }],
    });
    expect(of?.egress.outside).toEqual([{ addresses: ['0.0.0.0/0', '::/0'], ports: ['*'] }]);
  });

  test('a namespace of its own: its workloads, and those who talk with them', () => {
    const far = { ...deployment('client'), metadata: { name: 'client', namespace: 'far' } };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'far' } };
    const small = mapReport(judge([...objects, namespace, far]), { namespace: 'far' });
    expect(small.workloads.map(({ name }) => name)).toEqual(['far/client']);
    expect(small.connections.map(({ to, from }) => `${from.join()} -> ${to}`)).toEqual([
      'far/client -> default/web',
      'far/client -> default/worker',
      '* -> far/client',
    ]);
  });
});

describe('what is special', () => {
  test('a call that a policy blocks is shown as blocked, with the hop', () => {
    const nobody = policy('nobody', { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Ingress'] });
    const { calls } = mapReport(judge([web, api, service('api', { ports: [{ port: 80, targetPort: 'http' }] }), nobody]));
    expect(calls.find(({ to }) => to === 'default/api')).toMatchObject({
      outcome: 'blocked',
      why: expect.stringContaining('NetworkPolicy default/nobody selects app=api; allows no ingress'),
    });
  });

  test('a workload without Pods is named as absent, and one that cannot ask the DNS as such', () => {
    const closed = policy('closed', { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Egress'] });
    const { absent, workloads } = mapReport(judge([api, closed, deployment('idle', {}, { replicas: 0 })]));
    expect(absent).toEqual(['Deployment default/idle']);
    expect(workloads.map(({ name, dns, egress }) => ({ name, dns, outside: egress.outside }))).toEqual([
      { name: 'default/api', dns: false, outside: [] },
    ]);
  });

  test('what the API server refused is named, and whoever asks for it is told', () => {
    const wrong = { ...deployment('wrong'), spec: { replicas: -1 } };
    const run = judge([api, wrong]);
    expect(mapReport(run).refused).toEqual(['Deployment wrong']);
    expect(() => reachReport(run, 'wrong', 'api')).toThrow('the API server refused Deployment wrong: plimsoll check says why');
  });

  test('hostPort and hostNetwork are ways in; policies are assumed not to bind Pods on the network of their node', () => {
    const containers = (port: object) => ({ containers: [{ name: 'main', image: 'agent:1', ports: [port] }] });
    const { entrances, workloads } = mapReport(
      judge([
        deployment('agent', { hostNetwork: true, ...containers({ containerPort: 9100, hostPort: 9100 }) }),
        deployment('edge', containers({ containerPort: 8080, hostPort: 80 })),
      ]),
    );
    expect(entrances.map(({ how, at, to, port, open }) => [how, at, to, port, open])).toEqual([
      ['hostNetwork', ['its node:9100'], 'default/agent', '9100/TCP', 'yes'],
      ['hostPort', ['its node:80'], 'default/edge', '8080/TCP', 'yes'],
    ]);
    expect(workloads.map(({ hostNetwork }) => hostNetwork)).toEqual([true, undefined]);
  });

  test('two workloads of one name are told apart by their kinds', () => {
    const pods = (name: string) => deployment(name).spec as object;
    const same = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'api' },
      spec: { ...pods('api-set'), serviceName: 'api' },
    };
    const { workloads } = mapReport(judge([deployment('api'), same, service('api')]));
    expect(workloads.map(({ name }) => name)).toEqual(['default/api (Deployment)', 'default/api (StatefulSet)']);
  });

  test('many Pods of nobody are one row', () => {
    const pods = Array.from({ length: 30 }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${String(index).padStart(2, '0')}`, labels: { run: 'pod' } },
      spec: { containers: [{ name: 'main', image: 'nginx' }] },
    }));
    const { workloads } = mapReport(judge(pods));
    expect(workloads.map(({ name, pods: count }) => [name, count])).toEqual([['default/pod-00 (and 29 more)', 30]]);
  });
});
