import { Chart, Testing } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { refKey } from '../../lib/api/object.js';
import { ClusterIPService, Deployment, declarationsOf, endpoint, Pod } from '../../lib/constructs/index.js';

const setting = () => {
  const app = Testing.app();
  const data = new Chart(app, 'data', { namespace: 'data' });
  const pg = new Deployment(data, 'pg', { containers: { pg: { image: 'postgres:16', ports: { pg: 5432 } } } });
  return { app, data, pg, db: new ClusterIPService(data, 'db', { to: pg, ports: { pg: 6000 } }) };
};
const dbService = { kind: 'object', object: { apiVersion: 'v1', kind: 'Service', namespace: 'data', name: 'db' }, port: 'pg' };

describe('what the author says to the simulator', () => {
  test('behaviour of containers, by workload', () => {
    const { app } = setting();
    const chart = new Chart(app, 'web');
    const pod = new Pod(chart, 'limits', {
      init: { slow: { image: 'a', behaviour: { exits: { code: 0, after: 30 } } } },
      containers: { grows: { image: 'b', behaviour: { memory: { growsTo: '2Gi' } } }, plain: { image: 'c' } },
    });
    const { behaviours } = declarationsOf(app);
    expect([...behaviours]).toEqual([
      [refKey(pod.ref), { grows: { memory: { growsTo: '2Gi' } }, slow: { exits: { code: 0, after: 30 } } }],
    ]);
    expect(pod.ref.namespace).toBe('default');
    expect(JSON.stringify(Testing.synth(chart))).not.toContain('growsTo');
  });

  test('calls of containers: a typed Service, a workload, a URL', () => {
    const { app, db, pg } = setting();
    const web = new Chart(app, 'web', { namespace: 'web' });
    new Deployment(web, 'api', {
      containers: {
        api: {
          image: 'api:1',
          calls: [
            db.at('pg'),
            pg.at('pg'),
            'http://api.example.com/x?y=z',
            'https://user:secret@[2001:db8::1]/',
            'postgres://pg:pw@db.data:6543/shop',
            'cache:11211',
            { host: '192.0.2.1', port: 53, protocol: 'UDP' },
          ],
        },
      },
    });
    const { calls } = declarationsOf(app);
    expect(calls.map(({ to }) => to)).toEqual([
      dbService,
      { kind: 'object', object: pg.ref, port: 'pg' },
      { kind: 'host', host: 'api.example.com', port: 80 },
      { kind: 'host', host: '2001:db8::1', port: 443 },
      { kind: 'host', host: 'db.data', port: 6543 },
      { kind: 'host', host: 'cache', port: 11211 },
      { kind: 'host', host: '192.0.2.1', port: 53, protocol: 'UDP' },
    ]);
    expect(calls[0]).toMatchObject({
      from: { kind: 'Deployment', namespace: 'web', name: 'api' },
      container: 'api',
      provenance: { constructPath: 'web/api' },
    });
    expect(() => new Deployment(web, 'wrong', { containers: { api: { image: 'a', calls: ['example.com'] } } })).toThrow(
      "web/wrong: 'example.com' names no port; write example.com:<port>",
    );
  });

  test('intents', () => {
    const { app, db, pg } = setting();
    pg.intends.runsOn({ disktype: 'ssd' }).mustNotReach('https://example.com').reaches(db.at('pg'), endpoint(db, 6000));
    const { intents } = declarationsOf(app);
    expect(intents).toMatchObject([
      { kind: 'runsOn', workload: pg.ref, labels: { disktype: 'ssd' } },
      { kind: 'mustNotReach', from: pg.ref, to: { kind: 'host', host: 'example.com', port: 443 } },
      { kind: 'reaches', from: pg.ref, to: dbService },
      { kind: 'reaches', from: pg.ref, to: { ...dbService, port: 6000 } },
    ]);
    expect(intents[0]?.provenance.constructPath).toBe('data/pg');
    expect(intents[0]?.provenance.source?.file).toMatch(/declarations\.test\.ts$/);
  });

  test('accepted findings, with the reason', () => {
    const { app, pg } = setting();
    pg.accept('design/volatile-data', 'a test database');
    // @ts-expect-error there is no such finding
    pg.accept('design/volatile', 'a typing error');
    expect(declarationsOf(app).suppressions[0]).toEqual({
      object: pg.ref,
      code: 'design/volatile-data',
      reason: 'a test database',
    });
  });

  test('Apps do not share declarations', () => {
    setting().pg.intends.runsOn({ a: 'b' });
    expect(declarationsOf(setting().app).intents).toEqual([]);
  });
});
