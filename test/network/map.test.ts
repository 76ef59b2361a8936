import { describe, expect, test } from 'vitest';
import { refText } from '../../lib/api/object.js';
import { formatAddress } from '../../lib/network/address.js';
import { diffMaps } from '../../lib/network/map/diff.js';
import { createMap, declaredOf, type NetworkMap } from '../../lib/network/map/map.js';
import { portSetText } from '../../lib/network/policy/port-set.js';
import { clusterOf, namespace, pod, policy, service } from './cluster.js';

const shop = namespace('shop');
const web = pod('shop/web', { ip: '10.244.1.1', labels: { app: 'web' }, ports: { http: 8080 } });
const replicas = ['a', 'b', 'c'].map((name, index) =>
  pod(`shop/api-${name}`, { ip: `10.244.1.${index + 10}`, labels: { app: 'api', 'pod-index': name }, ports: { http: 3000 } }),
);
const db = pod('data/db', { ip: '10.244.2.1', labels: { app: 'db' }, ports: { pg: 5432 } });
const web80 = service('shop/web', { selector: { app: 'web' }, type: 'NodePort', ports: [{ port: 80, targetPort: 8080 }] });
const onlyApi = policy('data/only-api', {
  podSelector: { matchLabels: { app: 'db' } },
  ingress: [
    {
      from: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
          podSelector: { matchLabels: { app: 'api' } },
        },
      ],
      ports: [{ port: 'pg' }],
    },
  ],
});
const everyone = [shop, namespace('data'), web, ...replicas, db, web80];

const lines = (map: NetworkMap): readonly string[] =>
  [...map.connections()].map(
    ({ from, to, ports }) => `${from.sample.metadata.name} -> ${to.sample.metadata.name}: ${portSetText(ports)}`,
  );
const classNamed = (map: NetworkMap, name: string) => {
  const found = map.classes.find(({ sample }) => sample.metadata.name === name);
  if (found === undefined) throw new Error(`there is no class of ${name}`);
  return found;
};

describe('the map', () => {
  test('Pods that nobody tells apart are one class, whatever labels they carry besides', () => {
    const map = createMap(clusterOf([...everyone, onlyApi]));
    expect(map.classes.map(({ sample, pods }) => `${sample.metadata.name} ${pods}`)).toEqual(['web 1', 'api-a 3', 'db 1']);
  });

  test('connections are what both ends allow, those of equal Pods among them', () => {
    const map = createMap(clusterOf([...everyone, onlyApi]));
    expect(lines(map)).toContain('api-a -> db: TCP 5432');
    expect(lines(map)).toContain('api-a -> api-a: All Connections');
    expect(lines(map)).not.toContain('web -> db: All Connections');
    expect(lines(map).filter((line) => line.startsWith('web -> db'))).toEqual([]);
  });

  test('of a connection, the ports that somebody declares', () => {
    const map = createMap(clusterOf(everyone));
    const [connection] = [...map.connections()].filter(({ to }) => to.sample === db);
    expect(connection && portSetText(declaredOf(connection))).toBe('TCP 5432');
  });

  test('what no policy protects, what is open to the cluster and to the outside', () => {
    const block = policy('shop/office', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [
        { from: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ port: 8080 }] },
        { from: [{ namespaceSelector: {} }] },
      ],
    });
    const map = createMap(clusterOf([...everyone, onlyApi, block]));
    const open = map.unprotected().map(({ of, direction }) => `${of.sample.metadata.name} ${direction}`);
    expect(open).toEqual(['web egress', 'api-a ingress', 'api-a egress', 'db egress']);
    expect(portSetText(map.exposure('ingress', classNamed(map, 'db')).entireCluster)).toBe('No Connections');
    expect(portSetText(map.exposure('ingress', classNamed(map, 'web')).entireCluster)).toBe('All Connections');
    const outside = map.outside('ingress', classNamed(map, 'web'));
    expect(
      outside.map(({ range, ports }) => `${formatAddress({ family: range.family, value: range.first })} ${portSetText(ports)}`),
    ).toEqual(['203.0.113.0 TCP 8080']);
    expect(map.entrances().map(({ to, by, how }) => `${refText(by)} ${how} ${to.sample.metadata.name}`)).toEqual([
      'Service shop/web NodePort web',
    ]);
  });

  test('a Deployment stands behind the ReplicaSet of its Pods', () => {
    const owned = replicas.map((each) => ({
      ...each,
      metadata: {
        ...each.metadata,
        labels: { ...each.metadata.labels, 'pod-template-hash': '7d9f' },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'api-7d9f', uid: 'u', controller: true }],
      },
    }));
    const [first] = createMap(clusterOf([shop, ...owned])).classes;
    expect(first?.workloads.map(({ ref, pods }) => `${refText(ref)} ${pods}`)).toEqual(['Deployment shop/api 3']);
  });
});

describe('two maps', () => {
  const changes = (before: readonly Parameters<typeof clusterOf>[0][number][], after: typeof before) =>
    diffMaps(createMap(clusterOf(before)), createMap(clusterOf(after))).map(({ from, to, gained, lost, causes }) => ({
      pair: `${from.refs.map(refText).join()} -> ${to.refs.map(refText).join()}`,
      gained: portSetText(gained),
      lost: portSetText(lost),
      causes: causes().map(({ how, object, direction = '' }) => `${refText(object)} ${how} ${direction}`.trim()),
    }));

  test('of one cluster do not differ', () => {
    expect(changes(everyone, everyone)).toEqual([]);
  });

  test('say which policy took a connection away', () => {
    const all = changes(everyone, [...everyone, onlyApi]);
    expect(all).toContainEqual({
      pair: 'Pod shop/web -> Pod data/db',
      gained: 'No Connections',
      lost: 'All Connections',
      causes: ['NetworkPolicy data/only-api added ingress'],
    });
  });

  test('say which policy gave one back', () => {
    const causes = changes([...everyone, onlyApi], everyone).find(({ pair }) => pair === 'Pod shop/web -> Pod data/db');
    expect(causes?.gained).toBe('All Connections');
    expect(causes?.causes).toEqual(['NetworkPolicy data/only-api removed ingress']);
  });

  test('name labels where no policy changed, and workloads that are new', () => {
    const renamed = pod('shop/web', { ip: '10.244.1.1', labels: { app: 'api' }, ports: { http: 8080 } });
    const after = everyone.map((each) => (each === web ? renamed : each));
    const [change] = changes([...everyone, onlyApi], [...after, onlyApi]).filter(({ pair }) => pair.endsWith('data/db'));
    expect(change).toMatchObject({ gained: 'TCP 5432', causes: ['Pod shop/web labels changed'] });
    const fresh = changes([shop, web], [shop, web, db]);
    expect(fresh.map(({ causes }) => causes[0])).toEqual(['Pod data/db added', 'Pod data/db added']);
  });
});
