import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import type { ClusterConfig } from '../../lib/cluster/config.js';
import { dependenciesOf } from '../../lib/verify/dependencies.js';
import type { Verification, VerifyInput } from '../../lib/verify/verify.js';
import { configMap, deployment, judge, service } from './manifests.js';

const env = (variables: Readonly<Record<string, unknown>>) =>
  Object.entries(variables).map(([name, value]) => (typeof value === 'string' ? { name, value } : { name, valueFrom: value }));

/** A Deployment of one container. */
const client = (container: object, rest: object = {}, name = 'web'): KubeObject =>
  deployment(name, { containers: [{ name: 'main', image: 'app:1', ...container }], ...rest });

const policy = (name: string, app: string | undefined, spec: object, namespace?: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  spec: { podSelector: app === undefined ? {} : { matchLabels: { app } }, ...spec },
});

const secret = (name: string, stringData: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
});

const within = (object: KubeObject, namespace: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace },
});

const db = [
  deployment('db', { containers: [{ name: 'db', image: 'postgres', ports: [{ containerPort: 5432 }] }] }),
  service('db', { ports: [{ port: 5432 }] }),
];

const calls = ({ cluster }: Verification): readonly string[] =>
  dependenciesOf(cluster).map(
    ({ container, host, port, kind, place }) =>
      `${container} -> ${host}${port === undefined ? '' : `:${port}`} ${kind} (${place.text})`,
  );

const told = (run: Verification): readonly string[] =>
  run.findings
    .filter(({ severity, code }) => severity === 'error' || severity === 'warning' || code === 'assumption/outside')
    .map(({ severity, code, message }) => `${severity} ${code}: ${message}`);

const check = (
  objects: readonly KubeObject[],
  rest: Omit<VerifyInput, 'manifests'> & { readonly cluster?: ClusterConfig } = {},
) => judge(objects, rest);

describe('calls that configuration speaks of', () => {
  test('env values, with variables of before in them', () => {
    const variables = env({ DB_HOST: 'db', DB_PORT: '5432', DATABASE_URL: 'postgres://me@$(DB_HOST):$(DB_PORT)/shop' });
    expect(calls(check([client({ env: variables }), ...db]))).toEqual(['main -> db:5432 cluster (env DB_HOST)']);
  });

  test('command and args, flags with their value behind them, scripts', () => {
    const container = {
      command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done; exec app'],
      args: ['--redis', 'redis://db:5432', '--peer=http://api.example.com:8443/x'],
    };
    expect(calls(check([client(container), ...db]))).toEqual([
      'main -> db:5432 cluster (command[2])',
      'main -> api.example.com:8443 outside (args[2])',
    ]);
  });

  test('ConfigMaps: mounted, projected, in env and in envFrom; only the keys that are mounted', () => {
    const settings = configMap('settings', { 'app.yaml': 'db:\n  host: db\n  port: 5432\n', other: 'http://other.example.com/' });
    const pod = { volumes: [{ name: 'conf', configMap: { name: 'settings', items: [{ key: 'app.yaml', path: 'a' }] } }] };
    const mounts = [{ name: 'conf', mountPath: '/etc/app' }];
    expect(calls(check([client({ volumeMounts: mounts }, pod), settings, ...db]))).toEqual([
      'main -> db:5432 cluster (ConfigMap default/settings key app.yaml)',
    ]);
    const projected = { volumes: [{ name: 'conf', projected: { sources: [{ configMap: { name: 'settings' } }] } }] };
    expect(calls(check([client({ volumeMounts: mounts }, projected), settings, ...db]))).toHaveLength(2);
    expect(calls(check([client({}, pod), settings, ...db]))).toEqual([]);
    const urls = configMap('urls', { URL: 'http://api.example.com/', DB: 'postgres://db/x' });
    const one = client({ env: env({ DB: { configMapKeyRef: { name: 'urls', key: 'DB' } } }) });
    expect(calls(check([one, urls, ...db]))).toEqual(['main -> db:5432 cluster (env DB from ConfigMap default/urls key DB)']);
    const all = client({ envFrom: [{ prefix: 'X_', configMapRef: { name: 'urls' } }] });
    expect(calls(check([all, urls, ...db]))).toEqual([
      'main -> api.example.com:80 outside (env X_URL from ConfigMap default/urls key URL)',
      'main -> db:5432 cluster (env X_DB from ConfigMap default/urls key DB)',
    ]);
  });

  test('Secrets give the names of Services that exist, and nothing else is ever shown', () => {
    const hidden = secret('db', {
      url: 'postgres://me:hunter2@db:5432/x',
      other: 'https://user:hunter3@api.example.com/',
      port: 'db:9999',
    });
    const from = (key: string) => ({ secretKeyRef: { name: 'db', key } });
    const variables = env({ A: from('url'), B: from('other'), ADDR: from('port'), C: 'http://x$(A).example.com/' });
    const closed = policy('closed', undefined, { policyTypes: ['Ingress', 'Egress'] });
    const run = check([client({ env: variables }), hidden, ...db, closed]);
    expect(calls(run)).toEqual(['main -> db.default:5432 cluster (env A from Secret default/db key url)']);
    expect(told(run)).toHaveLength(1);
    expect(JSON.stringify(run.findings)).not.toMatch(/hunter|9999|api\.example/);
  });

  test('names: of another namespace, of the cluster domain, of a Pod of a StatefulSet, in its own namespace first', () => {
    const far = [within(deployment('kv'), 'data'), within(service('kv', { clusterIP: 'None', ports: [{ port: 7000 }] }), 'data')];
    const variables = env({
      A_ADDR: 'kv.data:7000',
      B_ADDR: 'http://kv.data.svc.cluster.local:7000',
      C_ADDR: 'kv-0.kv.data:7000',
      D_ADDR: 'http://ghost.data.svc:80',
      E_ADDR: 'https://kv.example.com',
    });
    expect(calls(check([client({ env: variables }), ...far]))).toEqual([
      'main -> kv.data:7000 cluster (env A_ADDR)',
      'main -> ghost.data.svc:80 missing (env D_ADDR)',
      'main -> kv.example.com:443 outside (env E_ADDR)',
    ]);
  });

  test('no guess: addresses to listen on, own names, images, prose', () => {
    const variables = env({
      LISTEN_ADDR: 'db:5432',
      ADVERTISED_LISTENERS: 'PLAINTEXT://db:9092',
      IMAGE: 'db:5432',
      SELF: 'http://web:80',
      NOTE: 'see https://kubernetes.io/docs and db:80',
      DB_PASSWORD: 'db:5432',
    });
    expect(calls(check([client({ env: variables }), service('web'), ...db]))).toEqual([]);
  });
});

