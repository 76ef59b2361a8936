import { ApiObject, App, Chart, JsonPatch, Lazy } from 'cdk8s';
import { ConfigMap, Deployment as PlusDeployment } from 'cdk8s-plus-27';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonOf } from '../../lib/constructs/json.js';

const chart = (): Chart => new Chart(new App(), 'c', { namespace: 'space', labels: { team: 'a' } });

describe('objects are rendered as cdk8s renders them', () => {
  test('whatever plain values they hold, key for key', () => {
    const key = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !['__proto__', 'constructor'].includes(text));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.constant(undefined),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true }),
        fc.dictionary(key, value, { maxKeys: 2, noNullPrototype: true }),
        (spec, extra) => {
          const object = new ApiObject(chart(), 'o', {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { annotations: {}, ...extra },
            spec,
          });
          object.metadata.addLabel('late', 'yes');
          expect(JSON.stringify(jsonOf(object))).toBe(JSON.stringify(object.toJson()));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('tokens, patches, resolvers of the App and cdk8s-plus constructs are left to cdk8s', () => {
    const lazy = new ApiObject(chart(), 'o', { apiVersion: 'v1', kind: 'Pod', spec: { at: Lazy.any({ produce: () => 7 }) } });
    const patched = new ApiObject(chart(), 'o', { apiVersion: 'v1', kind: 'Pod', spec: { at: 1 } });
    patched.addJsonPatch(JsonPatch.replace('/spec/at', 2));
    const resolver = {
      resolve: (context: { value: unknown; replaceValue(value: unknown): void }) => {
        if (context.value === 'who') context.replaceValue('me');
      },
    };
    const resolved = new ApiObject(new Chart(new App({ resolvers: [resolver] }), 'c'), 'o', {
      apiVersion: 'v1',
      kind: 'Pod',
      spec: { at: 'who' },
    });
    const plus = new PlusDeployment(chart(), 'o', { containers: [{ image: 'nginx:1.27', portNumber: 80 }] });
    const data = new ConfigMap(chart(), 'o', { data: { a: 'b' } });
    for (const object of [lazy, patched, resolved, ApiObject.of(plus), ApiObject.of(data)]) {
      expect(jsonOf(object)).toEqual(object.toJson());
    }
    expect([lazy, patched, resolved].map((object) => jsonOf(object).spec)).toEqual([{ at: 7 }, { at: 2 }, { at: 'me' }]);
  });
});
