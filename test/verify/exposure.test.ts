import { describe, expect, test } from 'vitest';
import type { KubeObject, ObjectRef } from '../../lib/api/object.js';
import type { ClusterConfig } from '../../lib/cluster/config.js';
import type { Intent, IntentClient } from '../../lib/verify/intent.js';
import { deployment, judge, service } from './manifests.js';

const ref = (name: string, kind = 'Deployment'): ObjectRef => ({
  apiVersion: kind === 'Service' ? 'v1' : kind === 'CronJob' ? 'batch/v1' : 'apps/v1',
  kind,
  namespace: 'default',
  name,
});
const provenance = { source: { file: 'main.ts', line: 12, column: 1 } };

/** The intent as its author writes it. */
type Written = Intent extends infer Each ? (Each extends Intent ? Omit<Each, 'provenance'> : never) : never;

const found = (objects: readonly KubeObject[], intent: Written, cluster: ClusterConfig = {}) =>
  judge(objects, { intents: [{ ...intent, provenance } as Intent], cluster }).findings.filter(
    ({ code, severity, message }) =>
      code.startsWith('intent/') ||
      code === 'assumption/intent' ||
      (severity === 'assumption' && message.includes('reached from outside')),
  );

const policy = (name: string, app: string, spec: object): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec: { podSelector: { matchLabels: { app } }, ...spec },
});
const from = (...apps: readonly string[]) => apps.map((app) => ({ podSelector: { matchLabels: { app } } }));
const client = (name: string, kind?: string): IntentClient => ({ workload: ref(name, kind) });

