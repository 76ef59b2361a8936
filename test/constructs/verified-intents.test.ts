import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import { App } from '../../lib/constructs/app.js';
import {
  ClusterIPService,
  Deployment,
  endpoint,
  Ingress,
  intends,
  NetworkPolicy,
  nodePool,
  StatefulSet,
} from '../../lib/constructs/index.js';
import { textReport } from '../../lib/report/text.js';

/** A system that its author means otherwise; one workload is written with cdk8s-plus. */
const meant = (): App => {
  const app = new App({
    cluster: {
      nodes: [
        nodePool('general', { count: 2, zones: ['a', 'b'] }),
        nodePool('ssd', { count: 1, zones: ['a'], labels: { disktype: 'ssd' } }),
      ],
    },
  });
  const data = new Chart(app, 'data', { namespace: 'data' });
  const web = new Chart(app, 'web', { namespace: 'web' });
  const pg = new StatefulSet(data, 'pg', {
    replicas: 2,
    containers: { pg: { image: 'postgres:16', ports: { pg: 5432 }, resources: { requests: { cpu: '2' } } } },
  });
  const db = new ClusterIPService(data, 'db', { to: pg, ports: { pg: 6000 } });
  const api = new Deployment(web, 'api', { replicas: 2, containers: { api: { image: 'api:1', ports: { http: 8080 } } } });
  const theirs = new kplus.Deployment(web, 'theirs', {
    metadata: { name: 'theirs' },
    replicas: 2,
    containers: [{ image: 'nginx:1.27', portNumber: 80, resources: {} }],
    securityContext: { ensureNonRoot: false },
  });
  new NetworkPolicy(data, 'clients', { protects: pg, allow: [{ from: [api, theirs], to: 'pg' }] });

  pg.intends.fits({ more: 6 });
  pg.intends.runsOn('ssd');
  intends(theirs).spreadsOver('zone', { atLeast: 3 });
  api.intends.neverSharesNodeWith(theirs);
  db.intends.onlyReachedBy(api, { ports: ['pg'] });
  intends(theirs).isolated({ dns: true });
  intends(theirs).exposedAt({ host: 'shop.example.com' });
  return app;
};

test('broken intents of any library: construct path, the line of the intent, that of the object, and a way out', () => {
  const verification = meant().dryRun();
  const broken = verification.findings.filter(({ code }) => code.startsWith('intent/'));
  expect(broken.map(({ code, constructPath, fix }) => [code, constructPath, fix])).toMatchInlineSnapshot(`
    [
      [
        "intent/fits",
        "data/pg",
        {
          "text": "one more node in pool general",
          "verified": true,
        },
      ],
      [
        "intent/runs-on",
        "data/pg",
        {
          "text": "add nodeSelector disktype=ssd",
          "verified": true,
        },
      ],
      [
        "intent/spreads-over",
        "web/theirs/Resource",
        {
          "text": "declare nodes in 3 domains of topology.kubernetes.io/zone",
          "verified": false,
        },
      ],
      [
        "intent/shares-node",
        "web/api",
        {
          "text": "add required anti-affinity over kubernetes.io/hostname with Deployment web/theirs to Deployment web/api",
          "verified": true,
        },
      ],
      [
        "intent/only-reached-by",
        "data/db",
        {
          "text": "let ingress rule 1 of NetworkPolicy data/clients name only those who may",
          "verified": true,
        },
      ],
      [
        "intent/isolated",
        "web/theirs/Resource",
        {
          "text": "add a NetworkPolicy of policyTypes Ingress and Egress that allows the Pods of Deployment web/theirs nothing but the cluster DNS",
          "verified": true,
        },
      ],
      [
        "intent/exposed-at",
        "web/theirs/Resource",
        undefined,
      ],
    ]
  `);
  const lines = broken.map(({ source }) => source?.line ?? 0);
  expect(new Set(lines).size).toBe(lines.length);
  expect(broken.every(({ source }) => source?.file.endsWith('verified-intents.test.ts'))).toBe(true);
  const made = broken.map(({ evidence }) => evidence.find((item) => item.kind === 'object' && item.text === 'is made'));
  expect(made.every((item) => item?.kind === 'object' && item.source !== undefined && !lines.includes(item.source.line))).toBe(
    true,
  );
});

