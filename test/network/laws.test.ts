import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import { createMap } from '../../lib/network/map/map.js';
import { createNetwork } from '../../lib/network/network.js';
import type { AdminPolicy } from '../../lib/network/policy/admin.js';
import { createPolicies } from '../../lib/network/policy/policies.js';
import { difference, isEmpty, type PortSet, portSetText } from '../../lib/network/policy/port-set.js';
import type { NetworkView } from '../../lib/network/view.js';
import { clusterOf, policy, service } from './cluster.js';
import { adminPolicies, adminRule, cluster, ends, labels, peer, place, ports, spec, values } from './random.js';

const services = fc.array(fc.tuple(place, labels), { maxLength: 3 }).map((list) =>
  list.map(([space, selector], index) =>
    service(`${space}/service-${index}`, {
      selector,
      clusterIP: `10.96.1.${index}`,
      clusterIPs: [`10.96.1.${index}`],
      ports: [{ port: 80, targetPort: 'http' }],
    }),
  ),
);

const world = fc.record({ cluster, services, admin: adminPolicies });
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const viewOf = ({ cluster: { namespaces, pods, policies }, services: own, admin }: World): NetworkView => ({
  ...clusterOf([...namespaces, ...pods, ...own, ...policies]),
  adminPolicies: admin,
});

const nameOf = ({ metadata }: Admitted): string => `${metadata.namespace}/${metadata.name}`;

/** What the map says of every two Pods. */
const mapped = (all: World): ReadonlyMap<string, PortSet> => {
  const map = createMap(viewOf(all));
  const classes = new Map(map.classes.flatMap((each) => each.workloads.map(({ ref }) => [`${ref.namespace}/${ref.name}`, each])));
  const found = new Map<string, PortSet>();
  for (const [from, sender] of classes) {
    for (const [to, receiver] of classes) found.set(`${from} -> ${to}`, map.ports(sender, receiver));
  }
  return found;
};

/** What the policies say of every two Pods, and of Pods and an address outside. */
const judged = (all: World): readonly PortSet[] => {
  const policies = createPolicies(all.cluster.policies, all.admin);
  const list = ends(all.cluster);
  return list.flatMap((from) => list.map((to) => policies.portsBetween(from, to)));
};

const asked = [
  [80, 'TCP'],
  [443, 'TCP'],
  [8080, 'TCP'],
  [8500, 'TCP'],
  [80, 'UDP'],
] as const;

/** Every connection that arrives when it is traced, to Pods and to Services. */
const traced = (all: World): ReadonlySet<string> => {
  const network = createNetwork(viewOf(all));
  const found = new Set<string>();
  for (const client of all.cluster.pods) {
    for (const pod of all.cluster.pods) {
      for (const [port, protocol] of asked) {
        const path = network.connect({ pod: client }, { pod, port, protocol });
        if (path.arrives) found.add(`${nameOf(client)} -> ${nameOf(pod)} ${port}/${protocol}`);
      }
    }
    for (const each of all.services) {
      const path = network.connect({ pod: client }, { service: each, port: 80 });
      if (path.arrives) found.add(`${nameOf(client)} -> ${nameOf(each)}`);
      if (path.partly) found.add(`${nameOf(client)} -> some of ${nameOf(each)}`);
    }
  }
  return found;
};

const everything = (all: World) => ({
  mapped: [...mapped(all)].map(([pair, set]) => `${pair} ${portSetText(set)}`).sort(),
  judged: judged(all).map(portSetText),
  traced: [...traced(all)],
});

const runs = { numRuns: 30 };

