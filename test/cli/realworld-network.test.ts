import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { readPaths } from '../../lib/manifest/index.js';
import type { Manifest } from '../../lib/manifest/manifest.js';
import { dependenciesOf } from '../../lib/verify/dependencies.js';
import { type Verification, verify } from '../../lib/verify/verify.js';

/** A shop of eleven services with default deny and a policy for each, as its authors publish it; not copied into this repository. */
const file = fileURLToPath(new URL('../../../shared/realworld/online-boutique-network-policies.yaml', import.meta.url));
const here = existsSync(file);

/** A shop of the same kind, small: who calls whom stands in variables, everything is denied but what a policy allows. */
const sample = (): readonly Manifest[] => {
  const port = 8080;
  const workload = (name: string, calls: Readonly<Record<string, string>> = {}): readonly KubeObject[] => [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            containers: [
              {
                name: 'server',
                image: name,
                ports: [{ containerPort: port }],
                env: Object.entries(calls).map(([key, value]) => ({ name: key, value })),
              },
            ],
          },
        },
      },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name }, ports: [{ port }] } },
  ];
  const policy = (name: string, clients: readonly string[]): KubeObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name },
    spec: {
      podSelector: { matchLabels: { app: name } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: clients.map((app) => ({ podSelector: { matchLabels: { app } } })), ports: [{ port }] }],
      egress: [{}],
    },
  });
  const objects: readonly KubeObject[] = [
    ...workload('front', {
      CART_ADDR: `cart:${port}`,
      MAIL_ADDR: `mail:${port}`,
      PORT: String(port),
      MAPS_URL: 'https://maps.example.com',
    }),
    ...workload('cart', { MAIL_SERVICE_ADDR: `mail:${port}` }),
    ...workload('mail'),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'deny-all' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    },
    policy('front', ['front']),
    policy('cart', ['front']),
    policy('mail', ['front', 'cart']),
  ];
  return objects.map((object) => ({ object, provenance: {} }));
};

const run = (manifests: readonly Manifest[]): Verification => verify({ manifests, cluster: { world: 'open' } });

/** `frontend -> cartservice:7070`, each once. */
const callsOf = ({ cluster }: Verification): readonly string[] => [
  ...new Set(dependenciesOf(cluster).map(({ from, host, port }) => `${from.name} -> ${host}:${port}`)),
];

const blockedCalls = ({ findings }: Verification): readonly string[] =>
  findings
    .filter(({ code }) => code === 'network/unreachable' || code === 'network/dns-blocked')
    .map(({ code, severity, object, intent }) => `${severity} ${code} ${object.name} ${intent}`);

/** Each policy in turn without one of its rules. */
const weakened = (manifests: readonly Manifest[], direction: 'ingress' | 'egress') =>
  manifests.flatMap((manifest, at) => {
    const { object } = manifest;
    if (object.kind !== 'NetworkPolicy') return [];
    const spec = object.spec as Readonly<Record<string, readonly unknown[] | undefined>>;
    return (spec[direction] ?? []).map((_, index) => {
      const rules = spec[direction]?.filter((__, other) => other !== index);
      const changed = { ...manifest, object: { ...object, spec: { ...spec, [direction]: rules } } };
      return { name: object.metadata.name ?? '', manifests: manifests.with(at, changed) };
    });
  });

/** Policies whose rule nobody's call needs. */
const missed = (manifests: readonly Manifest[], calls: readonly string[]) =>
  (['ingress', 'egress'] as const).flatMap((direction) =>
    weakened(manifests, direction).flatMap(({ name, manifests: without }) => {
      const told = blockedCalls(run(without));
      const broken = calls.filter((call) => {
        const [from = '', to = ''] = call.split(' -> ');
        return (direction === 'ingress' ? to.split(':')[0] : from) === name && !call.includes('shoppingassistant');
      });
      const unsaid = broken.filter((call) => {
        const [from, to] = call.split(' -> ');
        const code = direction === 'ingress' ? 'unreachable' : 'dns-blocked';
        return !told.includes(`warning network/${code} ${from} calls(${to})`);
      });
      return [...unsaid, ...(broken.length === told.length ? [] : told.slice(broken.length))].map(
        (call) => `${name} ${direction}: ${call}`,
      );
    }),
  );

describe('a shop behind default deny: the calls that stand in its variables', () => {
  const manifests = sample();
  const calls = ['front -> cart:8080', 'front -> mail:8080', 'front -> maps.example.com:443', 'cart -> mail:8080'];

  test('every call is found and none is blocked', () => {
    expect([...callsOf(run(manifests))].sort()).toEqual([...calls].sort());
    expect(blockedCalls(run(manifests))).toEqual([]);
  });

  test("removing a policy's rule is found with the calls that it breaks", () => expect(missed(manifests, calls)).toEqual([]));
});

describe.runIf(here)('Online Boutique', () => {
  const { manifests } = here ? readPaths([file]) : { manifests: [] };
  const calls = [
    'cartservice -> redis-cart:6379',
    ...['cart:7070', 'currency:7000', 'email:5000', 'payment:50051', 'productcatalog:3550', 'shipping:50051'].map(
      (to) => `checkoutservice -> ${to.replace(':', 'service:')}`,
    ),
    ...[
      'ad:9555',
      'cart:7070',
      'checkout:5050',
      'currency:7000',
      'productcatalog:3550',
      'recommendation:8080',
      'shipping:50051',
      'shoppingassistant:80',
    ].map((to) => `frontend -> ${to.replace(':', 'service:')}`),
    'loadgenerator -> frontend:80',
    'recommendationservice -> productcatalogservice:3550',
  ];

  test('exactly the calls of its services are found, and none is blocked, DNS included', () => {
    const verification = run(manifests);
    expect([...callsOf(verification)].sort()).toEqual([...calls].sort());
    expect(blockedCalls(verification)).toEqual([]);
    const { cluster, network } = verification;
    for (const { pod, host, port = 0, kind } of dependenciesOf(cluster)) {
      if (kind === 'cluster') expect(network.connect({ pod }, { host, port })).toMatchObject({ arrives: true });
    }
  });

  test("removing a policy's rule is found with the calls that it breaks", () => expect(missed(manifests, calls)).toEqual([]));
});

describe.skipIf(here)('Online Boutique', () => {
  test.skip('../shared/realworld/online-boutique-network-policies.yaml is not here', () => undefined);
});
