import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { dryRun } from 'plimsoll/testing';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { App } from '../../lib/constructs/app.js';
import { ClusterIPService, Deployment, endpoint, NetworkPolicy, nodePool, Pod, StatefulSet } from '../../lib/constructs/index.js';

/** A database that only `api` may use, a program that may not, and one written with cdk8s-plus. */
const setting = () => {
  const app = new App({ cluster: { nodes: [nodePool('n', { count: 3, zones: ['a', 'b', 'c'] })] } });
  const data = new Chart(app, 'data', { namespace: 'data' });
  const web = new Chart(app, 'web', { namespace: 'web' });
  const pg = new StatefulSet(data, 'pg', {
    replicas: 2,
    containers: { pg: { image: 'postgres:16', ports: { pg: 5432, metrics: 9187 } } },
  });
  const db = new ClusterIPService(data, 'db', { to: pg, ports: { pg: 6000, metrics: 9187 }, clusterIP: '10.96.7.7' });
  const api = new Deployment(web, 'api', { replicas: 2, containers: { api: { image: 'api:1', ports: { http: 8080 } } } });
  const job = new Pod(web, 'job', { containers: { job: { image: 'job:1' } } });
  new NetworkPolicy(data, 'clients', { protects: pg, allow: [{ from: api, to: 'pg' }] });
  const theirs = new kplus.Deployment(web, 'theirs', {
    metadata: { name: 'theirs' },
    containers: [{ image: 'nginx', portNumber: 80 }],
    securityContext: { ensureNonRoot: false },
  });
  const front = theirs.exposeViaService({ name: 'front' });
  return { run: dryRun(app), pg, db, api, job, theirs, front };
};

const { run, pg, db, api, job, theirs, front } = setting();