describe('onlyReachedBy', () => {
  const system = [deployment('db'), deployment('api'), deployment('web'), service('db')];
  const by = (...clients: readonly IntentClient[]): Written => ({ kind: 'onlyReachedBy', of: ref('db'), clients });
  const onlyApi = policy('db', 'db', { ingress: [{ from: from('api') }] });

  test('kept by a policy, for the workload and for the Service in front of it', () => {
    expect(found([...system, onlyApi], by(client('api')))).toEqual([]);
    expect(found([...system, onlyApi], { ...by(client('api')), of: ref('db', 'Service') } as Written)).toEqual([]);
    expect(found([...system, onlyApi], by(client('api'), client('web')))).toEqual([]);
  });

  test('without a policy everyone reaches it; one that protects it is tried', () => {
    expect(found(system, by(client('api')))).toMatchObject([
      {
        code: 'intent/only-reached-by',
        severity: 'error',
        object: ref('db'),
        source: { file: 'main.ts', line: 12 },
        intent: 'onlyReachedBy(Deployment default/api)',
        message:
          'Deployment default/db must be reached by Deployment default/api only, but Deployment default/web and 2 more reach it on TCP 80: no NetworkPolicy restricts its ingress',
        evidence: [
          { object: ref('web'), text: 'reaches it on TCP 80: no NetworkPolicy restricts the ingress' },
          { object: { name: 'coredns-1' } },
          { object: { name: 'coredns-2' } },
          { object: ref('db'), text: 'is made', source: { file: 'test.yaml', line: 1 } },
        ],
        fix: {
          text: 'add a NetworkPolicy for the Pods of Deployment default/db that allows ingress from Deployment default/api',
          verified: true,
        },
      },
    ]);
  });

  test('a rule that allows too much is named by its number, and narrowed', () => {
    const loose = policy('db', 'db', { ingress: [{ from: from('api') }, { from: from('web'), ports: [{ port: 80 }] }] });
    expect(found([...system, loose], by(client('api')))).toMatchObject([
      {
        message:
          'Deployment default/db must be reached by Deployment default/api only, but Deployment default/web reaches it on TCP 80',
        evidence: [{ text: 'reaches it on TCP 80: NetworkPolicy default/db ingress rule 2 allows it' }, {}],
        fix: { text: 'let ingress rule 2 of NetworkPolicy default/db name only those who may', verified: true },
      },
    ]);
  });

  test('several policies that allow too much: all are named', () => {
    const more = policy('also', 'db', { ingress: [{ from: from('web') }] });
    const loose = policy('db', 'db', { ingress: [{ from: from('api', 'web') }] });
    expect(found([...system, loose, more], by(client('api')))[0]?.fix).toEqual({
      text: 'let ingress rule 1 of NetworkPolicy default/also and ingress rule 1 of NetworkPolicy default/db name only those who may',
      verified: true,
    });
  });

  test('ports: what others may use does not matter', () => {
    const ports = [
      { name: 'http', containerPort: 80 },
      { name: 'metrics', containerPort: 9187 },
    ];
    const db = deployment('db', { containers: [{ name: 'main', image: 'db:1', ports }] });
    const objects = [
      db,
      ...system.slice(1),
      policy('db', 'db', { ingress: [{ from: from('api') }, { ports: [{ port: 9187 }] }] }),
    ];
    const web = by(client('api'));
    expect(found(objects, { ...web, ports: ['http'] } as Written)).toEqual([]);
    expect(found(objects, { ...web, ports: [80] } as Written)).toEqual([]);
    expect(found(objects, { ...web, ports: ['metrics'] } as Written)[0]?.message).toContain('on TCP 9187');
    expect(found(objects, web)[0]?.message).toContain('on TCP 9187');
    expect(found(objects, { ...web, of: ref('db', 'Service') } as Written)).toEqual([]);
    expect(found(objects, { ...web, ports: ['psql'] } as Written)[0]?.message).toBe(
      'Deployment default/db has no port psql (ports: http (80), metrics (9187))',
    );
    expect(found(objects, { ...web, of: ref('db', 'Service'), ports: ['pg'] } as Written)[0]?.message).toBe(
      'Service default/db has no port pg (ports: 80)',
    );
  });

  test('clients by labels and namespaces; a CronJob by itself, not by the Jobs it makes', () => {
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'backup' },
      spec: {
        schedule: '@daily',
        jobTemplate: {
          spec: {
            template: {
              metadata: { labels: { app: 'backup' } },
              spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'busybox', command: ['true'] }] },
            },
          },
        },
      },
    };
    const objects = [...system, cron, policy('db', 'db', { ingress: [{ from: from('api', 'backup') }] })];
    expect(found(objects, by(client('api'), client('backup', 'CronJob')))).toEqual([]);
    expect(found(objects, by(client('api')))[0]?.message).toContain('but CronJob default/backup reaches it');
    const labelled = { peer: { podSelector: { matchLabels: { app: 'backup' } } } };
    expect(found(objects, by(client('api'), labelled))).toEqual([]);
    const everyone = { peer: { namespaceSelector: {} } };
    expect(found(system, by(everyone))).toEqual([]);
  });

  test('replicas reach each other, unless the workload is named', () => {
    const own = policy('db', 'db', { ingress: [{ from: from('api', 'db') }] });
    const objects = [deployment('db', {}, { replicas: 2 }), ...system.slice(1), own];
    expect(found(objects, by(client('api')))[0]?.message).toContain('but Deployment default/db reaches it');
    expect(found(objects, by(client('api'), client('db')))).toEqual([]);
  });

  test('clients that nothing can select: no rule is proposed in their place', () => {
    const bare = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare' }, spec: { containers: [{ name: 'a', image: 'b' }] } };
    const workload = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'bare' };
    expect(found([...system, bare], by({ workload }))[0]?.fix).toBeUndefined();
    const loose = policy('db', 'db', { ingress: [{}] });
    expect(found([...system, bare, loose], by({ workload }))[0]).toMatchObject({
      evidence: [{ text: 'reaches it on TCP 80: NetworkPolicy default/db ingress rule 1 allows it' }, {}, {}, {}, {}],
    });
    expect(found([...system, bare, loose], by({ workload }))[0]?.fix).toBeUndefined();
  });

  test('on the network of the node no policy helps', () => {
    const db = deployment('db', { hostNetwork: true, containers: [{ name: 'a', image: 'b', ports: [{ containerPort: 80 }] }] });
    expect(found([db, ...system.slice(1), onlyApi], by(client('api')))[0]?.message).toMatch(
      /on TCP 80: its Pods use the network of their nodes, where policies do not bind them$/,
    );
  });

  test('from outside, where something lets it in', () => {
    const objects = [...system.slice(0, 3), service('db', { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] })];
    const anyone = { peer: { namespaceSelector: {} } };
    expect(found(objects, by(anyone))[0]?.message).toMatch(
      /but addresses outside the cluster \(0\.0\.0\.0\/0\) through NodePort of Service default\/db \(every node:30080\) reaches it on TCP 80: no NetworkPolicy/,
    );
    expect(found([...objects, onlyApi], by(client('api')))).toEqual([]);
    const office = policy('db', 'db', { ingress: [{ from: [{ ipBlock: { cidr: '198.51.100.0/24' } }] }] });
    expect(found([...objects, office], by())[0]?.evidence[0]).toMatchObject({
      text: expect.stringMatching(
        /is reached by addresses outside the cluster \(198\.51\.100\.0\/24\) .* NetworkPolicy default\/db ingress rule 1 allows it/,
      ),
    });
    expect(found([...objects, office], by({ peer: { ipBlock: { cidr: '198.51.0.0/16' } } }))).toEqual([]);
  });
});

