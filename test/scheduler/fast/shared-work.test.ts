import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node } from '../../../lib/api/generated/types.js';
import type { Admitted } from '../../../lib/api/object.js';
import { Bucket } from '../../../lib/scheduler/fast/bucket.js';
import { LeveledSums } from '../../../lib/scheduler/fast/domain-sums.js';
import { bound, node, pod, schedulerWith } from '../objects.js';

describe('What the fast engine shares', () => {
  test('Pods of one kind that fit nowhere get one decision, until something changes', () => {
    const scheduler = schedulerWith(node('w1'), node('w2'));
    const large = (name: string) => pod(name, { labels: { app: name }, requests: { cpu: '64' } });
    const first = scheduler.schedule(large('a'));
    expect(scheduler.schedule(large('b'))).toBe(first);
    scheduler.upsert(node('w3', {}, { status: { allocatable: { cpu: '64', memory: '16Gi', pods: '110' } } }));
    expect(scheduler.schedule(large('c'))).toMatchObject({ outcome: 'scheduled', node: 'w3' });
    expect(first.filter?.size).toBe(2);
  });

  test('the tables of a placement are gone once the cluster has changed', () => {
    const scheduler = schedulerWith(node('w1'));
    const decision = scheduler.schedule(pod('a'));
    expect(decision.scores?.size).toBe(1);
    scheduler.upsert(bound(pod('a'), 'w1'));
    expect(decision).toMatchObject({ outcome: 'scheduled', node: 'w1', scores: undefined, filter: undefined });
  });

  test('news of a node that do not concern Pods change nothing', () => {
    const w1 = node('w1');
    const scheduler = schedulerWith(w1);
    const decision = scheduler.schedule(pod('a'));
    const reported: Admitted<Node> = { ...w1, status: { ...w1.status, conditions: [{ type: 'Ready', status: 'True' }] } };
    scheduler.upsert(reported);
    expect(decision.scores?.size).toBe(1);
  });
});

describe('Bucket', () => {
  test('its first node is the one that scores most, the first by name among equals, whatever has come, changed and gone', () => {
    const move = fc.record({
      place: fc.nat(149),
      score: fc.nat(5),
      leaves: fc.constantFrom(true, false, false, false),
      asked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 500, size: 'max' }), (moves) => {
        const ranks = { scores: new Int32Array(150), spare: [] };
        const bucket = new Bucket([], ranks);
        const inside = new Set<number>();
        for (const { place, score, leaves, asked } of moves) {
          if (inside.has(place) && leaves) {
            bucket.leave(place);
            inside.delete(place);
          } else {
            const before = ranks.scores[place] ?? 0;
            ranks.scores[place] = score;
            if (inside.has(place)) bucket.update(place, before);
            else bucket.enter(place);
            inside.add(place);
          }
          if (!asked) continue;
          const byRank = [...inside].sort((a, b) => (ranks.scores[b] ?? 0) - (ranks.scores[a] ?? 0) || a - b);
          expect(bucket.first()).toBe(byRank[0]);
          expect(bucket.size).toBe(inside.size);
        }
      }),
    );
  });
});

describe('Domain sums', () => {
  test('know the least of the domains that have a node which counts', () => {
    const domainOf = Int32Array.from([0, 0, 1, 2, -1]);
    const topology = { key: 'zone', domainOf, size: 3, isWhole: false, isPerNode: false, unnamed: -1 };
    const changes = fc.array(fc.tuple(fc.nat(4), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(changes, (all) => {
        // The last node of domain 2 does not count.
        const sums = new LeveledSums(topology, Uint8Array.from([1, 1, 1, 0, 1]));
        const counts = [0, 0, 0, 0, 0];
        for (const [i, comes] of all) {
          if (!comes && counts[i] === 0) continue;
          counts[i] = (counts[i] ?? 0) + (comes ? 1 : -1);
          sums.change(i, comes ? 1 : -1);
          const [a = 0, b = 0, c = 0] = counts;
          expect(sums.least).toBe(Math.min(a + b, c));
        }
      }),
    );
  });
});