describe('toReach', () => {
  test('names and addresses, as the client would use them', () => {
    const client = run.workload('web/api');
    expect(client).toReach('db.data:6000');
    expect(client).toReach('db.data.svc.cluster.local:6000');
    expect(client).toReach('postgres://user@db.data:6000/shop');
    expect(client).toReach('10.96.7.7:6000');
    expect(client).toReach(`${run.workload('data/pg').pods[0]?.status?.podIP}:5432`);
    expect(client).toReach({ host: 'db.data', port: 6000 });
    expect(client).toReach('http://front');
    expect(client).not.toReach('db:6000');
    expect(client).not.toReach('10.96.7.8:6000');
  });

  test('ports by number or by name', () => {
    const client = run.workload('web/api');
    expect(client).toReach('db.data:pg');
    expect(client).toReach('db.data', 'pg');
    expect(client).toReach('data/db:pg');
    expect(client).toReach('data/db:6000');
    expect(client).toReach('data/db', 6000);
    expect(client).not.toReach('data/db:metrics');
  });

  test('Services, workloads and Pods by namespace and name', () => {
    const client = run.workload('web/api');
    expect(client).toReach('Service data/db:pg');
    expect(client).toReach('StatefulSet data/pg:pg');
    expect(client).toReach('data/pg:5432');
    expect(client).toReach('data/pg-1:pg');
    expect(client).not.toReach('data/pg:metrics');
    expect(run.workload('web/job')).not.toReach('data/pg:pg');
  });

  test('constructs, their ports, and objects of the manifests, as clients and as destinations', () => {
    expect(run.workload(api)).toReach(db.at('pg'));
    expect(run.workload(api)).toReach(pg.at('pg'));
    expect(run.workload(api)).toReach(db, 'pg');
    expect(run.workload(api)).toReach(pg, 5432);
    expect(run.workload(api)).toReach(db.ref, 6000);
    expect(run.workload(job)).not.toReach(db, 'pg');
    expect(run.workload(job)).toReach(run.workload('web/api'), 'http');
    const object: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'db', namespace: 'data' } };
    expect(run.workload(api)).toReach(object, 'pg');
    expect(run.workload({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'api', namespace: 'web' } })).toReach(
      db,
      'pg',
    );
  });

  test('constructs of cdk8s-plus', () => {
    expect(run.workload(api)).toReach(front);
    expect(run.workload(api)).toReach(endpoint(theirs, 80));
    expect(run.workload(theirs)).not.toReach(db.at('pg'));
  });

  test('one Pod connects', () => expect(run.workload('data/pg-1')).toReach('web/api:http'));

  test('a failing one prints the way, hop by hop, and what ends it', () => {
    expect(() => expect(run.workload('web/job')).toReach('data/db:pg')).toThrowErrorMatchingInlineSnapshot(`
      [Error: Pod web/job does not reach data/db:pg:
        client          Pod web/job 10.128.0.2 on node n-1  ok
        dns             no policy restricts the egress of Pod web/job  ok
        dns             db.data.svc.cluster.local.: db.data.svc.cluster.local -> 10.96.7.7  ok
        service         Service data/db 10.96.7.7:6000/TCP (pg) -> 10.128.4.2:5432, 10.128.0.4:5432  ok
        endpoint        Pod data/pg-0 10.128.4.2 port 5432 on node n-2  ok
        egress          no policy restricts the egress of Pod web/job  ok
        policy-ingress  NetworkPolicy data/clients selects app=pg; no ingress rule allows TCP 5432 from Pod web/job  BLOCKED HERE
        container       container pg listens on TCP 5432  ok
        ready           Pod data/pg-0 is ready  ok
      blocked by NetworkPolicy data/clients]
    `);
    expect(() => expect(run.workload('web/api')).not.toReach(db.at('pg'))).toThrowErrorMatchingInlineSnapshot(`
      [Error: Deployment web/api reaches data/db:pg:
        client          Pod web/api-6v7dpv6cbm-kn2qf 10.128.0.3 on node n-1  ok
        dns             no policy restricts the egress of Pod web/api-6v7dpv6cbm-kn2qf  ok
        dns             db.data.svc.cluster.local.: db.data.svc.cluster.local -> 10.96.7.7  ok
        service         Service data/db 10.96.7.7:6000/TCP (pg) -> 10.128.4.2:5432, 10.128.0.4:5432  ok
        endpoint        Pod data/pg-0 10.128.4.2 port 5432 on node n-2  ok
        egress          no policy restricts the egress of Pod web/api-6v7dpv6cbm-kn2qf  ok
        policy-ingress  NetworkPolicy data/clients ingress rule 1 allows TCP 5432 from Pod web/api-6v7dpv6cbm-kn2qf  ok
        container       container pg listens on TCP 5432  ok
        ready           Pod data/pg-0 is ready  ok]
    `);
    expect(() => expect(run.workload('web/api')).toReach('dbs.data:6000')).toThrowErrorMatchingInlineSnapshot(`
      [Error: Deployment web/api does not reach dbs.data:6000:
        client          Pod web/api-6v7dpv6cbm-kn2qf 10.128.0.3 on node n-1  ok
        dns             no policy restricts the egress of Pod web/api-6v7dpv6cbm-kn2qf  ok
        dns             dbs.data: dbs.data.web.svc.cluster.local: no such name; dbs.data.svc.cluster.local: no such name; dbs.data.cluster.local: no such name; dbs.data: no such name  BLOCKED HERE]
    `);
  });

  test('wrong use is said as such, whatever `.not` says', () => {
    const client = run.workload('web/api');
    expect(() => expect(client).not.toReach('data/dbs:pg')).toThrow(
      'there is no Service or workload data/dbs; did you mean data/db?; there are Deployment web/api,',
    );
    expect(() => expect(client).toReach('data/db:psql')).toThrow(/has no port psql/);
    expect(() => expect(client).toReach('db.data:psql')).toThrow("db.data has no port 'psql' (ports: pg (6000), metrics (9187))");
    expect(() => expect(client).toReach('db.data')).toThrow('db.data has several ports; name one');
    expect(() => expect(client).toReach('shop.example.com')).toThrow(
      "toReach takes host:port, a URL or namespace/name:port, such as 'db.data:5432'; it was given 'shop.example.com'",
    );
    expect(() => expect(client).toReach('')).toThrow('toReach takes host:port');
    expect(() => expect('web/api').toReach('db.data:6000')).toThrow(
      "toReach takes a workload: expect(run.workload('web/api')).toReach(...)",
    );
    // @ts-expect-error a number is no destination
    expect(() => expect(client).toReach(6000)).toThrow();
    expect(() => run.workload('web/apis')).toThrow(
      'there is no workload web/apis; did you mean web/api?; there are Deployment web/api,',
    );
    expect(() => run.workload(db)).toThrow('Service data/db is no workload');
  });
});
