import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkPolicy, NetworkPolicyPeer, Pod } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import { parseAddress } from '../../lib/network/address.js';
import { type End, namespaceLabels, podEnd } from '../../lib/network/policy/end.js';
import { createPolicies } from '../../lib/network/policy/policies.js';
import type { Protocol } from '../../lib/network/protocol.js';
import { namespace, pod, policy } from './cluster.js';

const namespaces = [namespace('shop', { env: 'prod' }), namespace('data', { env: 'test' })];
const labelsOf = namespaceLabels(namespaces);
const endOf = (each: Admitted<Pod>): End => ({ address: parseAddress(each.status?.podIP ?? ''), pod: podEnd(each, labelsOf) });
const outside = (address: string): End => ({ address: parseAddress(address) });

const web = pod('shop/web', { ip: '10.244.1.1', labels: { app: 'web' }, ports: { http: 8080, metrics: 9090 } });
const api = pod('shop/api', { ip: '10.244.1.2', labels: { app: 'api' }, ports: { http: 3000 } });
const db = pod('data/db', { ip: '10.244.2.1', labels: { app: 'db' }, ports: { pg: 5432 } });

const allows = (
  policies: readonly Admitted<NetworkPolicy>[],
  from: End,
  to: End,
  port: number,
  protocol: Protocol = 'TCP',
): boolean => createPolicies(policies).allowed(from, to, port, protocol).allowed;

/** An ingress policy of namespace shop with one rule, as seen from `from` to the Pod `web`. */
const admits = (
  rule: NonNullable<NonNullable<NetworkPolicy['spec']>['ingress']>[number],
  from: End,
  port = 8080,
  protocol: Protocol = 'TCP',
) =>
  allows([policy('shop/p', { podSelector: { matchLabels: { app: 'web' } }, ingress: [rule] })], from, endOf(web), port, protocol);

describe('peers', () => {
  test.each<[string, readonly NetworkPolicyPeer[], End, boolean]>([
    ['a Pod selector looks in the own namespace', [{ podSelector: { matchLabels: { app: 'api' } } }], endOf(api), true],
    ['a Pod selector does not look elsewhere', [{ podSelector: { matchLabels: { app: 'db' } } }], endOf(db), false],
    ['an empty Pod selector is the own namespace', [{ podSelector: {} }], endOf(db), false],
    ['a namespace selector is all its Pods', [{ namespaceSelector: { matchLabels: { env: 'test' } } }], endOf(db), true],
    ['both selectors must hold', [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } }], endOf(db), false],
    [
      'every namespace has its name as label',
      [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'data' } } }],
      endOf(db),
      true,
    ],
    ['selectors never hold addresses outside', [{ namespaceSelector: {} }], outside('203.0.113.5'), false],
    ['one peer of several is enough', [{ podSelector: {} }, { namespaceSelector: {} }], endOf(db), true],
    ['no peers are all', [], outside('203.0.113.5'), true],
    ['an ipBlock holds addresses', [{ ipBlock: { cidr: '203.0.113.0/24' } }], outside('203.0.113.5'), true],
    ['except takes out', [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.0/28'] } }], outside('203.0.113.5'), false],
    ['an ipBlock holds addresses of Pods too', [{ ipBlock: { cidr: '10.244.0.0/16' } }], endOf(db), true],
    ['IPv6', [{ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:9::/48'] } }], outside('2001:db8:1::5'), true],
    ['IPv6 except', [{ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:9::/48'] } }], outside('2001:db8:9::5'), false],
    ['families do not mix', [{ ipBlock: { cidr: '::/0' } }], outside('203.0.113.5'), false],
  ])('%s', (_name, from, end, expected) => {
    expect(admits({ from }, end)).toBe(expected);
  });
});

describe('ports', () => {
  test.each([
    ['a number', [{ port: 8080 }], 8080, 'TCP', true],
    ['another number', [{ port: 8080 }], 8081, 'TCP', false],
    ['TCP unless said', [{ port: 8080 }], 8080, 'UDP', false],
    ['another protocol', [{ protocol: 'SCTP', port: 8080 }], 8080, 'SCTP', true],
    ['a protocol alone is all its ports', [{ protocol: 'UDP' }], 12345, 'UDP', true],
    ['a range', [{ port: 8000, endPort: 8100 }], 8100, 'TCP', true],
    ['beyond a range', [{ port: 8000, endPort: 8100 }], 8101, 'TCP', false],
    ['a name is what the server declares', [{ port: 'http' }], 8080, 'TCP', true],
    ['a name is not what the client declares', [{ port: 'http' }], 3000, 'TCP', false],
    ['a name of another protocol', [{ protocol: 'UDP', port: 'http' }], 8080, 'UDP', false],
    ['no ports are all', [], 1, 'SCTP', true],
  ] as const)('%s', (_name, ports, port, protocol, expected) => {
    expect(admits({ ports }, endOf(api), port, protocol)).toBe(expected);
  });

  test('a name in an egress rule is what each destination declares; nothing outside has it', () => {
    const out = policy('shop/out', { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'pg' }] }] });
    expect(allows([out], endOf(web), endOf(db), 5432)).toBe(true);
    expect(allows([out], endOf(web), endOf(api), 5432)).toBe(false);
    expect(allows([out], endOf(web), outside('203.0.113.5'), 5432)).toBe(false);
  });
});

