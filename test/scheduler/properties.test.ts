import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import { node, placeAll, pod, schedulerWith, withStatus } from './objects.js';

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

const app = fc.constantFrom('web', 'api');
const topologyKey = fc.constantFrom('kubernetes.io/hostname', 'disk', 'rack');

/** Pods that look at each other. */
const socialPods: fc.Arbitrary<readonly Admitted<Pod>[]> = fc
  .array(
    fc.record({
      app,
      other: app,
      topologyKey,
      kind: fc.constantFrom('near', 'far', 'prefersNear', 'prefersFar', 'spread', 'spreadAnyway', 'none'),
      priority: fc.constantFrom(0, 10),
      cpu: fc.integer({ min: 0, max: 15 }),
    }),
    { maxLength: 12 },
  )
  .map((all) =>
    all.map((one, i) => {
      const term = { topologyKey: one.topologyKey, labelSelector: { matchLabels: { app: one.other } } };
      const required = { requiredDuringSchedulingIgnoredDuringExecution: [term] };
      const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, podAffinityTerm: term }] };
      const spread = { ...term, maxSkew: 1, whenUnsatisfiable: one.kind === 'spread' ? 'DoNotSchedule' : 'ScheduleAnyway' };
      return pod(`pod-${i}`, {
        labels: { app: one.app },
        requests: { cpu: `${one.cpu}00m` },
        spec: {
          priority: one.priority,
          ...(one.kind === 'near' && { affinity: { podAffinity: required } }),
          ...(one.kind === 'far' && { affinity: { podAntiAffinity: required } }),
          ...(one.kind === 'prefersNear' && { affinity: { podAffinity: preferred } }),
          ...(one.kind === 'prefersFar' && { affinity: { podAntiAffinity: preferred } }),
          ...(one.kind.startsWith('spread') && { topologySpreadConstraints: [spread] }),
        },
      });
    }),
  );

const renamed = (pods: readonly Admitted<Pod>[], prefix: string): readonly Admitted<Pod>[] =>
  pods.map((one) => ({ ...one, metadata: { ...one.metadata, name: `${prefix}-${one.metadata.name}` } }));

const refOfPod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name });

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
      fc.property(nodes, fc.oneof(plainPods, socialPods), fc.oneof(plainPods, socialPods), (all, guests, pods) => {
        const scheduler = schedulerWith(...all);
        const named = renamed(guests, 'guest');
        placeAll(scheduler, named);
        for (const { metadata } of named) scheduler.remove(refOfPod(metadata.name));
        expect(placeAll(scheduler, pods)).toEqual(placeAll(schedulerWith(...all), pods));
      }),
      { numRuns: 60 },
    );
  });

  test('once its victims are gone, a Pod fits on the node it was nominated to', () => {
    fc.assert(
      fc.property(nodes, socialPods, socialPods, (all, running, waiting) => {
        const scheduler = schedulerWith(...all);
        placeAll(scheduler, renamed(running, 'running'));
        for (const one of waiting) {
          const { outcome, postFilter } = scheduler.schedule(one);
          if (outcome !== 'preempting') continue;
          for (const victim of postFilter?.victims ?? []) scheduler.remove(refOfPod(victim.slice('default/'.length)));
          const nominated = withStatus(one, { nominatedNodeName: postFilter?.nominated });
          scheduler.upsert(nominated);
          expect(scheduler.schedule(nominated)).toMatchObject({ node: postFilter?.nominated, nominatedNodeFit: true });
          placeAll(scheduler, [nominated]);
        }
      }),
      { numRuns: 100 },
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
