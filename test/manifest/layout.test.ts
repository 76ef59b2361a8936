import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOut } from '../../lib/manifest/layout.js';
import type { Manifest } from '../../lib/manifest/manifest.js';
import { readText } from '../../lib/manifest/read.js';

const made = (kind: string, name: string, namespace?: string, chart?: string, apiVersion = 'v1'): Manifest => ({
  object: { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } },
  provenance: {},
  ...(chart === undefined ? {} : { chart }),
});
const names = (...parameters: Parameters<typeof layOut>): string[] => [...layOut(...parameters).keys()];

describe('layouts', () => {
  const manifests = [
    made('Service', 'web', 'shop', 'web'),
    made('ConfigMap', 'c', 'shop', 'web'),
    made('Namespace', 'shop', undefined, 'base'),
    made('Secret', 's'),
  ];

  test('one file a chart, objects in the order to apply them; what has no chart is in app', () => {
    const files = layOut(manifests, 'chart');
    expect([...files.keys()]).toEqual(['app.k8s.yaml', 'base.k8s.yaml', 'web.k8s.yaml']);
    expect(files.get('web.k8s.yaml')).toBe(
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  namespace: shop\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\n',
    );
  });

  test('one file for all', () => {
    const files = layOut(manifests, 'app', { extension: '.yaml' });
    expect([...files.keys()]).toEqual(['app.yaml']);
    expect(readText('f', files.get('app.yaml') ?? '').manifests.map(({ object }) => object.kind)).toEqual([
      'Namespace',
      'ConfigMap',
      'Secret',
      'Service',
    ]);
  });

  test('one file an object, named by kind, namespace and name', () => {
    expect(names(manifests, 'resource')).toEqual([
      'ConfigMap.shop.c.k8s.yaml',
      'Namespace.shop.k8s.yaml',
      'Secret.s.k8s.yaml',
      'Service.shop.web.k8s.yaml',
    ]);
  });

  test('standard output is one text', () => {
    expect(names(manifests, 'stdout')).toEqual(['-']);
    expect(readText('f', layOut(manifests, 'stdout').get('-') ?? '').manifests).toHaveLength(4);
  });
});

describe('file names', () => {
  test('are safe on every file system', () => {
    const awkward = [
      'system:node-proxier',
      'a/b',
      '../../etc/passwd',
      'con',
      'x\\y',
      'é',
      '-rf',
      '.hidden',
      'a b',
      'x'.repeat(300),
    ];
    for (const name of names(
      awkward.map((chart) => made('ConfigMap', 'c', undefined, chart)),
      'chart',
    ))
      expect(name).toMatch(/^(?!(?:con|nul)\.)[A-Za-z0-9_][A-Za-z0-9._-]{0,210}\.k8s\.yaml$/i);
    expect(names([made('ClusterRole', 'system:node')], 'resource')).toEqual(['ClusterRole.system_node.k8s.yaml']);
    expect(names([made('ConfigMap', 'c', undefined, 'NUL')], 'chart')).toEqual(['_NUL.k8s.yaml']);
  });

  test('that differ only in case, or only in what is replaced, are told apart, in whatever order they come', () => {
    const charts = ['Web', 'web', 'a:b', 'a/b'].map((chart) => made('ConfigMap', chart, undefined, chart));
    const found = names(charts, 'chart');
    expect(new Set(found.map((name) => name.toLowerCase())).size).toBe(4);
    expect(names(charts.toReversed(), 'chart')).toEqual(found);
    expect(found.find((name) => name.startsWith('web'))).toMatch(/^web-[0-9a-f]{8}\.k8s\.yaml$/);
  });

  test('S15: two objects never share a file: other groups, namespace against name, even the same object twice', () => {
    const manifests = [
      made('Service', 'a'),
      made('Service', 'a', undefined, undefined, 'serving.knative.dev/v1'),
      made('Role', 'b.c'),
      made('Role', 'c', 'b'),
      made('Secret', 's'),
      made('Secret', 's'),
    ];
    expect(names(manifests, 'resource')).toHaveLength(6);
  });

  test('law: as many files as objects, no two equal without case', () => {
    const name = fc.oneof(
      fc.constantFrom('a', 'A', 'a.b', 'b', 'con', 'x'.repeat(200), `${'x'.repeat(199)}y`),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.constantFrom('Secret', 'secret'), name, fc.option(name, { nil: undefined })), {
          selector: (row) => JSON.stringify(row),
        }),
        (rows) => {
          const found = names(
            rows.map(([kind, object, namespace]) => made(kind, object, namespace)),
            'resource',
          );
          expect(new Set(found.map((each) => each.toLowerCase())).size).toBe(rows.length);
        },
      ),
    );
  });
});
