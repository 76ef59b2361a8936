import { describe, expect, test } from 'vitest';
import { removedVersion } from '../../lib/api/removed.js';
import { apiVersionOf, isBuiltInGroup, isNamespaced, resourceOf, resources } from '../../lib/api/resources.js';

describe('resources', () => {
  test('are found by apiVersion and kind', () => {
    expect(resourceOf('apps/v1', 'Deployment')).toEqual({
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      plural: 'deployments',
      namespaced: true,
      type: 'Deployment',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      subresources: ['scale', 'status'],
    });
    expect(resourceOf('apps/v1beta1', 'Deployment')).toBeUndefined();
    expect(resourceOf('constructor', '__proto__')).toBeUndefined();
  });

  test('are each there once', () => {
    const keys = resources.map((resource) => `${apiVersionOf(resource)} ${resource.kind}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.each([
    ['v1', 'Node', false],
    ['v1', 'Namespace', false],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', false],
    ['v1', 'Pod', true],
    ['example.com/v1', 'Widget', undefined],
  ])('know whether %s %s is namespaced: %s', (apiVersion, kind, namespaced) => {
    expect(isNamespaced(apiVersion, kind)).toBe(namespaced);
  });

  test('of groups that only look built in are custom', () => {
    expect(isBuiltInGroup('networking.k8s.io')).toBe(true);
    expect(isBuiltInGroup('gateway.networking.k8s.io')).toBe(false);
  });
});

describe('removed versions', () => {
  test('name a replacement that is served', () => {
    for (const [apiVersion, kind] of [
      ['extensions/v1beta1', 'Deployment'],
      ['apps/v1beta2', 'StatefulSet'],
      ['policy/v1beta1', 'PodDisruptionBudget'],
      ['autoscaling/v2beta2', 'HorizontalPodAutoscaler'],
      ['rbac.authorization.k8s.io/v1beta1', 'ClusterRole'],
      ['flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema'],
    ] as const) {
      const replacement = removedVersion(apiVersion, kind)?.replacement ?? '';
      expect(resourceOf(replacement, kind), `${apiVersion} ${kind}`).toBeDefined();
      expect(resourceOf(apiVersion, kind), `${apiVersion} ${kind}`).toBeUndefined();
    }
  });

  test('know nothing of what is served or never was', () => {
    expect(removedVersion('apps/v1', 'Deployment')).toBeUndefined();
    expect(removedVersion('apps/v9', 'Deployment')).toBeUndefined();
  });
});
