import { ApiObject, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { App } from '../../lib/constructs/app.js';
import {
  ClusterIPService,
  ConfigMap,
  CronJob,
  cidr,
  DaemonSet,
  Deployment,
  declarationsOf,
  ExternalNameService,
  inNamespace,
  intends,
  Namespace,
  nodePool,
  StatefulSet,
} from '../../lib/constructs/index.js';

const ssd = nodePool('ssd', { count: 2, labels: { disktype: 'ssd' } });

const setting = () => {
  const app = new App({ cluster: { nodes: [nodePool('general', { count: 3 }), ssd] } });
  const data = new Chart(app, 'data', { namespace: 'data' });
  const pg = new StatefulSet(data, 'pg', { containers: { pg: { image: 'postgres:16', ports: { pg: 5432, metrics: 9187 } } } });
  const db = new ClusterIPService(data, 'db', { to: pg, ports: { pg: 6000 } });
  const api = new Deployment(new Chart(app, 'web', { namespace: 'web' }), 'api', { containers: { api: { image: 'api:1' } } });
  return { app, data, pg, db, api };
};

const said = (app: App) => declarationsOf(app).intents.map(({ provenance: _provenance, ...intent }) => intent);

describe('intents about where Pods run', () => {
  test('what is written is what is declared', () => {
    const { app, pg, api } = setting();
    pg.intends
      .fits()
      .fits({ more: 2 })
      .runsOn({ disktype: 'ssd' })
      .runsOn(ssd)
      .runsOn('general')
      .spreadsOver('zone', { atLeast: 2 })
      .spreadsOver('example.com/rack', { atLeast: 3 })
      .neverSharesNodeWith(api, pg)
      .isNotPreempted();
    const workload = pg.ref;
    expect(said(app)).toEqual([
      { kind: 'fits', workload, more: 0 },
      { kind: 'fits', workload, more: 2 },
      { kind: 'runsOn', workload, labels: { disktype: 'ssd' } },
      { kind: 'runsOn', workload, pool: 'ssd' },
      { kind: 'runsOn', workload, pool: 'general' },
      { kind: 'spreadsOver', workload, topologyKey: 'topology.kubernetes.io/zone', atLeast: 2 },
      { kind: 'spreadsOver', workload, topologyKey: 'example.com/rack', atLeast: 3 },
      { kind: 'neverSharesNodeWith', workload, other: api.ref },
      { kind: 'neverSharesNodeWith', workload, other: workload },
      { kind: 'isNotPreempted', workload },
    ]);
  });

  test('every intent knows its own line', () => {
    const { app, pg } = setting();
    pg.intends.fits();
    pg.intends.isNotPreempted();
    const [first, second] = declarationsOf(app).intents.map(({ provenance }) => provenance.source);
    expect(first?.file).toMatch(/intends\.test\.ts$/);
    expect(second?.line).toBe((first?.line ?? 0) + 1);
  });

  test('a pool that the App does not have is refused where it is named', () => {
    const { pg } = setting();
    expect(() => pg.intends.runsOn('sdd')).toThrow("data/pg: the cluster has no node pool 'sdd'; its pools: 'general', 'ssd'");
    expect(() => pg.intends.runsOn(nodePool('gpu', { count: 1 }))).toThrow("no node pool 'gpu'");
    // Only an App says which pools there are.
    const chart = new Chart(Testing.app(), 'web');
    new Deployment(chart, 'api', { containers: { api: { image: 'a' } } }).intends.runsOn('anything');
  });

  test('numbers that say nothing are refused', () => {
    const { data, pg } = setting();
    expect(() => pg.intends.spreadsOver('zone', { atLeast: 0 })).toThrow(
      'data/pg: atLeast is 0; write a whole number, 1 or more',
    );
    expect(() => pg.intends.spreadsOver('zone', { atLeast: 1.5 })).toThrow('atLeast is 1.5');
    expect(() => pg.intends.fits({ more: -1 })).toThrow('more is -1; write a whole number, 0 or more');
    const logs = new DaemonSet(data, 'logs', { containers: { logs: { image: 'a' } } });
    expect(() => logs.intends.fits({ more: 1 })).toThrow('data/logs: a DaemonSet has no replicas to have more of; write fits()');
    const report = new CronJob(data, 'report', {
      cron: '@daily',
      restartPolicy: 'Never',
      containers: { report: { image: 'a' } },
    });
    expect(() => report.intends.fits({ more: 1 })).toThrow('a CronJob has no replicas');
  });

  test('only workloads run', () => {
    const { data, pg, db } = setting();
    expect(() => pg.intends.neverSharesNodeWith(db)).toThrow('data/db: a Service has no Pods; name a workload or a Pod');
    expect(() => intends(new ConfigMap(data, 'settings')).fits()).toThrow('data/settings: a ConfigMap has no Pods');
    expect(() => intends(db).runsOn({ a: 'b' })).toThrow('data/db: a Service has no Pods');
    // @ts-expect-error a Service runs nowhere
    expect(() => db.intends.runsOn({ a: 'b' })).toThrow('a Service has no Pods');
    // @ts-expect-error how many is for the author to say
    expect(() => pg.intends.spreadsOver('zone', {})).toThrow('atLeast is undefined');
  });
});

describe('intents about who connects', () => {
  test('clients are workloads, namespaces, labels and peers; ports are those of a Service or of the Pods', () => {
    const { app, data, pg, db, api } = setting();
    db.intends.onlyReachedBy(api, { ports: ['pg'] });
    pg.intends.onlyReachedBy(
      api,
      inNamespace('monitoring'),
      new Namespace(data, 'tools'),
      { labels: { role: 'backup' }, namespace: 'ops' },
      cidr('10.0.0.0/8'),
      { ports: ['pg', 'metrics'] },
    );
    pg.intends.onlyReachedBy();
    const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
    expect(said(app)).toEqual([
      { kind: 'onlyReachedBy', of: db.ref, clients: [{ workload: api.ref }], ports: ['pg'] },
      {
        kind: 'onlyReachedBy',
        of: pg.ref,
        clients: [
          { workload: api.ref },
          { peer: { namespaceSelector: named('monitoring') } },
          { peer: { namespaceSelector: named('tools') } },
          { peer: { podSelector: { matchLabels: { role: 'backup' } }, namespaceSelector: named('ops') } },
          { peer: { ipBlock: { cidr: '10.0.0.0/8' } } },
        ],
        ports: ['pg', 'metrics'],
      },
      { kind: 'onlyReachedBy', of: pg.ref, clients: [], ports: undefined },
    ]);
  });

  test('a port that is not declared, and what makes no connections', () => {
    const { data, pg, db, api } = setting();
    // @ts-expect-error the Pods declare no such port
    expect(() => pg.intends.onlyReachedBy(api, { ports: ['psql'] })).toThrow(
      "data/pg: no container declares a port 'psql'; declared: 'pg', 'metrics'",
    );
    // @ts-expect-error the Service does not offer the port, though the Pods have it
    expect(() => db.intends.onlyReachedBy(api, { ports: ['metrics'] })).toThrow(
      "data/db: has no port 'metrics'; its ports: 'pg'",
    );
    expect(() => pg.intends.onlyReachedBy(db)).toThrow('data/pg: a Service makes no connections; name the workload behind it');
    expect(() => pg.intends.onlyReachedBy(new ConfigMap(data, 'settings'))).toThrow(
      'a ConfigMap makes no connections; name a workload, a Namespace or { labels }',
    );
    const outside = new ExternalNameService(data, 'mail', { externalName: 'mail.example.com' });
    // @ts-expect-error nobody here says who connects to what is outside
    expect(outside.intends).toBeUndefined();
  });

  test('isolation, and ways in from outside', () => {
    const { app, pg, db } = setting();
    pg.intends.isolated().isolated({ dns: true });
    db.intends
      .exposedAt({ nodePort: 30036 })
      .exposedAt({ host: 'shop.example.com' })
      .exposedAt({ host: 'shop.example.com', path: '/api' }, { from: '198.51.100.7' })
      .exposedAt('loadBalancer')
      .exposedAt({ loadBalancer: 443 });
    const way = (at: object, from?: string) => ({ kind: 'exposedAt', of: db.ref, at, from });
    expect(said(app)).toEqual([
      { kind: 'isolated', workload: pg.ref, dns: false },
      { kind: 'isolated', workload: pg.ref, dns: true },
      way({ nodePort: 30036 }),
      way({ host: 'shop.example.com' }),
      way({ host: 'shop.example.com', path: '/api' }, '198.51.100.7'),
      way({ loadBalancer: 'any' }),
      way({ loadBalancer: 443 }),
    ]);
    expect(() => db.intends.exposedAt({ nodePort: 70000 })).toThrow(
      'data/db: nodePort 70000 is no port; write a whole number from 1 to 65535',
    );
    expect(() => db.intends.exposedAt({ host: 'https://shop.example.com/api' })).toThrow(
      "'https://shop.example.com/api' is no host; write { host: 'shop.example.com', path: '/api' }",
    );
    expect(() => db.intends.exposedAt({ host: 'a.example', path: 'api' })).toThrow("'api' is no path");
    expect(() => db.intends.exposedAt('loadBalancer', { from: 'office' })).toThrow("'office' is no IP address");
    // @ts-expect-error there is no such way in
    expect(() => db.intends.exposedAt({ port: 80 })).toThrow();
  });
});

test('constructs of cdk8s-plus and plain ApiObjects have intents too', () => {
  const { app, pg } = setting();
  const chart = new Chart(app, 'theirs', { namespace: 'theirs' });
  const web = new kplus.Deployment(chart, 'web', { metadata: { name: 'web' }, containers: [{ image: 'nginx', portNumber: 80 }] });
  const service = web.exposeViaService({ name: 'web' });
  const rollout = new ApiObject(chart, 'rollout', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' });
  intends(web).spreadsOver('node', { atLeast: 2 }).neverSharesNodeWith(pg);
  intends(service)
    .onlyReachedBy(web, rollout, { ports: [80] })
    .exposedAt('loadBalancer');
  const refs = declarationsOf(app).intents.map((intent) =>
    'of' in intent ? intent.of : 'workload' in intent ? intent.workload : undefined,
  );
  expect(refs.map((ref) => ref?.kind)).toEqual(['Deployment', 'Deployment', 'Service', 'Service']);
});
