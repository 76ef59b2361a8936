import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refKey, refOf } from '../../lib/api/object.js';
import type { Manifest } from '../../lib/manifest/manifest.js';
import { order } from '../../lib/manifest/order.js';

const groups: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  StorageClass: 'storage.k8s.io/v1',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io/v1',
  ValidatingAdmissionPolicy: 'admissionregistration.k8s.io/v1',
  ValidatingAdmissionPolicyBinding: 'admissionregistration.k8s.io/v1',
  Certificate: 'cert-manager.io/v1',
};
/** `Deployment shop/web`, and what it depends on. */
const made = (text: string, ...dependsOn: string[]): Manifest => {
  const [kind = '', path = ''] = text.split(' ');
  const [first = '', second] = path.split('/');
  const metadata = second === undefined ? { name: first } : { namespace: first, name: second };
  const object = { apiVersion: groups[kind] ?? 'v1', kind, metadata };
  return { object, provenance: {}, dependsOn: dependsOn.map((each) => refOf(made(each).object)) };
};
const texts = (manifests: readonly Manifest[]): string[] =>
  manifests.map(
    ({ object: { kind, metadata } }) =>
      `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`,
  );

describe('order', () => {
  test('by kind: namespaces, CRDs, classes, quotas, RBAC, configuration, storage, policies, workloads, Services, Ingress; then custom resources and webhooks', () => {
    const wanted = [
      'Namespace shop',
      'CustomResourceDefinition c',
      'StorageClass fast',
      'ResourceQuota shop/q',
      'ServiceAccount shop/a',
      'Role shop/r',
      'RoleBinding shop/b',
      'ConfigMap shop/c',
      'PersistentVolumeClaim shop/p',
      'ValidatingAdmissionPolicy p',
      'ValidatingAdmissionPolicyBinding p',
      'NetworkPolicy shop/n',
      'Deployment shop/d',
      'Service shop/s',
      'Ingress shop/i',
      'Certificate shop/c',
      'ValidatingWebhookConfiguration w',
    ];
    expect(texts(order(wanted.toReversed().map((text) => made(text))).manifests)).toEqual(wanted);
  });

  test('stable: equals stay as they came', () => {
    const input = ['Service b', 'ConfigMap b', 'Secret a', 'ConfigMap a', 'Service a'].map((text) => made(text));
    expect(texts(order(input).manifests)).toEqual(['ConfigMap b', 'Secret a', 'ConfigMap a', 'Service b', 'Service a']);
  });

  test('what is depended on comes first, with all that it depends on and its Namespace', () => {
    const input = [
      made('Namespace a', 'Deployment b/operator'),
      made('Namespace b'),
      made('Deployment b/operator', 'ConfigMap b/settings'),
      made('ConfigMap b/settings'),
    ];
    expect(order(input).manifests.map(({ object }) => object.metadata.name)).toEqual(['b', 'settings', 'operator', 'a']);
  });

  test('what is not among the manifests may be on the cluster', () => {
    expect(order([made('ConfigMap a', 'Deployment elsewhere')])).toEqual({
      manifests: [made('ConfigMap a', 'Deployment elsewhere')],
    });
  });

  test('a circle is told, and nothing is lost', () => {
    const input = [
      made('ConfigMap x'),
      made('ConfigMap a', 'Secret b'),
      made('Secret b', 'Deployment c'),
      made('Deployment c', 'ConfigMap a'),
    ];
    const { manifests, cycle } = order(input);
    expect(cycle?.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['ConfigMap a', 'Secret b', 'Deployment c']);
    expect(texts(manifests).sort()).toEqual(texts(input).sort());
    expect(order([made('ConfigMap a', 'ConfigMap a')]).cycle).toHaveLength(1);
    expect(order([made('Namespace a', 'Deployment a/b'), made('Deployment a/b')]).cycle).toHaveLength(2);
  });

  test('a chain as long as the input fills no stack, and costs no more than its length', () => {
    const input = Array.from({ length: 50_000 }, (_, index) => made(`ConfigMap c${index}`, `ConfigMap c${index + 1}`));
    expect(order(input).manifests.at(0)?.object.metadata.name).toBe('c49999');
  });

  test('law: every object once, and after all that it depends on', () => {
    const kinds = ['Namespace', 'ConfigMap', 'Deployment', 'Service', 'Certificate'];
    // Dependencies only on earlier ones: no circle.
    const input = fc
      .array(fc.tuple(fc.constantFrom(...kinds), fc.array(fc.nat(20), { maxLength: 3 })), { maxLength: 20 })
      .map((rows) => {
        const names = rows.map(([kind], index) => `${kind} n${index}`);
        return rows.map(([, dependencies], index) =>
          made(names[index] ?? '', ...dependencies.filter((each) => each < index).map((each) => names[each] ?? '')),
        );
      });
    fc.assert(
      fc.property(input, fc.boolean(), (manifests, reversed) => {
        const { manifests: ordered, cycle } = order(reversed ? manifests.toReversed() : manifests);
        expect(cycle).toBeUndefined();
        expect(texts(ordered).sort()).toEqual(texts(manifests).sort());
        const place = new Map(ordered.map(({ object }, index) => [refKey(refOf(object)), index]));
        for (const { object, dependsOn = [] } of ordered)
          for (const ref of dependsOn) expect(place.get(refKey(ref))).toBeLessThan(place.get(refKey(refOf(object))) ?? -1);
      }),
    );
  });
});