describe('isolated', () => {
  const system = [deployment('vault'), deployment('web')];
  const intent = (dns = false): Written => ({ kind: 'isolated', workload: ref('vault'), dns });
  const closed = { policyTypes: ['Ingress', 'Egress'] };
  const dnsPeer = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  };
  const dnsPorts = [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ];

  test('kept by a policy without rules, or with a rule for DNS', () => {
    expect(found([...system, policy('deny', 'vault', closed)], intent())).toEqual([]);
    const withDns = policy('deny', 'vault', { ...closed, egress: [{ to: [dnsPeer], ports: dnsPorts }] });
    expect(found([...system, withDns], intent(true))).toEqual([]);
    expect(found([...system, withDns], intent())[0]?.message).toMatch(
      /must be isolated, but reaches Pod kube-system\/coredns-1 and 1 more$/,
    );
  });

  test('open in both directions: one policy closes both, and was tried', () => {
    expect(found(system, intent())).toMatchObject([
      {
        code: 'intent/isolated',
        intent: 'isolated()',
        message: expect.stringMatching(
          /^Deployment default\/vault must be isolated, but is reached by .* \(no NetworkPolicy restricts its ingress\) and reaches .* \(no NetworkPolicy restricts its egress\)$/,
        ),
        fix: {
          text: 'add a NetworkPolicy of policyTypes Ingress and Egress that allows the Pods of Deployment default/vault nothing',
          verified: true,
        },
      },
    ]);
    expect(found(system, intent(true))[0]?.fix).toEqual({
      text: 'add a NetworkPolicy of policyTypes Ingress and Egress that allows the Pods of Deployment default/vault nothing but the cluster DNS',
      verified: true,
    });
  });

  test('port 53 to everyone is more than the cluster DNS', () => {
    const loose = policy('deny', 'vault', { ...closed, egress: [{ ports: dnsPorts }] });
    const [finding] = found([...system, loose], intent(true));
    expect(finding?.evidence.map((item) => 'text' in item && item.text)).toContainEqual(
      'reaches addresses outside the cluster (0.0.0.0/0) on TCP 53,UDP 53: NetworkPolicy default/deny egress rule 1 allows it',
    );
    expect(finding?.fix).toEqual({ text: 'remove egress rule 1 of NetworkPolicy default/deny', verified: true });
  });

  test('a rule that opens it again is named, and taken away', () => {
    const again = policy('again', 'vault', { ingress: [{ from: from('web') }] });
    expect(found([...system, policy('deny', 'vault', closed), again], intent())).toMatchObject([
      {
        message: 'Deployment default/vault must be isolated, but is reached by Deployment default/web',
        fix: { text: 'remove ingress rule 1 of NetworkPolicy default/again', verified: true },
      },
    ]);
  });

  test('one direction without a policy, the other with a rule too many: both changes together', () => {
    const again = policy('again', 'vault', { ingress: [{ from: from('web') }] });
    expect(found([...system, again], intent())[0]?.fix).toEqual({
      text: 'add a NetworkPolicy of policyTypes Egress that allows the Pods of Deployment default/vault nothing, and remove ingress rule 1 of NetworkPolicy default/again',
      verified: true,
    });
  });

  test('on the network of the node no policy helps', () => {
    const vault = deployment('vault', { hostNetwork: true, containers: [{ name: 'main', image: 'vault:1' }] });
    expect(found([vault, system[1] as KubeObject, policy('deny', 'vault', closed)], intent())[0]?.message).toContain(
      'its Pods use the network of their nodes, where policies do not bind them',
    );
  });
});