describe('directions', () => {
  test('a policy without policyTypes is for ingress, and for egress if it has egress rules', () => {
    const silent = policy('shop/p', { podSelector: {} });
    expect(allows([silent], endOf(web), endOf(db), 5432)).toBe(true);
    expect(allows([silent], endOf(db), endOf(web), 8080)).toBe(false);
    const withEgress = policy('shop/p', { podSelector: {}, egress: [{ to: [{ podSelector: {} }] }] });
    expect(allows([withEgress], endOf(web), endOf(db), 5432)).toBe(false);
  });

  test('both ends must allow, and each says which rule did', () => {
    const out = policy('shop/out', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 1 }] }, { to: [{ namespaceSelector: {} }] }],
    });
    const closed = policy('data/closed', { podSelector: {} });
    const verdict = createPolicies([out, closed]).allowed(endOf(web), endOf(db), 5432, 'TCP');
    expect(verdict.allowed).toBe(false);
    expect(verdict.egress).toMatchObject({
      allowed: true,
      allowing: { policy: { metadata: { name: 'out' } }, rule: { number: 2 } },
    });
    expect(verdict.ingress).toMatchObject({ allowed: false, selecting: [{ policy: { metadata: { name: 'closed' } } }] });
  });
});

describe('laws', () => {
  const selector = fc.oneof(
    fc.constant({}),
    fc.constantFrom('web', 'api', 'db').map((app) => ({ matchLabels: { app } })),
    fc.constantFrom('web', 'api').map((app) => ({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: [app] }] })),
  );
  const peer: fc.Arbitrary<NetworkPolicyPeer> = fc.oneof(
    selector.map((podSelector) => ({ podSelector })),
    fc.record({ namespaceSelector: fc.constantFrom({}, { matchLabels: { env: 'prod' } }), podSelector: selector }),
    fc
      .constantFrom('0.0.0.0/0', '10.244.0.0/16', '203.0.113.0/24')
      .map((cidr) => ({ ipBlock: { cidr, except: ['10.244.1.0/30'] } })),
  );
  const port = fc.oneof(
    fc.record({ protocol: fc.constantFrom('TCP', 'UDP'), port: fc.constantFrom(80, 8080, 5432, 'http', 'pg') }),
    fc.constant({ port: 5000, endPort: 9000 }),
  );
  const rule = fc.record({ peers: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) });
  const anyPolicy = fc
    .record({
      namespace: fc.constantFrom('shop', 'data'),
      podSelector: selector,
      types: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
      rules: fc.array(rule, { maxLength: 2 }),
    })
    .map(({ namespace: where, podSelector, types, rules }) =>
      policy(`${where}/p`, {
        podSelector,
        policyTypes: types,
        ingress: rules.map(({ peers, ports }) => ({ from: peers, ports })),
        egress: rules.map(({ peers, ports }) => ({ to: peers, ports })),
      }),
    );
  const ends = [web, api, db].map(endOf).concat([outside('203.0.113.5'), outside('198.51.100.1')]);

  const table = (policies: readonly Admitted<NetworkPolicy>[]): readonly boolean[] => {
    const compiled = createPolicies(policies);
    return ends.flatMap((from) =>
      ends.flatMap((to) =>
        [80, 8080, 5432].flatMap((number) =>
          (['TCP', 'UDP'] as const).map((protocol) => compiled.allowed(from, to, number, protocol).allowed),
        ),
      ),
    );
  };

  test('a policy that selects nothing changes nothing', () => {
    fc.assert(
      fc.property(fc.array(anyPolicy, { maxLength: 4 }), anyPolicy, (policies, { spec }) => {
        const idle = policy('shop/idle', { ...spec, podSelector: { matchLabels: { app: 'nobody' } } });
        expect(table([...policies, idle])).toEqual(table(policies));
      }),
    );
  });

  test('a rule more never takes a connection away', () => {
    fc.assert(
      fc.property(fc.array(anyPolicy, { minLength: 1, maxLength: 4 }), rule, ([first, ...others], { peers, ports }) => {
        if (first === undefined) return;
        const { ingress = [], egress = [] } = first.spec ?? {};
        const widened = policy('shop/p', {
          ...first.spec,
          ingress: [...ingress, { from: peers, ports }],
          egress: [...egress, { to: peers, ports }],
        });
        const renamed = { ...widened, metadata: first.metadata };
        const [before, after] = [table([first, ...others]), table([renamed, ...others])];
        expect(before.every((allowed, index) => !allowed || after[index])).toBe(true);
      }),
    );
  });

  test('the order of policies does not matter', () => {
    fc.assert(
      fc.property(fc.array(anyPolicy, { maxLength: 5 }), (policies) => {
        expect(table([...policies].reverse())).toEqual(table(policies));
      }),
    );
  });
});
