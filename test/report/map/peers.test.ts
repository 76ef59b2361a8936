import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Peers, peersAmong } from '../../../lib/report/map/peers.js';

const placesOf = (...names: readonly string[]) => names.map((name) => ({ name, namespace: name.split('/')[0] ?? '' }));
const shop = placesOf('shop/a', 'shop/b', 'shop/c', 'shop/d', 'shop/e', 'data/x', 'data/y');
const peers = (...meant: readonly string[]) => peersAmong(shop)(meant, 'shop/a');

describe('who is meant, shortly', () => {
  test('everyone, whether the workload itself is one of them or not', () => {
    expect(peers('shop/b', 'shop/c', 'shop/d', 'shop/e', 'data/x', 'data/y')).toEqual({ from: ['*'] });
    expect(peers(...shop.map(({ name }) => name))).toEqual({ from: ['*'] });
  });

  test('everyone but a few', () => {
    expect(peers('shop/b', 'shop/d', 'shop/e', 'data/x', 'data/y')).toEqual({ from: ['*'], except: ['shop/c'] });
    expect(peers('shop/b', 'shop/c', 'shop/d', 'shop/e', 'data/x')).toEqual({ from: ['shop/*', 'data/x'] });
    expect(peers('shop/b', 'shop/c', 'shop/d', 'shop/e')).toEqual({ from: ['shop/*'] });
  });

  test('a few by their names', () => {
    expect(peers('shop/b', 'data/x')).toEqual({ from: ['shop/b', 'data/x'] });
    expect(peers()).toEqual({ from: [] });
  });

  test('of two or three, names say more', () => {
    const few = placesOf('shop/a', 'shop/b');
    expect(peersAmong(few)(['shop/b'], 'shop/a')).toEqual({ from: ['shop/b'] });
  });

  test('names, wildcards and exceptions say exactly who is meant', () => {
    const name = fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 6 }))
      .map(([namespace, index]) => `${namespace}/${index}`);
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 20 });
    const among = ({ from, except = [] }: Peers, one: string): boolean => {
      const fits = (pattern: string): boolean => pattern === '*' || pattern === one || pattern === `${one.split('/')[0]}/*`;
      return from.some(fits) && !except.some(fits);
    };
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.boolean()), fc.boolean(), (all, coins, everyone) => {
        const [self = ''] = all;
        const meant = new Set(all.filter(() => coins.next().value === true));
        const found = peersAmong(placesOf(...all), { everyone })([...meant], self);
        for (const each of all) if (each !== self) expect(among(found, each)).toBe(meant.has(each));
        if (!everyone) expect(found.from).not.toContain('*');
      }),
    );
  });
});
