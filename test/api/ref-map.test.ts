import { describe, expect, test } from 'vitest';
import { RefMap } from '../../lib/api/ref-map.js';

const ref = (apiVersion: string, kind: string, name: string, namespace?: string) => ({ apiVersion, kind, name, namespace });

describe('Values by reference', () => {
  test('are found by group, kind, namespace and name, whatever the version', () => {
    const map = new RefMap<number>();
    map.set(ref('apps/v1', 'Deployment', 'web', 'shop'), 1);
    map.set(ref('v1', 'Namespace', 'shop'), 2);
    map.set(ref('apps/v1', 'Deployment', 'web', 'other'), 3);
    expect(map.get(ref('apps/v1', 'Deployment', 'web', 'shop'))).toBe(1);
    expect(map.get(ref('apps/v1beta1', 'Deployment', 'web', 'shop'))).toBe(1);
    expect(map.get(ref('v1', 'Namespace', 'shop'))).toBe(2);
    expect(map.get(ref('v1', 'Deployment', 'web', 'shop'))).toBeUndefined();
    expect(map.has(ref('apps/v1', 'Deployment', 'api', 'shop'))).toBe(false);
    expect(map.has(ref('v1', 'ConfigMap', 'constructor', 'shop'))).toBe(false);
    expect(map.size).toBe(3);
  });

  test('of one object are one', () => {
    const map = new RefMap<string>();
    map.set(ref('v1', 'ConfigMap', 'a', 'shop'), 'first');
    map.set(ref('v1', 'ConfigMap', 'a', 'shop'), 'second');
    expect(map.size).toBe(1);
    expect(map.get(ref('v1', 'ConfigMap', 'a', 'shop'))).toBe('second');
  });
});
