import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkPolicy, NetworkPolicyPeer } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import { parseAddress } from '../../lib/network/address.js';
import { createMap } from '../../lib/network/map/map.js';
import type { AdminPolicy } from '../../lib/network/policy/admin.js';
import { type End, namespaceLabels, podEnd } from '../../lib/network/policy/end.js';
import { createPolicies } from '../../lib/network/policy/policies.js';
import { isEmpty, type PortSet, portSetText } from '../../lib/network/policy/port-set.js';
import { clusterOf, namespace, pod, policy } from './cluster.js';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Labels = Readonly<Record<string, string>>;

const values = ['x', 'y', 'z'];
const spaces = ['one', 'two', 'three'];

const labels: fc.Arbitrary<Labels> = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom(...values), { maxKeys: 2 });
const selector = fc.oneof(
  { weight: 3, arbitrary: labels.map((matchLabels) => ({ matchLabels })) },
  fc
    .tuple(
      fc.constantFrom('app', 'tier'),
      fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
      fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }),
    )
    .map(([key, operator, list]) => ({
      matchExpressions: [{ key, operator, ...(operator.endsWith('In') && { values: list }) }],
    })),
);
const peer: fc.Arbitrary<NetworkPolicyPeer> = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ namespaceSelector: selector, podSelector: selector }),
  fc
    .constantFrom('10.244.0.0/16', '10.244.1.0/24', '0.0.0.0/0')
    .map((cidr) => ({ ipBlock: { cidr, except: ['10.244.1.0/28'] } })),
);
const port = fc.oneof(
  fc.record({ port: fc.constantFrom<number | string>(80, 443, 'http') }),
  fc.record({ protocol: fc.constantFrom('TCP', 'UDP') }),
  fc.constant({ port: 8000, endPort: 9000 }),
);
const ports = fc.array(port, { maxLength: 2 });
const peers = fc.array(peer, { maxLength: 2 });
const spec: fc.Arbitrary<Spec> = fc.record({
  podSelector: selector,
  policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
  ingress: fc.array(fc.record({ from: peers, ports }), { maxLength: 2 }),
  egress: fc.array(fc.record({ to: peers, ports }), { maxLength: 2 }),
});
const place = fc.constantFrom(...spaces);
const policies = fc
  .array(fc.tuple(place, spec), { maxLength: 6 })
  .map((list) => list.map(([space, each], index) => policy(`${space}/p${index}`, each)));
const pods = fc
  .array(fc.tuple(place, labels, fc.constantFrom(80, 8080), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 8 })
  .map((list) =>
    list.map(([space, own, http, host], index) =>
      pod(`${space}/pod-${index}`, { ip: `10.244.${index % 2}.${host}`, labels: own, ports: { http } }),
    ),
  );
const namespaces = fc.tuple(labels, labels, labels).map((list) => list.map((own, index) => namespace(spaces[index] ?? '', own)));
const cluster = fc.record({ namespaces, pods, policies });
type Cluster = typeof cluster extends fc.Arbitrary<infer T> ? T : never;

const adminPeer = fc.oneof(
  fc.record({ namespaces: selector }),
  fc.record({ pods: fc.record({ namespaceSelector: selector, podSelector: selector }) }),
);
const adminRule = fc.record({
  action: fc.constantFrom('Allow', 'Deny', 'Pass'),
  ports: fc.option(
    fc.array(fc.oneof(fc.constant({ portNumber: { port: 80 } }), fc.constant({ namedPort: 'http' })), {
      minLength: 1,
      maxLength: 2,
    }),
    {
      nil: undefined,
    },
  ),
});
const adminRules = (side: 'from' | 'to') =>
  fc.array(
    fc.tuple(adminRule, adminPeer).map(([rule, each]) => ({ ...rule, [side]: [each] })),
    { maxLength: 2 },
  );
