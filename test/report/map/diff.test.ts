import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../lib/api/object.js';
import { refText } from '../../../lib/api/object.js';
import { type MapCause, mapDiffReport } from '../../../lib/report/map/diff.js';
import { diffGraph, diffText } from '../../../lib/report/map/diff-text.js';
import { peersText } from '../../../lib/report/map/text.js';
import { deployment, judge, service } from '../../verify/manifests.js';
import { api, apiService, changed, db, dbClients, ingress, objects, policy, web, webService, worker } from './shop.js';

const causeText = ({ how, object, direction, source }: MapCause): string =>
  [`${refText(object)} ${how}`, direction, source && `line ${source.line}`].filter((each) => each !== undefined).join(', ');

const diff = (after: readonly KubeObject[], before: readonly KubeObject[] = objects) =>
  mapDiffReport(judge(before), judge(after));

const connections = ({ connections: all }: ReturnType<typeof diff>): readonly string[] =>
  all.map(
    (each) =>
      `${each.change === 'gained' ? '+' : '-'} ${peersText(each)} -> ${each.to} ${(each.ports.length > 0 ? each.ports : each.allowed).join()} because ${each.causes.map(causeText).join(' and ')}`,
  );

describe('the difference of two maps', () => {
  test('of one cluster is nothing', () => {
    const none = diff(objects);
    expect(none).toEqual({
      version: 1,
      workloads: { added: [], removed: [] },
      connections: [],
      services: [],
      entrances: [],
      outside: [],
    });
    expect(diffText(none)).toBe('  nothing changed\n');
  });

  test('a policy that is gone: what became possible, and where it was written', () => {
    expect(connections(diff(changed({ instead: dbClients })))).toEqual([
      '+ default/api, default/worker -> default/db 1-5431/TCP,5433-65535/TCP,*/UDP,*/SCTP because NetworkPolicy default/db-clients removed, ingress, line 9',
      '+ default/web -> default/db 5432/TCP because NetworkPolicy default/db-clients removed, ingress, line 9',
    ]);
  });

  test('a policy that is new: what is no longer possible, by the side that it decides', () => {
    const quiet = policy('quiet', { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Egress'] });
    const found = diff([...objects, quiet]);
    expect(connections(found)).toContain(
      '- default/api -> default/db 5432/TCP because NetworkPolicy default/quiet added, egress, line 11',
    );
    expect(found.outside).toMatchObject([
      { workload: 'default/api', direction: 'egress', after: [], causes: [{ how: 'added', direction: 'egress' }] },
    ]);
  });

  test('only the policy that decides is a cause, not another one that changed as well', () => {
    const egress = policy('api-egress', { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Egress'], egress: [{}] });
    const wide = policy('api-egress', {
      podSelector: { matchLabels: { app: 'api' } },
      policyTypes: ['Egress'],
      egress: [{}, {}],
    });
    const closed = policy('db-clients', { podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Ingress'] });
    const found = connections(diff([...changed({ instead: dbClients, of: closed }), wide], [...objects, egress]));
    expect(found).toEqual([
      '- default/api, default/worker -> default/db 5432/TCP because NetworkPolicy default/db-clients changed, ingress, line 9',
    ]);
  });

  test('labels of Pods, or of a namespace', () => {
    const relabelled = deployment('worker', { containers: [{ name: 'main', image: 'shop:1' }] });
    const template = (relabelled.spec as { readonly template: { readonly spec: object } }).template;
    const spec = {
      selector: { matchLabels: { app: 'helper' } },
      template: { ...template, metadata: { labels: { app: 'helper' } } },
    };
    expect(connections(diff(changed({ instead: worker, of: { ...worker, spec } })))).toEqual([
      '- default/worker -> default/db 5432/TCP because Deployment default/worker labels changed, line 4',
    ]);
  });

  test('a Service that leads nowhere, an Ingress that is gone, a workload that is new', () => {
    const typo = service('api', { selector: { app: 'apy' }, ports: [{ port: 80, targetPort: 'http' }] });
    const found = diff([...changed({ instead: apiService, of: typo }), deployment('extra')]);
    expect(found.services.map(({ change, service: name, to, causes }) => [change, name, to, causes.map(causeText)])).toEqual([
      ['lost', 'default/api:80 -> 3000/TCP', 'default/api', ['Service default/api changed, line 6']],
    ]);
    expect(found.entrances.map(({ change, at, causes }) => [change, at, causes.map(causeText)])).toEqual([
      ['lost', ['https://shop.example.com/api'], ['Service default/api changed, line 6']],
    ]);
    expect(found.workloads).toEqual({ added: ['default/extra'], removed: [] });
    expect(connections(found)).toContain('+ everyone -> default/extra 80/TCP because Deployment default/extra added, line 11');
  });

  test('a port that the server gives out anew is no difference; a way in that is closed is one', () => {
    const { nodePort: _, ...port } = { port: 80, targetPort: 'http', nodePort: 30_080 };
    const given = service('web', { type: 'NodePort', ports: [port] });
    expect(diff(changed({ instead: webService, of: given })).entrances).toEqual([]);
    const inside = diff(changed({ instead: webService, of: service('web', { ports: [port] }) }, { instead: ingress }));
    expect(inside.entrances.map(({ change, how, causes }) => [change, how, causes.map(causeText)])).toEqual([
      ['lost', 'NodePort', ['Service default/web changed, line 5']],
      ['lost', 'Ingress', ['Ingress default/shop removed, line 8']],
    ]);
  });

  test('as text: what changed below what caused it', () => {
    const found = diff([...changed({ instead: dbClients }, { instead: ingress }), deployment('extra')]);
    expect(diffText(found, { width: 120 })).toMatchInlineSnapshot(`
      "  connections: 6 gained, 0 lost

        WORKLOADS
          + default/extra

        CONNECTIONS
        NetworkPolicy default/db-clients removed (test.yaml:9), ingress
          + default/api, default/worker -> default/db 1-5431/TCP, 5433-65535/TCP, */UDP, */SCTP, not declared
          + default/web -> default/db 5432/TCP
        workloads added
          + default/extra -> default/db 5432/TCP, default/web 8080/TCP, default/worker any, none declared
          + everyone -> default/extra 80/TCP

        WAYS IN FROM OUTSIDE
        Ingress default/shop removed (test.yaml:8)
          - https://shop.example.com/api -> default/api 3000/TCP

        ADDRESSES OUTSIDE
        NetworkPolicy default/db-clients removed (test.yaml:9), ingress
          default/db from nowhere -> anywhere
      "
    `);
  });

  test('as a picture: arrows gained and lost', () => {
    const { edges } = diffGraph(diff(changed({ instead: dbClients }, { instead: ingress })));
    expect(edges.map(({ kind }) => kind)).toEqual(['gained', 'gained', 'gained', 'lost']);
  });

  test('of very many causes the first are named, and it says that there are others', () => {
    const many = Array.from({ length: 12 }, (_, index) => deployment(`app-${index}`));
    const closed = many.map(({ metadata: { name = '' } }) =>
      policy(name, { podSelector: { matchLabels: { app: name } }, policyTypes: ['Egress'] }),
    );
    const found = diff([...many, api, ...closed], [...many, api]);
    const lost = found.connections.filter(({ to }) => to === 'default/api');
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ change: 'lost', from: ['*'], more: true });
    expect(diffText(found)).toContain(', and others');
  });

  test('a namespace', () => {
    const all = [web, api, db];
    expect(mapDiffReport(judge(all), judge([...all, dbClients]), { namespace: 'elsewhere' }).connections).toEqual([]);
    expect(mapDiffReport(judge(all), judge([...all, dbClients]), { namespace: 'default' }).connections).toHaveLength(2);
  });
});
