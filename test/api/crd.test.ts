import { describe, expect, test } from 'vitest';
import { decode } from '../../lib/api/decode.js';
import { applyDefaults } from '../../lib/api/default/index.js';
import type { JSONSchemaProps } from '../../lib/api/generated/types.js';
import { prepareForCreate } from '../../lib/api/prepare.js';
import { validateCreate } from '../../lib/api/validate/index.js';
import { warningsOf } from '../../lib/api/warn/index.js';
import { definition } from './definition.js';

type Json = Readonly<Record<string, unknown>>;

const created = (sent: Json) => {
  const read = decode(sent);
  if (!read.ok) throw new Error(read.message);
  return prepareForCreate(applyDefaults(read.value), { uid: 'u', suffix: 'x', now: '2026-06-01T00:00:00Z' });
};

const faultsOf = (sent: Json): readonly string[] => validateCreate(created(sent)).map(({ message }) => message);

const root = 'spec.validation.openAPIV3Schema';
const field = `${root}.properties[spec].properties[a]`;

/** The faults of a definition with one field, below the place of that field. */
const faultsOfField = (schema: JSONSchemaProps): readonly string[] =>
  faultsOf(definition({ type: 'object', properties: { spec: { type: 'object', properties: { a: schema } } } })).map((message) =>
    message.startsWith(field) ? message.slice(field.length) : message,
  );

describe('a CustomResourceDefinition', () => {
  test('is named after what it defines', () => {
    const wrong = { ...definition({ type: 'object' }), metadata: { name: 'others.demo.example.com' } };
    expect(faultsOf(wrong)).toEqual([
      'metadata.name: Invalid value: "others.demo.example.com": must be spec.names.plural+"."+spec.group',
    ]);
  });

  test('gets its other names, its conversion and a status of the server', () => {
    expect(created(definition({ type: 'object' }))).toMatchObject({
      metadata: { generation: 1 },
      spec: {
        names: { plural: 'widgets', kind: 'Widget', singular: 'widget', listKind: 'WidgetList' },
        conversion: { strategy: 'None' },
      },
      status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] },
    });
  });

  test('stores exactly one version', () => {
    const faults = faultsOf(definition({ type: 'object' }, {}, { storage: false }));
    expect(faults).toEqual([
      expect.stringMatching(
        /^spec\.versions: Invalid value: \[\{"Name":"v1",.*must have exactly one version marked as storage version$/,
      ),
      'status.storedVersions: Invalid value: null: must have at least one stored version',
    ]);
  });

  test('of a group of the Kubernetes community needs the consent of its review', () => {
    const community = { ...definition({ type: 'object' }, { group: 'x.k8s.io' }), metadata: { name: 'widgets.x.k8s.io' } };
    expect(faultsOf(community)).toHaveLength(1);
    const annotations = { 'api-approved.kubernetes.io': 'https://github.com/kubernetes/enhancements/pull/1111' };
    expect(faultsOf({ ...community, metadata: { name: 'widgets.x.k8s.io', annotations } })).toEqual([]);
  });

  test('whose versions differ is judged version by version', () => {
    const version = (name: string, type: string): Json => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type } } } },
    });
    const versions = [version('v1', 'object'), version('v2', 'any')];
    expect(faultsOf(definition({}, { versions }))).toEqual([
      'spec.versions[1].schema.openAPIV3Schema.properties[spec].type: Unsupported value: "any": supported values: "array", "boolean", "integer", "number", "object", "string"',
    ]);
  });

  test('hears of formats that nobody checks', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string', format: 'planet' }, b: { type: 'string', format: 'uri' } },
    };
    expect(warningsOf(created(definition(schema)))).toEqual(['unrecognized format "planet"']);
  });

  test('keeps what is below items in the form of the server, and forgets what does not exist there', () => {
    const items = { type: 'string', description: '', properties: {}, bogus: 1 };
    const sent = definition({ type: 'object', properties: { a: { type: 'array', items } } });
    const spec = created(sent).spec as { readonly versions: readonly { readonly schema: unknown }[] };
    expect(spec.versions[0]?.schema).toEqual({
      openAPIV3Schema: { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } },
    });
  });
});

