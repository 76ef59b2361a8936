import fc from 'fast-check';
import type { NetworkPolicy, NetworkPolicyPeer } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import { parseAddress } from '../../lib/network/address.js';
import type { AdminPolicy } from '../../lib/network/policy/admin.js';
import { type End, namespaceLabels, podEnd } from '../../lib/network/policy/end.js';
import { namespace, pod, policy } from './cluster.js';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Labels = Readonly<Record<string, string>>;

export const values = ['x', 'y', 'z'];
const spaces = ['one', 'two', 'three'];

export const labels: fc.Arbitrary<Labels> = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom(...values), {
  maxKeys: 2,
});
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
export const peer: fc.Arbitrary<NetworkPolicyPeer> = fc.oneof(
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
export const ports = fc.array(port, { maxLength: 2 });
const peers = fc.array(peer, { maxLength: 2 });
export const spec: fc.Arbitrary<Spec> = fc.record({
  podSelector: selector,
  policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
  ingress: fc.array(fc.record({ from: peers, ports }), { maxLength: 2 }),
  egress: fc.array(fc.record({ to: peers, ports }), { maxLength: 2 }),
});
export const place = fc.constantFrom(...spaces);
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
export const cluster = fc.record({ namespaces, pods, policies });
type Cluster = typeof cluster extends fc.Arbitrary<infer T> ? T : never;

const adminPeer = fc.oneof(
  fc.record({ namespaces: selector }),
  fc.record({ pods: fc.record({ namespaceSelector: selector, podSelector: selector }) }),
);
export const adminRule = fc.record({
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
export const adminPolicies: fc.Arbitrary<readonly Admitted<AdminPolicy>[]> = fc
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

export const ends = ({ namespaces: own, pods: all }: Pick<Cluster, 'namespaces' | 'pods'>): readonly End[] => {
  const labelsOf = namespaceLabels(own);
  return [
    ...all.map((each): End => ({ address: parseAddress(each.status?.podIP ?? ''), pod: podEnd(each, labelsOf) })),
    { address: parseAddress('203.0.113.5') },
  ];
};