describe('findings about guessed calls', () => {
  const variables = env({ DATABASE_URL: 'postgres://me:pw@db:5432/shop' });
  const system = [client({ env: variables }), ...db];

  test('a call that arrives says nothing', () => expect(told(check(system))).toEqual([]));

  test('a policy of the server that leaves the client out: a warning, with the rule that helps', () => {
    const closed = policy('only-api', 'db', { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }] }] });
    const run = check([...system, closed]);
    expect(run.accepted).toBe(true);
    expect(run.findings[0]).toMatchObject({
      code: 'network/unreachable',
      severity: 'warning',
      object: { kind: 'Deployment', name: 'web' },
      source: { file: 'test.yaml', line: 1 },
      fix: { text: 'allow ingress from Deployment default/web in NetworkPolicy default/only-api', verified: true },
    });
    expect(run.findings[0]?.message).toContain(
      'container main of Deployment default/web is told to call db:5432 (env DATABASE_URL) and does not reach it',
    );
    expect(run.findings[0]?.evidence[0]).toEqual({
      kind: 'field',
      path: 'spec.template.spec.containers[0].env[0].value',
      message: 'names db:5432',
    });
    expect(JSON.stringify(run.findings)).not.toContain('me:pw');
  });

  test('egress that allows the target but not the cluster DNS: a warning for a guess, an error for a declared call', () => {
    const toDb = policy('to-db', 'web', {
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }],
    });
    const run = check([...system, toDb]);
    expect(told(run)).toEqual([
      'warning network/dns-blocked: container main of Deployment default/web is told to call db:5432 (env DATABASE_URL) and cannot ask the cluster DNS',
    ]);
    expect(run.findings[0]?.fix).toEqual({
      text: 'allow egress to the cluster DNS ({ to: clusterDns }) in NetworkPolicy default/to-db',
      verified: true,
    });
    const from = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' };
    const to = {
      kind: 'object',
      object: { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'db' },
      port: 5432,
    } as const;
    const declared = check([...system, toDb], { calls: [{ from, container: 'main', to, provenance: {} }] });
    expect(told(declared)).toEqual([
      'error network/dns-blocked: container main of Deployment default/web cannot ask the cluster DNS, so it never reaches default/db:5432',
    ]);
  });

  test('an address needs no DNS', () => {
    const out = policy('out', 'web', { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }] });
    const at = (host: string) => check([client({ env: env({ URL: `http://${host}:80` }) }), out]);
    expect(told(at('192.0.2.7')).map((line) => line.slice(0, 30))).toEqual(['assumption assumption/outside:']);
    expect(at('198.51.100.7').findings[0]).toMatchObject({
      code: 'network/unreachable',
      severity: 'warning',
      fix: { text: 'allow egress to 198.51.100.7:80 on TCP 80 in NetworkPolicy default/out', verified: true },
    });
  });

  test('default deny of the whole namespace: DNS, egress and ingress are missing, and are proposed together', () => {
    const run = check([...system, policy('deny-all', undefined, { policyTypes: ['Ingress', 'Egress'] })]);
    expect(run.findings[0]).toMatchObject({ code: 'network/dns-blocked', severity: 'warning', fix: { verified: true } });
    expect(run.findings[0]?.fix?.text).toMatch(
      /cluster DNS.*and .*egress to Deployment default\/db.*and .*ingress from Deployment default\/web/,
    );
  });

  test('a host outside is an assumption; where egress forbids it, a warning', () => {
    const outside = client({ env: env({ API_URL: 'https://api.example.com' }) });
    expect(told(check([outside]))).toEqual([
      'assumption assumption/outside: container main of Deployment default/web is told to call api.example.com:443 (env API_URL): that it exists and answers is assumed',
    ]);
    const deny = policy('deny', 'web', { policyTypes: ['Egress'] });
    expect(check([outside, deny]).findings[0]).toMatchObject({
      code: 'network/dns-blocked',
      severity: 'warning',
      fix: { verified: true },
    });
  });

  test('a port that the Service does not have, and the one that it has, tried', () => {
    const run = check([client({ env: env({ DATABASE_URL: 'postgres://db:5433/shop' }) }), ...db]);
    expect(run.findings[0]).toMatchObject({
      code: 'network/unreachable',
      severity: 'warning',
      fix: { text: 'write db:5432 instead of db:5433 in env DATABASE_URL', verified: true },
    });
  });

  test('a name of a Service of another namespace, or nearly the name of one', () => {
    const far = db.map((object) => within(object, 'data'));
    expect(check([client({ env: variables }), ...far]).findings[0]).toMatchObject({
      code: 'network/unreachable',
      severity: 'warning',
      fix: { text: 'write db.data:5432 instead of db:5432 in env DATABASE_URL', verified: true },
    });
    const misspelt = env({ ORDERS_URL: 'http://ordrs:80' });
    expect(check([client({ env: misspelt }), deployment('orders'), service('orders')]).findings[0]).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('no Service has this name; orders is one'),
      fix: { text: 'write orders:80 instead of ordrs:80 in env ORDERS_URL', verified: true },
    });
  });

  test('a name that no Service has may be one of elsewhere: assumed, but for a full name of the cluster in a closed world', () => {
    const unknown = client({ env: env({ X_ADDR: 'elsewhere:80' }) });
    expect(told(check([unknown]))).toEqual([
      'assumption assumption/outside: container main of Deployment default/web is told to call elsewhere:80 (env X_ADDR): no Service here has this name; that it exists is assumed',
    ]);
    const full = client({ env: env({ X_ADDR: 'http://elsewhere.shop.svc:80' }) });
    expect(told(check([full])).map((line) => line.slice(0, 28))).toEqual(['warning network/unreachable:']);
    expect(told(check([full], { cluster: { world: 'open' } })).map((line) => line.slice(0, 29))).toEqual([
      'assumption assumption/outside',
    ]);
  });

  test('what follows from a fault that was already named is not said again', () => {
    const broken = deployment('db', {
      containers: [{ name: 'main', image: 'nginx', envFrom: [{ secretRef: { name: 'ghost' } }] }],
    });
    const run = check([client({ env: variables }), broken, service('db', { ports: [{ port: 5432 }] })]);
    expect(run.findings.filter(({ severity }) => severity === 'error' || severity === 'warning').map(({ code }) => code)).toEqual(
      ['reference/missing-object'],
    );
  });

  test('an egress policy without DNS is told of Pods whose calls nobody knows, too; a plain deny is not', () => {
    const toDb = policy('to-db', 'web', {
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }],
    });
    const run = check([client({}), ...db, toDb]);
    expect(run.findings[0]).toMatchObject({
      code: 'network/dns-blocked',
      severity: 'warning',
      object: { kind: 'NetworkPolicy', name: 'to-db' },
      message:
        'NetworkPolicy default/to-db lets Deployment default/web connect to other Pods, but not to the cluster DNS: whoever is called by name is never reached',
      fix: { verified: true },
    });
    expect(told(check([client({}), ...db, policy('deny', 'web', { policyTypes: ['Egress'] })]))).toEqual([]);
    expect(told(check([client({}, { dnsPolicy: 'Default' }), ...db, toDb]))).toEqual([]);
  });
});
