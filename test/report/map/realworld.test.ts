import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readPaths } from '../../../lib/manifest/index.js';
import type { Manifest } from '../../../lib/manifest/manifest.js';
import { mapReport } from '../../../lib/report/map/report.js';
import { dryRun } from '../../../lib/verify/dryrun.js';

/** A system that another project publishes, with a policy for each service; not copied into this repository. */
const file = fileURLToPath(new URL('../../../../shared/realworld/online-boutique-network-policies.yaml', import.meta.url));

const mapOf = (manifests: readonly Manifest[]) => {
  const input = { manifests, cluster: { world: 'open' } } as const;
  const { cluster, network } = dryRun(input);
  return mapReport({ cluster, network, input });
};

describe.runIf(existsSync(file))('the online boutique', () => {
  const { manifests } = existsSync(file) ? readPaths([file]) : { manifests: [] };
  const { connections, calls, unused, workloads } = mapOf(manifests);

  test('its policies open exactly the connections that its services make', () => {
    const pairs = connections.flatMap(({ from, to }) => from.map((each) => `${each} -> ${to}`));
    const made = calls.map(({ from, to }) => `${from} -> ${to}`);
    const frontend = ['* -> default/frontend'];
    expect(pairs.filter((pair) => !made.includes(pair))).toEqual(frontend);
    expect(made.filter((pair) => !pairs.includes(pair))).toEqual(['default/loadgenerator -> default/frontend']);
    expect(unused).toEqual([]);
    expect(calls).toHaveLength(16);
  });

  test('no call is blocked, and everybody may ask the DNS', () => {
    expect(calls.filter(({ outcome }) => outcome === 'blocked')).toEqual([]);
    expect(workloads.filter(({ dns }) => !dns)).toEqual([]);
  });

  test.each(['cartservice', 'redis-cart', 'paymentservice', 'productcatalogservice'])(
    'without the rules of %s the calls to it are blocked, and no other',
    (name) => {
      const without = manifests.map((manifest): Manifest => {
        const { object } = manifest;
        const { spec } = object as { readonly spec?: { readonly ingress?: unknown } };
        return object.kind === 'NetworkPolicy' && object.metadata.name === name
          ? { ...manifest, object: { ...object, spec: { ...spec, ingress: [] } } }
          : manifest;
      });
      const blocked = mapOf(without).calls.filter(({ outcome }) => outcome === 'blocked');
      const meant = calls.filter(({ to }) => to === `default/${name}`).map(({ from, called }) => `${from} ${called}`);
      expect(meant.length).toBeGreaterThan(0);
      expect(blocked.map(({ from, called }) => `${from} ${called}`)).toEqual(meant);
    },
  );
});
