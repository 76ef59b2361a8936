import { describe, expect, test } from 'vitest';
import { type Shape, typeOf } from '../../lib/api/decode/type.js';
import type { KubeObject } from '../../lib/api/object.js';
import { apiVersionOf, type Resource, resources } from '../../lib/api/resources.js';
import type { Verdict } from '../../lib/api/verdict.js';
import { Clock } from '../../lib/apiserver/clock.js';
import { ApiServer } from '../../lib/apiserver/server.js';
import { generator, mutateObject, nasty, pick, type Random } from '../mutate.js';

const words = [
  'web',
  'a',
  'default',
  'kube-system',
  'Always',
  'TCP',
  'http',
  'IfNotPresent',
  '10.0.0.7',
  'app',
  '5%',
  'Exists',
  'nginx:1.27',
  'Retain',
];

/** A value of a type of the API: mostly what the schema asks for, now and then what it does not. */
const sampleOf = (random: Random, shape: Shape, depth: number): unknown => {
  if (random() < 0.01) return structuredClone(pick(random, nasty));
  switch (shape.kind) {
    case 'list':
      return depth <= 0 ? [] : Array.from({ length: Math.floor(random() * 3) }, () => sampleOf(random, shape.of, depth - 1));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 3) }, () => [pick(random, words), sampleOf(random, shape.of, depth - 1)]),
      );
    case 'struct':
      return depth <= 0 ? {} : structOf(random, shape.type, depth - 1);
    case 'scalar':
      switch (shape.code) {
        case 's':
          return pick(random, words);
        case 'b':
          return random() < 0.5;
        case 'i':
        case 'l':
          return Math.floor(random() * 200) - 2;
        case 'd':
          return random() * 10;
        case 'o':
          return random() < 0.5 ? Math.floor(random() * 100) : '25%';
        case 'q':
          return pick(random, ['1', '500m', '2Gi', '1e3', '0']);
        case 't':
        case 'm':
          return '2026-01-01T00:00:00Z';
        default:
          return pick(random, ['aGk=', 'x', 1, {}]);
      }
  }
};

const structOf = (random: Random, name: string, depth: number): Record<string, unknown> => {
  const made: Record<string, unknown> = {};
  for (const field of typeOf(name).fields.values()) {
    if (field.name === 'status' || random() > (field.required ? 0.97 : 0.3)) continue;
    made[field.name] = sampleOf(random, field.shape, depth);
  }
  return made;
};

const manifestOf = (random: Random, resource: Resource): KubeObject => {
  const object = structOf(random, resource.type, 6);
  return {
    ...object,
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { ...(object.metadata as object), name: pick(random, words), ...(random() < 0.5 && { namespace: 'default' }) },
  };
};

const server = (): ApiServer => {
  const api = new ApiServer({ clock: new Clock(), world: 'closed' });
  for (const name of ['default', 'kube-system']) api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  return api;
};

/** What a refusal must say: what is wrong, and of which field or object. */
const isExplained = (verdict: Verdict<unknown>): boolean =>
  verdict.ok || (verdict.message !== '' && (verdict.causes.every(({ message }) => message !== '') || verdict.code === 404));

const blocks = 40;
const perBlock = 500;

describe(`${blocks * perBlock} manifests of all kinds, made at random from the schema and mutated`, () => {
  test.each(Array.from({ length: blocks }, (_, block) => block))('block %i: always a verdict, never an exception', (block) => {
    let refused = 0;
    const api = server();
    for (let seed = block * perBlock; seed < (block + 1) * perBlock; seed++) {
      const random = generator(seed);
      const object = manifestOf(random, pick(random, resources));
      if (random() < 0.5) mutateObject(random, object);
      let verdict: Verdict<unknown>;
      try {
        // The same name comes again: updates of what stands are judged too.
        ({ verdict } = api.apply(object));
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}\n${JSON.stringify(object)}`);
      }
      if (!verdict.ok) refused++;
      if (!isExplained(verdict)) throw new Error(`seed ${seed}: ${JSON.stringify(verdict)}`);
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(perBlock);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('hostile manifests get a clear refusal', () => {
  const deep = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

  test.each<readonly [string, unknown]>([
    [
      'prototype keys as fields',
      JSON.parse('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"__proto__":{"polluted":1}}'),
    ],
    [
      'prototype keys as data',
      JSON.parse('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","labels":{"__proto__":"y z"}}}'),
    ],
    ['a string of 10 MB', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'x'.repeat(10_000_000) } }],
    ['a name of 10 MB', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x'.repeat(10_000_000) } }],
    ['a thousand levels of nesting', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: deep(1000) }],
    ['a constructor for a kind', { apiVersion: 'v1', kind: 'constructor', metadata: { name: 'x' } }],
    ['a prototype for a version', { apiVersion: '__proto__', kind: 'Pod', metadata: { name: 'x' } }],
  ])('%s', (_, object) => {
    const { verdict } = server().apply(object as KubeObject);
    expect(verdict.ok).toBe(false);
    expect(isExplained(verdict)).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