describe('exposedAt', () => {
  const web = deployment('web');
  const at = (entrance: object, of = ref('web'), rest: object = {}): Written =>
    ({ kind: 'exposedAt', of, at: entrance, ...rest }) as Written;
  const nodePort = service('web', { type: 'NodePort', ports: [{ port: 80, nodePort: 30036 }] });
  const balancer = service('web', { type: 'LoadBalancer' });
  const ingress = (host: string, path = '/', name = 'web'): KubeObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'shop' },
    spec: {
      rules: [{ host, http: { paths: [{ path, pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } }] } }],
    },
  });

  test('S31: a NodePort', () => {
    expect(found([web, nodePort], at({ nodePort: 30036 }))).toEqual([]);
    expect(found([web, nodePort], at({ nodePort: 30036 }, ref('web', 'Service')))).toEqual([]);
    expect(
      found(
        [web, service('web', { type: 'NodePort', ports: [{ port: 80, nodePort: 30036 }], externalTrafficPolicy: 'Local' })],
        at({ nodePort: 30036 }),
      ),
    ).toEqual([]);
  });

  test('S31: no such NodePort; the Service gets it', () => {
    expect(found([web, service('web')], at({ nodePort: 30036 }))).toMatchObject([
      {
        code: 'intent/exposed-at',
        intent: 'exposedAt({ nodePort: 30036 })',
        message:
          'Deployment default/web must be reached from outside at port 30036 of the nodes, and is not: no Service has the nodePort 30036',
        fix: { text: 'set spec.type of Service default/web to NodePort and spec.ports[0].nodePort to 30036', verified: true },
      },
    ]);
    expect(found([web, nodePort], at({ nodePort: 30037 }))[0]?.fix).toEqual({
      text: 'set spec.ports[0].nodePort of Service default/web to 30037',
      verified: true,
    });
  });

  test('a NodePort of another workload', () => {
    const objects = [web, deployment('api'), service('api', { type: 'NodePort', ports: [{ port: 80, nodePort: 30036 }] })];
    expect(found(objects, at({ nodePort: 30036 }))[0]?.message).toMatch(/and is not: it leads to Pod default\/api-/);
  });

  test('S31: a load balancer is the provider’s: an assumption', () => {
    expect(found([web, balancer], at({ loadBalancer: 'any' }))).toMatchObject([
      {
        severity: 'assumption',
        message:
          'Deployment default/web is reached from outside at a load balancer, if a provider gives Service default/web an address',
      },
    ]);
    expect(found([web, balancer], at({ loadBalancer: 443 }))[0]?.message).toMatch(/has the port 443$/);
    expect(found([web, service('web')], at({ loadBalancer: 'any' }))[0]).toMatchObject({
      code: 'intent/exposed-at',
      fix: { text: 'set spec.type of Service default/web to LoadBalancer', verified: true },
    });
  });

  test('loadBalancerSourceRanges let in whom they name', () => {
    const office = service('web', { type: 'LoadBalancer', loadBalancerSourceRanges: ['198.51.100.0/24'] });
    expect(found([web, office], at({ loadBalancer: 80 }))[0]?.message).toMatch(/loadBalancerSourceRanges do not hold the source/);
    expect(found([web, office], at({ loadBalancer: 80 }, ref('web'), { from: '198.51.100.7' }))[0]?.severity).toBe('assumption');
  });

  test('S20, S32: a host and path of an Ingress', () => {
    const cluster = { ingressController: { ingressClass: 'nginx' } };
    const objects = [web, service('web'), ingress('shop.example.com', '/api')];
    expect(found(objects, at({ host: 'shop.example.com', path: '/api/v1' }), cluster)).toEqual([]);
    expect(found(objects, at({ host: 'shop.example.com', path: '/api' }))).toMatchObject([{ severity: 'assumption' }]);
    expect(found(objects, at({ host: 'shop.example.com' }), cluster)).toMatchObject([
      {
        message:
          'Deployment default/web must be reached from outside at http://shop.example.com/, and is not: no Ingress or HTTPRoute takes requests for shop.example.com/',
        fix: { text: 'add an Ingress for shop.example.com/ to Service default/web port 80', verified: true },
      },
    ]);
    const elsewhere = [web, service('web'), deployment('api'), service('api'), ingress('shop.example.com', '/', 'api')];
    expect(found(elsewhere, at({ host: 'shop.example.com' }), cluster)[0]?.message).toMatch(/it leads to Pod default\/api-/);
  });

  test('a policy of the Pods that keeps them out: the hop, and the rule to add', () => {
    const [finding] = found(
      [web, nodePort, policy('deny', 'web', { ingress: [{ from: from('api') }] })],
      at({ nodePort: 30036 }),
    );
    expect(finding?.message).toMatch(/no ingress rule allows TCP 80 from/);
    expect(finding?.evidence).toContainEqual(expect.objectContaining({ kind: 'hop', at: 'policy-ingress', outcome: 'blocked' }));
    expect(finding?.fix).toEqual({ text: 'allow ingress from everywhere in NetworkPolicy default/deny', verified: true });
  });

  test('what follows from Pods that do not start is not said again', () => {
    const broken = deployment('web', { containers: [{ name: 'a', image: 'b', envFrom: [{ secretRef: { name: 'ghost' } }] }] });
    expect(found([broken, nodePort], at({ nodePort: 30036 }))).toEqual([]);
  });
});
