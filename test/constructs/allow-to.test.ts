import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { App, endpoint, intends } from '../../lib/index.js';

/** A web server that may connect to a database, as cdk8s-plus writes it. */
const shop = (props: { readonly namespace?: string } = {}) => {
  const app = new App();
  const chart = new Chart(app, 'shop', props);
  const workload = (name: string, portNumber: number) =>
    new kplus.Deployment(chart, name, {
      replicas: 1,
      containers: [{ image: name, portNumber, securityContext: { ensureNonRoot: false, readOnlyRootFilesystem: false } }],
    });
  const web = workload('web', 80);
  const db = workload('db', 6379);
  const service = db.exposeViaService({ name: 'db' });
  web.connections.allowTo(db);
  return { app, web, service };
};

const faults = (app: App) => app.dryRun().findings.filter(({ severity }) => severity === 'error' || severity === 'warning');

describe('connections.allowTo of cdk8s-plus', () => {
  test('its egress policy allows the database, but not the DNS: a declared call fails at the name', () => {
    const { app, web, service } = shop({ namespace: 'shop' });
    intends(web).reaches(endpoint(service, 6379));
    const [finding, ...others] = faults(app);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: 'network/dns-blocked',
      severity: 'error',
      constructPath: 'shop/web/Resource',
      message: expect.stringMatching(
        /^Deployment shop\/shop-web-\w+ cannot ask the cluster DNS, so it never reaches shop\/db:6379$/,
      ),
      fix: {
        text: expect.stringMatching(/^allow egress to the cluster DNS \(\{ to: clusterDns \}\) in NetworkPolicy shop\/\S+$/),
        verified: true,
      },
    });
    expect(finding?.source?.file).toContain('allow-to.test.ts');
    expect(finding?.evidence).toContainEqual(
      expect.objectContaining({
        kind: 'hop',
        at: 'dns',
        outcome: 'blocked',
        object: expect.objectContaining({ kind: 'NetworkPolicy' }),
      }),
    );
  });

  test('without a declared call it is a warning at the policy', () => {
    const { app } = shop({ namespace: 'shop' });
    expect(faults(app)).toMatchObject([
      {
        code: 'network/dns-blocked',
        severity: 'warning',
        object: { kind: 'NetworkPolicy' },
        constructPath: expect.stringMatching(/^shop\/web\//),
        fix: { verified: true },
      },
    ]);
  });

  test('in a chart without a namespace the name of its other policy holds "undefined"', () => {
    const found = faults(shop().app).filter(({ code }) => code === 'input/undefined-name');
    expect(found).toMatchObject([
      {
        severity: 'warning',
        object: { kind: 'NetworkPolicy', name: expect.stringContaining('allowingressundefined') },
        constructPath: expect.stringMatching(/^shop\/web\//),
        message: expect.stringContaining(
          'has "undefined" in its name: the program that made it put a value there that it does not have',
        ),
        fix: { text: "give the chart a namespace (new Chart(app, 'web', { namespace: 'web' })), or give the object a name" },
      },
    ]);
    expect(found[0]?.source?.file).toContain('allow-to.test.ts');
    expect(faults(shop({ namespace: 'shop' }).app).map(({ code }) => code)).not.toContain('input/undefined-name');
  });
});
