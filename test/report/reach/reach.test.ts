import { describe, expect, test } from 'vitest';
import { type ReachReport, reachReport, UnknownName } from '../../../lib/report/reach/reach.js';
import { reachText } from '../../../lib/report/reach/text.js';
import { deployment, judge, service } from '../../verify/manifests.js';
import { objects, policy, shop } from '../map/shop.js';

const run = shop();
const reach = (from: string, to: string, subject = run): ReachReport => reachReport(subject, from, to);
const outcomes = ({ answers }: ReachReport): readonly string[] =>
  answers.map(({ from, to, outcome }) => `${from} -> ${to}: ${outcome}`);
const podOf = (app: string): string => run.cluster.list('Pod', { labelSelector: `app=${app}` })[0]?.metadata.name ?? '';
const addressOf = (app: string): string => run.cluster.list('Pod', { labelSelector: `app=${app}` })[0]?.status?.podIP ?? '';

describe('who connects, and to what', () => {
  test.each([
    ['web', 'api', 'Deployment default/web -> Service default/api:80'],
    ['default/web', 'default/api:80', 'Deployment default/web -> Service default/api:80'],
    ['deploy/web', 'deploy/api', 'Deployment default/web -> Deployment default/api:3000'],
    ['deployment/default/web', 'svc/default/api:80', 'Deployment default/web -> Service default/api:80'],
    ['Deployment default/web', 'Service default/api', 'Deployment default/web -> Service default/api:80'],
    [`pod/${podOf('web')}`, `pod/${podOf('api')}:3000`, `Pod default/${podOf('web')} -> Pod default/${podOf('api')}:3000`],
    ['web', 'api.default.svc.cluster.local', 'Deployment default/web -> api.default.svc.cluster.local:80'],
    ['web', 'http://api/items', 'Deployment default/web -> http://api:80/items'],
    ['web', 'deploy/api:http', 'Deployment default/web -> Deployment default/api:http'],
  ])('%s %s', (from, to, text) => {
    expect(outcomes(reach(from, to))).toEqual([`${text}: arrives`]);
  });

  test('addresses: of a Pod it is that Pod, any other is outside', () => {
    expect(outcomes(reach(addressOf('web'), `${addressOf('api')}:3000`))).toEqual([
      `Pod default/${podOf('web')} -> ${addressOf('api')}:3000: arrives`,
    ]);
    expect(outcomes(reach('203.0.113.7', 'web'))).toEqual(['203.0.113.7 outside -> Service default/web:80: arrives']);
    expect(outcomes(reach('outside', 'https://shop.example.com/api'))).toEqual([
      'outside (198.51.100.1) -> https://shop.example.com:443/api: assumed',
    ]);
    expect(outcomes(reach('web', '[2001:db8::1]:443'))[0]).toContain('-> [2001:db8::1]:443');
    expect(outcomes(reach('node/k8s-w1', 'web'))).toEqual(['Node k8s-w1 -> Service default/web:80: arrives']);
  });

  test('without a port every port that it declares', () => {
    const both = judge([
      deployment('web'),
      deployment('dns'),
      service('dns', {
        ports: [
          { name: 'u', port: 53, protocol: 'UDP', targetPort: 80 },
          { name: 't', port: 80 },
        ],
      }),
    ]);
    expect(outcomes(reach('web', 'dns', both)).map((line) => line.replace(/:[^:]*$/, ''))).toEqual([
      'Deployment default/web -> Service default/dns:53/UDP',
      'Deployment default/web -> Service default/dns:80',
    ]);
  });

  test('a name is of the namespace of who connects, or else the only one of its kind', () => {
    const far = (object: ReturnType<typeof deployment>, namespace: string) => ({
      ...object,
      metadata: { ...object.metadata, namespace },
    });
    const spaces = ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    const both = judge([
      ...spaces,
      far(deployment('web'), 'a'),
      far(deployment('api'), 'a'),
      far(deployment('api'), 'b'),
      far(deployment('db'), 'b'),
    ]);
    expect(outcomes(reach('web', 'api', both))).toEqual(['Deployment a/web -> Deployment a/api:80: arrives']);
    expect(outcomes(reach('web', 'db', both))).toEqual(['Deployment a/web -> Deployment b/db:80: arrives']);
    expect(() => reach('api', 'db', both)).toThrow(
      'api names Deployment a/api and Deployment b/api: write one of them with its namespace',
    );
  });

  test.each([
    ['wbe', 'api', 'there is no workload or Pod wbe; did you mean default/web?'],
    ['defalt/web', 'api', 'there is no workload or Pod defalt/web; did you mean default/web?'],
    ['web', 'apo', 'there is no workload, Pod or Service apo; did you mean default/api?'],
    [
      'web',
      'zzzzzz',
      'there is no workload, Pod or Service zzzzzz; there are default/api, default/db, default/web, default/worker',
    ],
    ['svc/web', 'api', 'Service default/web connects to nobody: who connects is a Pod or a workload'],
    ['web', 'deploy/worker', 'Deployment default/worker declares no port: write one, deploy/worker:80 for instance'],
    ['web', 'example.com', 'which port of example.com? Write example.com:443, for one'],
    ['node/nowhere', 'api', 'there is no Node nowhere; there are k8s-c'],
    ['web', 'example.com:https', 'a host has ports by number, not by name'],
  ])('%s %s is no question: it says what there is', (from, to, message) => {
    expect(() => reach(from, to)).toThrow(UnknownName);
    expect(() => reach(from, to)).toThrow(message);
  });

  test('names are data: __proto__ and constructor are nobody', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) expect(() => reach('web', name)).toThrow(UnknownName);
  });
});