describe('laws of the network, on random clusters', () => {
  test('the map says of two Pods what a traced connection says', () => {
    fc.assert(
      fc.property(world, (all) => {
        const arriving = traced(all);
        for (const [pair, set] of mapped(all)) {
          const [from, to] = pair.split(' -> ');
          // A Pod always reaches itself, whatever its policies say.
          if (from === to) continue;
          for (const [port, protocol] of asked) {
            const open = set[protocol].some(({ first, last }) => first <= port && port <= last);
            expect(`${pair} ${port}/${protocol} ${arriving.has(`${pair} ${port}/${protocol}`)}`).toBe(
              `${pair} ${port}/${protocol} ${open}`,
            );
          }
        }
      }),
      runs,
    );
  });

  test('a policy that selects nothing changes nothing', () => {
    const nobody = { matchLabels: { app: 'nobody' } };
    const idle = fc.tuple(place, spec).map(([space, each]) => policy(`${space}/idle`, { ...each, podSelector: nobody }));
    const idleAdmin = fc
      .tuple(fc.constantFrom({ namespaces: nobody }, { pods: { namespaceSelector: {}, podSelector: nobody } }), adminPolicies)
      .map(([subject, list]) =>
        list.map((each): Admitted<AdminPolicy> => {
          const metadata = { ...each.metadata, name: `idle-${each.metadata.name}` };
          return { ...each, metadata, spec: { ...each.spec, subject } };
        }),
      );
    fc.assert(
      fc.property(world, idle, idleAdmin, (all, one, more) => {
        const policies = [...all.cluster.policies, one];
        const after = { ...all, cluster: { ...all.cluster, policies }, admin: [...all.admin, ...more] };
        expect(everything(after)).toEqual(everything(all));
      }),
      runs,
    );
  });

  test('one more rule that allows never takes a connection away', () => {
    const position = fc.nat({ max: 5 });
    const inserted = <T>(list: readonly T[] | null | undefined, at: number, item: T): readonly T[] =>
      (list ?? []).toSpliced(at % ((list ?? []).length + 1), 0, item);
    const allow = ({ metadata, ...rest }: Admitted<NetworkPolicy>, at: number, peers: object[], open: object[]) => {
      const { policyTypes = [] } = rest.spec ?? {};
      const changed = {
        ...rest.spec,
        ...(policyTypes.includes('Ingress') && { ingress: inserted(rest.spec?.ingress, at, { from: peers, ports: open }) }),
        ...(policyTypes.includes('Egress') && { egress: inserted(rest.spec?.egress, at, { to: peers, ports: open }) }),
      };
      return { ...rest, metadata, spec: changed } as Admitted<NetworkPolicy>;
    };
    const subset = (before: PortSet | undefined, after: PortSet | undefined): boolean =>
      before === undefined || after === undefined || isEmpty(difference(before, after));
    fc.assert(
      fc.property(
        world,
        position,
        position,
        fc.array(peer, { maxLength: 2 }),
        ports,
        adminRule,
        (all, which, at, peers, open, rule) => {
          const own = all.cluster.policies.map((each, index) =>
            index === which % all.cluster.policies.length ? allow(each, at, peers, open) : each,
          );
          const selected = [{ namespaces: {} }];
          const admin = all.admin.map((each, index): Admitted<AdminPolicy> => {
            if (index !== which % all.admin.length) return each;
            const { ingress, egress } = each.spec ?? {};
            const allowing = { ...rule, action: 'Allow' };
            return {
              ...each,
              spec: {
                ...each.spec,
                ingress: inserted(ingress, at, { ...allowing, from: selected }),
                egress: inserted(egress, at, { ...allowing, to: selected }),
              },
            };
          });
          const after = { ...all, cluster: { ...all.cluster, policies: own }, admin };
          const [before, now] = [mapped(all), mapped(after)];
          for (const [pair, set] of before) expect(subset(set, now.get(pair)), pair).toBe(true);
          const [old, next] = [judged(all), judged(after)];
          expect(old.every((set, index) => subset(set, next[index]))).toBe(true);
          const arriving = traced(after);
          const lost = [...traced(all)].filter((each) => !each.includes('some of') && !arriving.has(each));
          expect(lost).toEqual([]);
        },
      ),
      runs,
    );
  });

  test('renaming labels everywhere changes nothing', () => {
    const names = new Map([...values.map((value) => [value, `new-${value}`] as const), ['app', 'role'], ['tier', 'app']]);
    const renamed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(renamed);
      if (typeof value === 'string') return names.get(value) ?? value;
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [names.get(key) ?? key, renamed(each)]));
    };
    fc.assert(
      fc.property(world, (all) => {
        expect(everything(renamed(all) as World)).toEqual(everything(all));
      }),
      runs,
    );
  });
});
