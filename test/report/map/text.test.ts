import { describe, expect, test } from 'vitest';
import type { MapReport, MapWorkload } from '../../../lib/report/map/map.js';
import { mapReport } from '../../../lib/report/map/report.js';
import { mapText } from '../../../lib/report/map/text.js';
import { shop } from './shop.js';

const side = { policies: [], cluster: ['*'], outside: [] };
const workload = (namespace: string, index: number): MapWorkload => ({
  name: `${namespace}/app-${index}`,
  kind: 'Deployment',
  namespace,
  pods: 2,
  ports: ['80/TCP'],
  services: [],
  ingress: side,
  egress: side,
  dns: true,
});

const mapOf = (workloads: readonly MapWorkload[]): MapReport => ({
  version: 1,
  policies: 0,
  workloads,
  connections: workloads.map(({ name }) => ({ to: name, ports: ['80/TCP'], allowed: ['*'], from: ['*'] })),
  entrances: [],
  unprotected: { ingress: [], egress: [] },
  calls: [],
  unused: [],
  absent: [],
  refused: [],
});

describe('the map as text', () => {
  test('a table and its sections', () => {
    expect(mapText(mapReport(shop()), { width: 120 })).toMatchInlineSnapshot(`
      "  4 workloads · 5 Pods · 1 namespace · 2 policies

        WORKLOAD     PODS  PORT      REACHED BY
        default/api  1     3000/TCP  default/web
        default/db   1     5432/TCP  default/api, default/worker
        default/web  2     8080/TCP  everyone
        without a port or a policy: default/worker

        Ways in from outside
        FROM                          TO           PORT      THROUGH
        every node:30080              default/web  8080/TCP  NodePort Service default/web
        https://shop.example.com/api  default/api  3000/TCP  Ingress default/shop, Service default/api  (assumed)

        Ways out of the cluster
        anywhere, no policy  every workload (4)

        Not protected by any policy
        ingress and egress  default/web, default/worker
        egress              default/api, default/db

        Calls
        FROM         CALLS                             KNOWN FROM
        default/api  default/db:5432          ok       env DB_ADDR, container main
        default/web  billing.example.com:443  assumed  env BILLING_URL, container main: that it answers on TCP 443 is assumed
        default/web  default/api:80           ok       env API_URL, container main

        Allowed, but nobody is known to call
        default/db  default/worker
      "
    `);
  });

  test('no line is wider than the terminal, and colours change nothing but colours', () => {
    const report = mapReport(shop());
    const lines = mapText(report, { width: 100 }).split('\n');
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences.
    expect(mapText(report, { width: 100, colour: true }).replace(/\u001b\[\d+m/g, '')).toBe(lines.join('\n'));
  });

  test('many workloads are shown by their namespaces, and it says so', () => {
    const many = mapOf(['a', 'b'].flatMap((namespace) => Array.from({ length: 75 }, (_, index) => workload(namespace, index))));
    const text = mapText(many);
    expect(text.split('\n').slice(2, 6)).toEqual([
      '  NAMESPACE  WORKLOADS  PODS  UNPROTECTED  REACHED FROM',
      '  a          75         150   75           everyone',
      '  b          75         150   75           everyone',
      '  150 workloads are shown by their namespaces: --namespace shows those of one, --format json all',
    ]);
    expect(text.length).toBeLessThan(3000);
  });

  test('of very many namespaces the first hundred are shown, and the others counted', () => {
    const many = mapOf(Array.from({ length: 250 }, (_, index) => workload(`ns-${String(index).padStart(3, '0')}`, 0)));
    expect(mapText(many)).toContain('... and 150 more namespaces');
  });

  test('names cannot write to the terminal', () => {
    const text = mapText(mapOf([{ ...workload('a', 1), name: 'a/\u001b[31m\u202e' }]));
    expect(text).not.toContain('\u001b[31m');
    expect(text).toContain('a/\\u001b[31m\\u202e');
  });

  test('a cluster without Pods has a map without rows', () => {
    expect(mapText(mapOf([]))).toBe('  0 workloads · 0 Pods · 0 namespaces · 0 policies\n');
  });
});