describe('the answer', () => {
  test('hop by hop, with the object and the rule that decides each', () => {
    const [answer] = reach('web', 'api').answers;
    expect(answer?.hops.map(({ at, outcome, object }) => [at, outcome, object?.kind])).toEqual([
      ['client', 'passed', 'Pod'],
      ['dns', 'passed', undefined],
      ['dns', 'passed', 'Service'],
      ['service', 'passed', 'Service'],
      ['endpoint', 'passed', 'Pod'],
      ['egress', 'passed', undefined],
      ['policy-ingress', 'passed', 'NetworkPolicy'],
      ['container', 'passed', 'Pod'],
      ['ready', 'passed', 'Pod'],
    ]);
  });

  test('where it breaks, and the smallest fix, tried', () => {
    const report = reach('web', 'db');
    expect(report.reached).toBe(false);
    expect(report.answers[0]).toMatchObject({
      outcome: 'blocked',
      blockedAt: { at: 'policy-ingress', object: { kind: 'NetworkPolicy', name: 'db-clients' } },
      fix: { text: 'allow ingress from Deployment default/web in NetworkPolicy default/db-clients', verified: true },
    });
  });

  test('a port that is not there: the one that is', () => {
    expect(reach('web', 'api:81').answers[0]?.fix).toEqual({
      text: 'call default/api:80 instead of default/api:81',
      verified: true,
    });
  });

  test('what is not open to the outside says what would open it', () => {
    expect(reach('outside', 'api').answers[0]?.fix?.text).toContain('a Service of type LoadBalancer or NodePort, or an Ingress');
  });

  test('some Pods of a workload may arrive and others not', () => {
    const local = service('edge', { type: 'ClusterIP', internalTrafficPolicy: 'Local', ports: [{ port: 80 }] });
    const spread = {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'web' } },
        },
      ],
    };
    const containers = [{ name: 'main', image: 'nginx:1.27' }];
    const some = judge([deployment('web', { containers, ...spread }, { replicas: 3 }), deployment('edge'), local]);
    const [answer] = reach('web', 'edge', some).answers;
    expect(answer).toMatchObject({ outcome: 'partly', clients: 3, arriving: 1 });
    expect(reach('web', 'edge', some).reached).toBe(false);
  });

  test('as text', () => {
    const text = (from: string, to: string): string =>
      reachText(reach(from, to), { width: 110 }).replace(/-[a-z0-9]{10}-[a-z0-9]{5}/g, '-*');
    expect(text('web', 'db')).toMatchInlineSnapshot(`
      "  Deployment default/web -> Service default/db:5432  does not arrive (0 of 2 Pods that were asked arrive)

          client           ok       Pod default/web-* 10.128.0.2 on node k8s-w1
          name             ok       no policy restricts the egress of Pod default/web-*
          name             ok       db.default.svc.cluster.local.: db.default.svc.cluster.local -> 10.96.162.146
          Service          ok       Service default/db 10.96.162.146:5432/TCP -> 10.128.0.3:5432
          endpoint         ok       Pod default/db-* 10.128.0.3 port 5432 on node k8s-w1
          egress policy    ok       no policy restricts the egress of Pod default/web-*
          ingress policy   BLOCKED  NetworkPolicy default/db-clients selects app=db; no ingress rule allows TCP 5432
                                    from Pod default/web-*
          container        ok       container main listens on TCP 5432
          readiness        ok       Pod default/db-* is ready

          fix   allow ingress from Deployment default/web in NetworkPolicy default/db-clients (verified)
      "
    `);
    expect(text('outside', 'api')).toMatchInlineSnapshot(`
      "  outside (198.51.100.1) -> Service default/api:80  does not arrive

          client           ok       198.51.100.1 outside the cluster
          Service          BLOCKED  Service default/api of type ClusterIP has no address outside the cluster

          fix   open it to the outside: a Service of type LoadBalancer or NodePort, or an Ingress
      "
    `);
  });

  test('DNS that is closed comes before everything that needs it', () => {
    const closed = policy('closed', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'api' } } }] }],
    });
    const [answer] = reach('web', 'api', judge([...objects, closed])).answers;
    expect(answer).toMatchObject({ outcome: 'blocked', blockedAt: { at: 'dns' }, fix: { verified: true } });
    expect(answer?.fix?.text).toContain('the cluster DNS');
  });
});