describe('a schema is structural', () => {
  test.each<[what: string, schema: JSONSchemaProps, faults: readonly string[]]>([
    ['every field has a type', {}, ['.type: Required value: must not be empty for specified object fields']],
    [
      'unless it is an int or a string',
      { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
      [],
    ],
    ['lists have items', { type: 'array' }, ['.items: Required value: must be specified']],
    [
      'types stand outside of combinators',
      { type: 'string', anyOf: [{ type: 'string' }, { minLength: 1 }] },
      ['.anyOf[0].type: Forbidden: must be empty to be structural'],
    ],
    [
      'no field is named and free at once',
      { type: 'object', properties: { x: { type: 'string' } }, additionalProperties: { type: 'string' } },
      ['.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive'],
    ],
    [
      'patterns can be read',
      { type: 'string', pattern: '[' },
      [
        '.pattern: Invalid value: "[": must be a valid regular expression, but isn\'t: error parsing regexp: missing closing ]: `[`',
      ],
    ],
    [
      'keys of a list are there',
      {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: { type: 'object', properties: { k: { type: 'string' } } },
      },
      [
        '.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      ],
    ],
    [
      'defaults are valid',
      { type: 'integer', minimum: 2, default: 1 },
      ['.default: Invalid value: 1:  in body should be greater than or equal to 2'],
    ],
    [
      'defaults have no unknown fields',
      { type: 'object', default: { x: 1 } },
      ['.default: Invalid value: {"x":1}: must not have unknown fields'],
    ],
  ])('%s', (_what, schema, faults) => expect(faultsOfField(schema)).toEqual(faults));
});

describe('rules', () => {
  const ruled = (...rules: readonly { readonly rule: string; readonly [more: string]: unknown }[]): JSONSchemaProps =>
    ({ type: 'string', maxLength: 10, 'x-kubernetes-validations': rules }) as JSONSchemaProps;

  test('that do not compile are shown where they fail', () => {
    const [fault] = faultsOfField(ruled({ rule: 'self.b == 1' }));
    expect(fault).toMatch(
      /^\.x-kubernetes-validations\[0\]\.rule: Invalid value: \{"Rule":"self\.b == 1",.*compilation failed: ERROR: <input>:1:5: /s,
    );
  });

  test('must say yes or no, and their messages are texts', () => {
    expect(faultsOfField(ruled({ rule: 'self' }))).toEqual([expect.stringMatching(/cel expression must evaluate to a bool$/)]);
    expect(faultsOfField(ruled({ rule: 'self != ""', messageExpression: '1' }))).toEqual([
      expect.stringMatching(/\.messageExpression: .*messageExpression must evaluate to a string$/),
    ]);
  });

  test('point to fields that exist', () => {
    expect(faultsOfField(ruled({ rule: 'self != ""', fieldPath: '.x' }))).toEqual([
      '.x-kubernetes-validations[0].fieldPath: Invalid value: ".x": must be a valid path',
    ]);
  });

  test('compare with the value before only where there is one', () => {
    const list: JSONSchemaProps = { type: 'array', maxItems: 3, items: ruled({ rule: 'self == oldSelf' }) };
    expect(faultsOfField(list)).toEqual([
      `.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${field}`,
    ]);
  });

  test('that can take for ever are refused', () => {
    const names: JSONSchemaProps = { type: 'array', items: { type: 'string' } };
    const rule = { rule: 'self.all(x, self.all(y, x == y))' };
    const [fault] = faultsOfField({ ...names, 'x-kubernetes-validations': [rule] });
    expect(fault).toContain('Forbidden: estimated rule cost exceeds budget by factor of more than 100x');
    expect(
      faultsOfField({ ...names, maxItems: 5, items: { type: 'string', maxLength: 9 }, 'x-kubernetes-validations': [rule] }),
    ).toEqual([]);
  });
});
