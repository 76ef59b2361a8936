import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '../../lib/api/generated/types.js';
import { maxSurge, maxUnavailable, newReplicas } from '../../lib/controllers/deployment/arithmetic.js';
import { scaledValue } from '../../lib/controllers/percent.js';

const deployment = (replicas: number, surge: number | string, unavailable: number | string): Deployment => ({
  spec: {
    replicas,
    selector: {},
    template: {},
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
  },
});

const replicaSet = (replicas: number): ReplicaSet => ({ spec: { replicas, selector: {} } });

describe('rollout arithmetic', () => {
  test('surge rounds up, unavailable down, and both cannot be zero', () => {
    const bounds = (replicas: number, surge: number | string, unavailable: number | string) => {
      const made = deployment(replicas, surge, unavailable);
      return [maxSurge(made), maxUnavailable(made)];
    };
    expect(bounds(10, '25%', '25%')).toEqual([3, 2]);
    expect(bounds(1, '25%', '25%')).toEqual([1, 0]);
    expect(bounds(10, '0%', '1%')).toEqual([0, 1]);
    expect(bounds(3, 0, '100%')).toEqual([0, 3]);
    expect(bounds(2, 5, 9)).toEqual([5, 2]);
  });

  test('the new ReplicaSet never takes the total above the surge, nor itself above what is wanted', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(10), fc.nat(60), fc.nat(50), (wanted, surge, old, current) => {
        fc.pre(current <= wanted);
        const made = deployment(wanted, surge, 1);
        const size = newReplicas(made, [replicaSet(old), replicaSet(current)], current);
        expect(size).toBeGreaterThanOrEqual(current);
        expect(size).toBeLessThanOrEqual(wanted);
        if (size > current) expect(old + size).toBeLessThanOrEqual(wanted + surge);
      }),
    );
  });

  test('a percentage is of the total', () => {
    expect(scaledValue('34%', 6, Math.ceil)).toBe(3);
    expect(scaledValue('30%', 7, Math.floor)).toBe(2);
    expect(scaledValue(4, 100, Math.ceil)).toBe(4);
  });
});
