import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import { node, placeAll, pod, schedulerWith } from './objects.js';

const amount = fc.integer({ min: 0, max: 40 });
const label = fc.constantFrom('a', 'b', 'c');

const nodes: fc.Arbitrary<readonly Admitted<Node>[]> = fc
  .array(fc.record({ cpu: amount, memory: amount, pods: fc.integer({ min: 0, max: 4 }), label, tainted: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((all) =>
    all.map(({ cpu, memory, pods, label: disk, tainted }, i) =>
      node(
        `node-${i}`,
        { disk },
        {
          spec: tainted ? { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] } : {},
          status: { allocatable: { cpu: `${cpu}00m`, memory: `${memory}00Mi`, pods } },
        },
      ),
    ),
  );

/** Pods that look at nodes only, not at each other. */
const plainPods: fc.Arbitrary<readonly Admitted<Pod>[]> = fc
  .array(
    fc.record({
      cpu: amount,
      memory: amount,
      disk: fc.option(label),
      tolerant: fc.boolean(),
      port: fc.option(fc.constantFrom(80, 443)),
    }),
    { maxLength: 12 },
  )
  .map((all) =>
    all.map(({ cpu, memory, disk, tolerant, port }, i) =>
      pod(`pod-${i}`, {
        spec: {
          containers: [
            {
              name: 'main',
              image: 'nginx',
              resources: { requests: { cpu: `${cpu}00m`, memory: `${memory}00Mi` } },
              ...(port !== null && { ports: [{ containerPort: port, hostPort: port }] }),
            },
          ],
          ...(disk !== null && { nodeSelector: { disk } }),
          ...(tolerant && { tolerations: [{ operator: 'Exists' }] }),
        },
      }),
    ),
  );

describe('Laws', () => {
  test('one more node never makes a plain Pod unschedulable', () => {
    fc.assert(
      fc.property(nodes, plainPods, plainPods, (all, before, after) => {
        const scheduler = schedulerWith(...all);
        placeAll(scheduler, before);
        const placed = after.filter((one) => scheduler.schedule(one).outcome === 'scheduled');
        scheduler.upsert(node('another', { disk: 'a' }));
        for (const one of placed) expect(scheduler.schedule(one).outcome).toBe('scheduled');
      }),
      { numRuns: 60 },
    );
  });

  test('the order in which nodes become known does not matter', () => {
    fc.assert(
      fc.property(nodes, plainPods, (all, pods) => {
        expect(placeAll(schedulerWith(...[...all].reverse()), pods)).toEqual(placeAll(schedulerWith(...all), pods));
      }),
      { numRuns: 60 },
    );
  });

  test('a Pod that comes and goes leaves no trace', () => {
    fc.assert(
      fc.property(nodes, plainPods, plainPods, (all, guests, pods) => {
        const scheduler = schedulerWith(...all);
        const named = guests.map((one) => ({ ...one, metadata: { ...one.metadata, name: `guest-${one.metadata.name}` } }));
        placeAll(scheduler, named);
        for (const { metadata } of named)
          scheduler.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: metadata.name });
        expect(placeAll(scheduler, pods)).toEqual(placeAll(schedulerWith(...all), pods));
      }),
      { numRuns: 60 },
    );
  });

  test('the chosen node passed all filters and nobody scored higher', () => {
    fc.assert(
      fc.property(nodes, plainPods, (all, pods) => {
        const scheduler = schedulerWith(...all);
        for (const one of pods) {
          const { outcome, node: chosen = '', filter, scores, best } = scheduler.schedule(one);
          if (outcome !== 'scheduled') continue;
          expect(filter?.get(chosen)).toBe('ok');
          expect(best?.[0]).toBe(chosen);
          expect(scores?.get(chosen)?.[0]).toBe(Math.max(...[...(scores?.values() ?? [])].map(([total = 0]) => total)));
          placeAll(scheduler, [one]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