test('as the report tells it', () => {
  const report = textReport(meant().dryRun(), { width: 110, fileName: () => 'main.ts' });
  const [faults] = report.replaceAll(/main\.ts:\d+(:\d+)?/g, 'main.ts:n').split('\n  assumed');
  expect(faults).toMatchInlineSnapshot(`
    "  admitted 5 objects · scheduled 6 Pods on 3 nodes · 7 intents

      StatefulSet data/pg  data/pg
      error   intent/fits                                                                            main.ts:n
              StatefulSet data/pg must have room for 6 more replicas, but 4 would fit: 0/3 nodes are available: 3
              Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption
              victims found for incoming pod.

                StatefulSet data/pg finds no room on 3 nodes of general, ssd: Insufficient cpu, asks 2, free 0
                    (general-1), held by StatefulSet data/pg 4
                StatefulSet data/pg is made (main.ts:n)

              fix    one more node in pool general (verified)

      error   intent/runs-on                                                                         main.ts:n
              StatefulSet data/pg is meant to run on nodes of pool ssd, but pg-0 runs on general-1, pg-1 runs on
              general-2

                Pod data/pg-0 runs on general-1
                Pod data/pg-1 runs on general-2
                StatefulSet data/pg is made (main.ts:n)

              fix    add nodeSelector disktype=ssd (verified)

      Deployment web/theirs  web/theirs/Resource
      error   intent/spreads-over                                                                    main.ts:n
              Deployment web/theirs is meant to run in at least 3 domains of topology.kubernetes.io/zone, but its
              2 Pods run in 2 of the 2 that the nodes have

                Pod web/theirs-gxsjgzgs7c-dtglq is in b
                Pod web/theirs-gxsjgzgs7c-ms24x is in a
                Deployment web/theirs is made (main.ts:n)

              fix    declare nodes in 3 domains of topology.kubernetes.io/zone

      error   intent/isolated                                                                        main.ts:n
              Deployment web/theirs must be isolated (but for DNS), but is reached by StatefulSet data/pg and 4
              more (no NetworkPolicy restricts its ingress) and reaches addresses outside the cluster (0.0.0.0/0)
              and 5 more (no NetworkPolicy restricts its egress)

                Deployment web/theirs is reached by StatefulSet data/pg, Deployment web/api, Deployment
                    web/theirs, Pod kube-system/coredns-1 and 1 more: no NetworkPolicy restricts its ingress
                Deployment web/theirs reaches addresses outside the cluster (0.0.0.0/0), StatefulSet data/pg,
                    Deployment web/api, Deployment web/theirs and 2 more: no NetworkPolicy restricts its egress
                Deployment web/theirs is made (main.ts:n)

              fix    add a NetworkPolicy of policyTypes Ingress and Egress that allows the Pods of Deployment
                     web/theirs nothing but the cluster DNS (verified)

      error   intent/exposed-at                                                                      main.ts:n
              Deployment web/theirs must be reached from outside at http://shop.example.com/, and is not: no
              Ingress or HTTPRoute takes requests for shop.example.com/

                Deployment web/theirs is made (main.ts:n)

      Deployment web/api  web/api
      error   intent/shares-node                                                                     main.ts:n
              Pods of Deployment web/api must never share a node with Deployment web/theirs, but
              api-6v7dpv6cbm-kn2qf and theirs-gxsjgzgs7c-ms24x are both on ssd-1; 2 of its Pods share a node so

                Pod web/api-6v7dpv6cbm-kn2qf shares node ssd-1 with Pod web/theirs-gxsjgzgs7c-ms24x
                Pod web/api-6v7dpv6cbm-ldqhv shares node general-2 with Pod web/theirs-gxsjgzgs7c-dtglq
                Deployment web/api is made (main.ts:n)

              fix    add required anti-affinity over kubernetes.io/hostname with Deployment web/theirs to
                     Deployment web/api (verified)

      Service data/db  data/db
      error   intent/only-reached-by                                                                 main.ts:n
              Service data/db must be reached by Deployment web/api only, but Deployment web/theirs reaches it on
              TCP 5432

                Deployment web/theirs reaches it on TCP 5432: NetworkPolicy data/clients ingress rule 1 allows it
                Service data/db is made (main.ts:n)

              fix    let ingress rule 1 of NetworkPolicy data/clients name only those who may (verified)
    "
  `);
});

test('kept intents say nothing, of constructs of any library', () => {
  const app = new App({
    cluster: {
      nodes: [
        nodePool('general', { count: 3, zones: ['a', 'b', 'c'] }),
        nodePool('ssd', { count: 2, labels: { disktype: 'ssd' } }),
      ],
      ingressController: { ingressClass: 'nginx' },
    },
  });
  const data = new Chart(app, 'data', { namespace: 'data' });
  const web = new Chart(app, 'web', { namespace: 'web' });
  const pg = new StatefulSet(data, 'pg', {
    replicas: 2,
    containers: { pg: { image: 'postgres:16', ports: { pg: 5432 } } },
    schedule: { nodeSelector: { disktype: 'ssd' }, onePer: 'node' },
  });
  const db = new ClusterIPService(data, 'db', { to: pg, ports: { pg: 6000 } });
  const theirs = new kplus.Deployment(web, 'theirs', {
    metadata: { name: 'theirs' },
    replicas: 3,
    containers: [{ image: 'nginx:1.27', portNumber: 80, resources: {} }],
    securityContext: { ensureNonRoot: false },
  });
  theirs.scheduling.spread();
  const front = theirs.exposeViaService({ name: 'front' });
  new Ingress(web, 'shop', { ingressClass: 'nginx', hosts: { 'shop.example.com': { '/': endpoint(front, 80) } } });
  const vault = new Deployment(data, 'vault', { containers: { vault: { image: 'vault:1' } } });
  new NetworkPolicy(data, 'clients', { protects: pg, allow: [{ from: theirs, to: 'pg' }] });
  new NetworkPolicy(data, 'closed', { protects: vault, allow: [], policyTypes: ['Ingress', 'Egress'] });

  pg.intends.fits().runsOn('ssd').spreadsOver('node', { atLeast: 2 }).neverSharesNodeWith(pg).isNotPreempted();
  pg.intends.onlyReachedBy(theirs);
  db.intends.onlyReachedBy(theirs, { ports: ['pg'] });
  vault.intends.isolated();
  intends(theirs).fits({ more: 2 }).reaches(db.at('pg')).mustNotReach('http://vault.data');
  intends(front).exposedAt({ host: 'shop.example.com', path: '/cart' });

  const { accepted, findings, verified } = app.dryRun();
  expect(findings.filter(({ severity, code }) => severity === 'error' || code.includes('intent'))).toEqual([]);
  expect(accepted).toBe(true);
  expect(verified.intents).toBe(12);
});