const adminPolicies: fc.Arbitrary<readonly Admitted<AdminPolicy>[]> = fc
  .array(
    fc.record({
      subject: adminPeer,
      priority: fc.integer({ min: 0, max: 9 }),
      ingress: adminRules('from'),
      egress: adminRules('to'),
    }),
    { maxLength: 2 },
  )
  .map((list) =>
    list.map((each, index) => ({
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: index === 1 ? 'BaselineAdminNetworkPolicy' : 'AdminNetworkPolicy',
      metadata: { name: `admin-${index}`, uid: `admin-${index}` },
      spec: each,
    })),
  );

const ends = ({ namespaces: own, pods: all }: Pick<Cluster, 'namespaces' | 'pods'>): readonly End[] => {
  const labelsOf = namespaceLabels(own);
  return [
    ...all.map((each): End => ({ address: parseAddress(each.status?.podIP ?? ''), pod: podEnd(each, labelsOf) })),
    { address: parseAddress('203.0.113.5') },
  ];
};

/** The ports between every two ends. */
const table = (all: Cluster): readonly PortSet[] => {
  const judged = createPolicies(all.policies);
  const list = ends(all);
  return list.flatMap((from) => list.map((to) => judged.portsBetween(from, to)));
};
const texts = (sets: readonly PortSet[]): readonly string[] => sets.map(portSetText);

const renamed = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(value)) return value.map((each) => renamed(each, names));
  if (typeof value === 'string') return names.get(value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [names.get(key) ?? key, renamed(each, names)]));
};

describe('laws of policies, on random clusters', () => {
  test('renaming labels everywhere changes nothing', () => {
    const names = new Map([...values.map((value) => [value, `new-${value}`] as const), ['app', 'role'], ['tier', 'app']]);
    fc.assert(
      fc.property(cluster, (all) => {
        expect(texts(table(renamed(all, names) as Cluster))).toEqual(texts(table(all)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('laws of the map', () => {
  test('it says of every two Pods what a point query says, admin policies included', () => {
    fc.assert(
      fc.property(cluster, adminPolicies, (all, admin) => {
        const view = { ...clusterOf([...all.namespaces, ...all.pods, ...all.policies]), adminPolicies: admin };
        const map = createMap(view);
        const judged = createPolicies(all.policies, admin);
        const keys = new Map<string, number>();
        for (const each of map.classes) for (const { ref } of each.workloads) keys.set(`${ref.namespace}/${ref.name}`, each.id);
        const classOf = (index: number) => {
          const { namespace: space, name } = all.pods[index]?.metadata ?? {};
          const found = map.classes[keys.get(`${space}/${name}`) ?? -1];
          if (found === undefined) throw new Error(`no class has ${space}/${name}`);
          return found;
        };
        const list = ends(all).slice(0, all.pods.length);
        for (const [i, from] of list.entries()) {
          for (const [j, to] of list.entries()) {
            expect(portSetText(map.ports(classOf(i), classOf(j)))).toBe(portSetText(judged.portsBetween(from, to)));
            const open = judged.allowed(from, to, 80, 'TCP').allowed;
            expect(map.ports(classOf(i), classOf(j)).TCP.some(({ first, last }) => first <= 80 && 80 <= last)).toBe(open);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('it lists exactly the connections that it answers for', () => {
    fc.assert(
      fc.property(cluster, (all) => {
        const map = createMap(clusterOf([...all.namespaces, ...all.pods, ...all.policies]));
        const listed = [...map.connections()].map(({ from, to, ports: open }) => `${from.id} ${to.id} ${portSetText(open)}`);
        const asked = map.classes.flatMap((from) =>
          map.classes.flatMap((to) => {
            const open = map.ports(from, to);
            return isEmpty(open) || (from === to && from.pods < 2) ? [] : [`${from.id} ${to.id} ${portSetText(open)}`];
          }),
        );
        expect([...listed].sort()).toEqual([...asked].sort());
      }),
      { numRuns: 100 },
    );
  });
});
