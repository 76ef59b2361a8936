import { describe, expect, test } from 'vitest';
import type { KubeObject, ObjectRef } from '../../lib/api/object.js';
import type { Destination, Intent } from '../../lib/verify/intent.js';
import { deployment, judge, service } from './manifests.js';

const client: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'client' };
const db: Destination = {
  kind: 'object',
  object: { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'db' },
  port: 80,
};
const reaches = (kind: 'reaches' | 'mustNotReach', to: Destination = db): Intent => ({
  kind,
  from: client,
  to,
  provenance: { source: { file: 'app.ts', line: 47, column: 1 } },
});

const policy = (name: string, app: string, spec: object): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec: { podSelector: { matchLabels: { app } }, ...spec },
});

const system = [deployment('client'), deployment('db'), service('db')];
const errors = (objects: readonly KubeObject[], intent: Intent) =>
  judge(objects, { intents: [intent] }).findings.filter(({ severity }) => severity === 'error');

describe('intents about connections', () => {
  test('one that holds says nothing', () => expect(errors(system, reaches('reaches'))).toEqual([]));

  test('one that must not work and does is an error at the line of the intent', () => {
    expect(errors(system, reaches('mustNotReach'))).toMatchObject([
      { code: 'network/reachable', source: { file: 'app.ts', line: 47 } },
    ]);
  });

  test('an egress policy without DNS: the name is never looked up; the rule that helps was tried', () => {
    const deny = policy('deny-egress', 'client', {
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }],
    });
    const [finding] = errors([...system, deny], reaches('reaches'));
    expect(finding).toMatchObject({
      code: 'network/dns-blocked',
      message: 'Deployment default/client cannot ask the cluster DNS, so it never reaches default/db:80',
      fix: { text: 'allow egress to the cluster DNS ({ to: clusterDns }) in NetworkPolicy default/deny-egress', verified: true },
    });
    expect(finding?.evidence).toContainEqual(expect.objectContaining({ kind: 'hop', at: 'dns', outcome: 'blocked' }));
  });

  test('an ingress policy that leaves the client out: the peer to add', () => {
    const protect = policy('only-api', 'db', { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }] }] });
    expect(errors([...system, protect], reaches('reaches'))).toMatchObject([
      {
        code: 'network/unreachable',
        fix: { text: 'allow ingress from Deployment default/client in NetworkPolicy default/only-api', verified: true },
      },
    ]);
    expect(errors([...system, protect], reaches('mustNotReach'))).toEqual([]);
  });

  test('a host outside the cluster is an assumption, never a pass in silence', () => {
    const run = judge(system, { intents: [reaches('reaches', { kind: 'host', host: 'payments.example.com', port: 443 })] });
    expect(run.accepted).toBe(true);
    expect(run.findings).toContainEqual(
      expect.objectContaining({
        code: 'assumption/outside',
        message: expect.stringContaining('reaches payments.example.com:443'),
      }),
    );
  });

  test('a port that the Service does not have', () => {
    expect(errors(system, reaches('reaches', { ...db, port: 81 }))).toMatchObject([
      { code: 'network/unreachable', message: expect.stringContaining('has no port 81') },
    ]);
  });

  test('what follows from a Pod that does not start is not said again', () => {
    const broken = deployment('db', {
      containers: [{ name: 'main', image: 'nginx', envFrom: [{ secretRef: { name: 'ghost' } }] }],
    });
    expect(errors([deployment('client'), broken, service('db')], reaches('reaches')).map(({ code }) => code)).toEqual([
      'reference/missing-object',
    ]);
  });

  test('runsOn: Pods that run elsewhere, and the nodeSelector that holds them', () => {
    const nodes = [
      { name: 'a', count: 1 },
      { name: 'ssd', count: 1, labels: { disktype: 'ssd' } },
    ];
    const intent: Intent = { kind: 'runsOn', workload: client, labels: { disktype: 'ssd' }, provenance: {} };
    const run = judge([deployment('client')], { intents: [intent], cluster: { nodes } });
    expect(run.findings[0]).toMatchObject({
      code: 'intent/runs-on',
      fix: { text: 'add nodeSelector disktype=ssd', verified: true },
    });
  });
});
