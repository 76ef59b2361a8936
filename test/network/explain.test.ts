import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../lib/network/address.js';
import { type End, namespaceLabels, podEnd } from '../../lib/network/policy/end.js';
import { explain } from '../../lib/network/policy/explain.js';
import { describedPeers, exposureOf } from '../../lib/network/policy/exposure.js';
import { createPolicies } from '../../lib/network/policy/policies.js';
import { portSetText } from '../../lib/network/policy/port-set.js';
import { namespace, pod, policy } from './cluster.js';

const labelsOf = namespaceLabels([namespace('shop')]);
const ends = (['web', 'db'] as const).map(
  (app): End => ({ pod: podEnd(pod(`shop/${app}`, { ip: '', labels: { app }, ports: { http: 8080 } }), labelsOf) }),
);
const [web, db] = [ends[0] ?? {}, ends[1] ?? {}];
const toDb = { podSelector: { matchLabels: { app: 'db' } } };

describe('reasons', () => {
  const open = policy('shop/open', {
    ...toDb,
    ingress: [
      { ports: [{ port: 5432 }] },
      { from: [{ podSelector: {} }], ports: [{ port: 'metrics' }] },
      { from: [{ podSelector: {} }] },
    ],
  });
  const closed = policy('shop/closed', { ...toDb });
  const told = (policies: Parameters<typeof createPolicies>[0], from = web) =>
    explain(createPolicies(policies), from, db).map(({ ports, allowed, egress, ingress }) => [
      portSetText(ports),
      allowed,
      egress.reasons.length,
      ingress.reasons.map((each) =>
        `${each.policy.metadata.name} ${each.says} ${each.rule?.number ?? ''} ${'why' in each ? each.why : ''}`.trim(),
      ),
    ]);

  test('nobody restricts it: there is none', () => {
    expect(told([])).toEqual([['All Connections', true, 0, []]]);
  });

  test('of an allowed port, the first rule of each policy that has it', () => {
    expect(told([open, closed])).toEqual([
      ['SCTP 1-65535,TCP 1-5431,5433-65535,UDP 1-65535', true, 0, ['open allows 3']],
      ['TCP 5432', true, 0, ['open allows 1']],
    ]);
  });

  test('of a denied one, what every policy that selects the Pod lacks', () => {
    const outside: End = { address: parseAddress('203.0.113.5') };
    const named = policy('shop/named', { ...toDb, ingress: [{ ports: [{ port: 'metrics' }] }] });
    expect(told([named, closed], outside)).toEqual([
      ['All Connections', false, 0, ['named lacks 1 no port of that name', 'closed lacks  no rules']],
    ]);
  });
});

describe('exposure', () => {
  const tiers = policy('shop/tiers', {
    ...toDb,
    ingress: [
      { from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] },
      { from: [{ podSelector: { matchLabels: { tier: 'back' } } }], ports: [{ port: 'http' }] },
      { from: [{ podSelector: { matchLabels: { app: 'web' } } }] },
    ],
  });
  const policies = createPolicies([tiers]);
  const peers = describedPeers(
    policies,
    ends.flatMap(({ pod: known }) => known ?? []),
  );

  test('Pods that are there need no description', () => {
    expect(peers.map(({ pods }) => pods)).toEqual([{ matchLabels: { tier: 'back' } }]);
  });

  test('what is open to everyone, and who gets more', () => {
    const { isProtected, entireCluster, described } = exposureOf(policies, 'ingress', db, peers);
    expect([isProtected, portSetText(entireCluster), described.map(({ ports }) => portSetText(ports))]).toEqual([
      true,
      'TCP 80',
      ['TCP 80,8080'],
    ]);
    expect(exposureOf(policies, 'egress', db, peers)).toMatchObject({ isProtected: false, described: [] });
  });
});
