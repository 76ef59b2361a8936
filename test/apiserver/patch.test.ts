import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equal } from '../../lib/apiserver/equal.js';
import { mergePatch, strategicPatch, threeWayMerge } from '../../lib/apiserver/patch.js';

describe('merge patch (RFC 7386)', () => {
  test('null removes, objects merge, lists are replaced', () => {
    expect(mergePatch({ a: 1, b: { c: 1, d: 2 }, e: [1, 2] }, { a: null, b: { c: 3 }, e: [3] })).toEqual({
      b: { c: 3, d: 2 },
      e: [3],
    });
  });

  test('a patch twice is a patch once', () => {
    fc.assert(
      fc.property(fc.object(), fc.object(), (target, patch) => {
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});

describe('strategic merge patch', () => {
  test('containers merge by name', () => {
    const live = {
      containers: [
        { name: 'a', image: 'x:1', args: ['-v'] },
        { name: 'b', image: 'y:1' },
      ],
    };
    expect(strategicPatch(live, { containers: [{ name: 'a', image: 'x:2' }] })).toEqual({
      containers: [
        { name: 'a', image: 'x:2', args: ['-v'] },
        { name: 'b', image: 'y:1' },
      ],
    });
    expect(strategicPatch(live, { containers: [{ name: 'a', $patch: 'delete' }] })).toEqual({
      containers: [{ name: 'b', image: 'y:1' }],
    });
  });
});

describe('three-way merge of kubectl apply', () => {
  test('dropped fields go, foreign ones stay', () => {
    const last = { spec: { replicas: 2, paused: true }, metadata: { labels: { a: '1', b: '2' } } };
    const live = { spec: { replicas: 5, paused: true, defaulted: 1 }, metadata: { labels: { a: '1', b: '2', foreign: 'x' } } };
    const next = { spec: { replicas: 3 }, metadata: { labels: { a: '1' } } };
    expect(threeWayMerge(live, last, next)).toEqual({
      spec: { replicas: 3, defaulted: 1 },
      metadata: { labels: { a: '1', foreign: 'x' } },
    });
  });

  test('applying what was applied last changes nothing', () => {
    const manifests = fc.object({ values: [fc.integer(), fc.string(), fc.boolean()], key: fc.stringMatching(/^[a-z_]{1,9}$/) });
    fc.assert(fc.property(manifests, (object) => equal(threeWayMerge(object, object, object), object)));
  });

  test('names of Object’s own members are data', () => {
    const next = JSON.parse('{"data":{"__proto__":"x","constructor":"y"}}') as unknown;
    const merged = threeWayMerge({ data: {} }, {}, next) as { data: object };
    expect(Object.getOwnPropertyNames(merged.data).sort()).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(merged.data)).toBe(Object.prototype);
  });
});
