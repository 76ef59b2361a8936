import { describe, expect, test } from 'vitest';
import type { KubeObject, ObjectRef } from '../../lib/api/object.js';
import type { Destination } from '../../lib/verify/intent.js';
import { deployment, judge, service } from './manifests.js';

const client: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'client' };
const db: Destination = {
  kind: 'object',
  object: { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'db' },
  port: 80,
};

const policy = (name: string, app: string | undefined, spec: object): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec: { podSelector: app === undefined ? {} : { matchLabels: { app } }, ...spec },
});

const system = [deployment('client'), deployment('db'), service('db')];
const fixOf = (objects: readonly KubeObject[], to: Destination = db) => {
  const intents = [{ kind: 'reaches', from: client, to, provenance: {} } as const];
  return judge(objects, { intents }).findings.find(({ severity }) => severity === 'error')?.fix;
};

describe('the smallest way to let a connection through, tried', () => {
  test('a label that the policy of the server asks of its clients', () => {
    const access = policy('access', 'db', { ingress: [{ from: [{ podSelector: { matchLabels: { access: 'db' } } }] }] });
    expect(fixOf([...system, access])).toEqual({
      text: 'label the Pods of Deployment default/client access=db, as NetworkPolicy default/access asks',
      verified: true,
    });
  });

  test('a port more in the rule that knows the client', () => {
    const other = policy('other', 'db', {
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 81 }] }],
    });
    expect(fixOf([...system, other])).toEqual({
      text: 'allow TCP 80 in ingress rule 1 of NetworkPolicy default/other',
      verified: true,
    });
  });

  test('a rule in the policy that is about the server, not in the one that is about everyone', () => {
    const all = policy('a-deny-all', undefined, { policyTypes: ['Ingress'] });
    const own = policy('own', 'db', { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }] }] });
    expect(fixOf([...system, all, own])?.text).toBe('allow ingress from Deployment default/client in NetworkPolicy default/own');
  });

  test('a policy of its own, where those that deny are about everyone', () => {
    const all = policy('deny-in', undefined, { policyTypes: ['Ingress'] });
    const more = policy('deny-more', undefined, { policyTypes: ['Ingress'] });
    expect(fixOf([...system, all, more])).toEqual({
      text: 'add a NetworkPolicy for Deployment default/db that allows ingress from Deployment default/client',
      verified: true,
    });
  });

  test('both ends deny, and so does the way to the DNS: all at once', () => {
    const deny = policy('deny', undefined, { policyTypes: ['Ingress', 'Egress'] });
    const fix = fixOf([...system, deny]);
    expect(fix?.verified).toBe(true);
    expect(fix?.text.split(', and ')).toHaveLength(3);
  });

  test('a client with two blocked calls: each has its own way out', () => {
    const closed = ['db', 'mq'].map((name) =>
      policy(name, name, { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }] }] }),
    );
    const objects = [...system, deployment('mq'), service('mq'), ...closed];
    const intents = ['db', 'mq'].map((name) => ({
      kind: 'reaches' as const,
      from: client,
      to: { kind: 'object', object: { apiVersion: 'v1', kind: 'Service', namespace: 'default', name }, port: 80 } as const,
      provenance: {},
    }));
    const errors = judge(objects, { intents }).findings.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ fix }) => fix)).toEqual([
      { text: 'allow ingress from Deployment default/client in NetworkPolicy default/db', verified: true },
      { text: 'allow ingress from Deployment default/client in NetworkPolicy default/mq', verified: true },
    ]);
  });

  test('the right port, by name or number, and the right name', () => {
    const named = service('db', { ports: [{ name: 'http', port: 80 }] });
    const objects = [deployment('client'), deployment('db'), named];
    expect(fixOf(objects, { ...db, port: 'htpp' })).toEqual({
      text: 'write default/db:http instead of default/db:htpp',
      verified: true,
    });
    expect(fixOf(objects, { ...db, port: 81 })).toEqual({ text: 'write default/db:80 instead of default/db:81', verified: true });
    expect(fixOf(objects, { kind: 'host', host: 'db', port: 81 })).toEqual({
      text: 'write db:80 instead of db:81',
      verified: true,
    });
    expect(fixOf(objects, { kind: 'host', host: 'bd', port: 80 })).toEqual({
      text: 'write db:80 instead of bd:80',
      verified: true,
    });
  });

  test('egress to addresses outside', () => {
    const dns = { to: [{ namespaceSelector: {} }], ports: [{ protocol: 'UDP', port: 53 }] };
    const closed = policy('closed', 'client', { policyTypes: ['Egress'], egress: [dns] });
    expect(fixOf([...system, closed], { kind: 'host', host: 'api.example.com', port: 443 })).toEqual({
      text: 'allow egress to addresses outside on TCP 443 in NetworkPolicy default/closed',
      verified: true,
    });
  });

  test('the port that the server listens on', () => {
    const wrong = service('db', { ports: [{ port: 80, targetPort: 8080 }] });
    const behaviours = new Map([['apps/Deployment/default/db', { main: { listens: [{ port: 80 }] } }]]);
    const intents = [{ kind: 'reaches', from: client, to: db, provenance: {} } as const];
    const run = judge([deployment('client'), deployment('db'), wrong], { intents, behaviours });
    expect(run.findings.find(({ code }) => code === 'network/unreachable')?.fix).toEqual({
      text: 'set spec.ports[0].targetPort of Service default/db to 80',
      verified: true,
    });
  });
});
