import { describe, expect, test } from 'vitest';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../lib/api/generated/types.js';
import type { KubeObject } from '../../lib/api/object.js';
import type { Verdict } from '../../lib/api/verdict.js';
import { Clock } from '../../lib/apiserver/clock.js';
import { patchSubresource } from '../../lib/apiserver/custom-subresources.js';
import type { Stored } from '../../lib/apiserver/kinds.js';
import { mergePatch } from '../../lib/apiserver/patch.js';
import { ApiServer } from '../../lib/apiserver/server.js';
import { getTable } from '../../lib/apiserver/table.js';
import { definition, widget as widgetOf } from '../api/definition.js';

type Json = Readonly<Record<string, unknown>>;

/** The definition of Widgets with a spec and a status. */
const widgets = (spec: JSONSchemaProps, more: Json = {}, version: Json = {}): KubeObject =>
  definition(
    { type: 'object', properties: { spec, status: { type: 'object', properties: { replicas: { type: 'integer' } } } } },
    more,
    version,
  );

const server = (spec: JSONSchemaProps, more: Json = {}, version: Json = {}): ApiServer => {
  const api = new ApiServer({ clock: new Clock(), world: 'closed' });
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  const created = api.create(widgets(spec, more, version));
  if (!created.ok) throw new Error(created.message);
  return api;
};

const widget = (spec: unknown, more: Json = {}): KubeObject => widgetOf({ spec, ...more });

const ref = { apiVersion: 'demo.example.com/v1', kind: 'Widget', namespace: 'default', name: 'w' };

const object = (properties: Readonly<Record<string, JSONSchemaProps>>, more: JSONSchemaProps = {}): JSONSchemaProps => ({
  type: 'object',
  properties,
  ...more,
});

const said = (verdict: Verdict<Stored>): string =>
  verdict.ok ? 'accepted' : verdict.message.replace('Widget.demo.example.com "w" is invalid: ', '');

const specOf = (verdict: Verdict<Stored>): unknown => (verdict.ok ? verdict.value.spec : verdict.message);

describe('what is read', () => {
  const schema = object({
    size: { type: 'integer', default: 1 },
    note: { type: 'string', nullable: true },
    part: object({ on: { type: 'boolean', default: true } }, { default: {} }),
    any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  });

  test('gets its defaults, also within defaults', () => {
    expect(specOf(server(schema).create(widget({})))).toEqual({ size: 1, part: { on: true } });
  });

  test('nulls give way to defaults, stay where they may, and go elsewhere', () => {
    const api = server(schema);
    expect(specOf(api.create(widget({ size: null, note: null, any: null })))).toEqual({
      size: 1,
      note: null,
      part: { on: true },
    });
  });

  test('unknown fields are refused, told of, or dropped without a word', () => {
    const api = server(schema);
    const sent = widget({ sise: 2, any: { thing: 1 } });
    const refused = api.create(sent);
    expect(said(refused)).toBe(
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.sise"',
    );
    expect(refused).toMatchObject({ causes: [{ field: 'spec.sise', suggestion: 'did you mean "size"?' }] });
    const warned = api.create(sent, { fieldValidation: 'Warn', dryRun: true });
    expect(warned).toMatchObject({ warnings: ['unknown field "spec.sise"'] });
    expect(specOf(warned)).toEqual({ any: { thing: 1 }, size: 1, part: { on: true } });
    expect(api.create(sent, { fieldValidation: 'Ignore' })).toMatchObject({ ok: true, warnings: [] });
  });

  test('embedded resources have metadata of their own, but need a kind', () => {
    const api = server(
      object({
        template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      }),
    );
    const template = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', nme: 'y' } };
    expect(said(api.create(widget({ template })))).toContain('unknown field "spec.template.metadata.nme"');
    expect(said(api.create(widget({ template: {} })))).toBe(
      '[spec.template.apiVersion: Required value, spec.template.kind: Required value]',
    );
  });

  test('nesting has an end', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level++) deep = { deep };
    expect(said(server(schema).create(widget({ any: deep })))).toBe(
      'Widget in version "v1" cannot be handled as a Widget: exceeded max depth',
    );
    const api = new ApiServer({ clock: new Clock(), world: 'closed' });
    expect(said(api.create(widgets({ type: 'object', default: deep })))).toContain('exceeded max depth');
  });

  test('versions that are not served do not exist', () => {
    const api = server(schema);
    expect(said(api.create(widget({}, { apiVersion: 'demo.example.com/v2' })))).toBe(
      'no matches for kind "Widget" in version "demo.example.com/v2"',
    );
  });

  test('an open world may have the definition elsewhere; with it, nothing is assumed', () => {
    const api = new ApiServer({ clock: new Clock(), world: 'open' });
    expect(api.apply(widget({ anything: 1 })).outcome).toBe('created');
    expect(api.assumptions.map(({ text }) => text)).toContain('a CustomResourceDefinition serves Widget (demo.example.com/v1)');
    const defined = new ApiServer({ clock: new Clock(), world: 'open' });
    defined.apply(widgets(schema));
    defined.apply(widget({}, { metadata: { name: 'w', namespace: 'default' } }));
    expect(defined.assumptions.filter(({ text }) => text.includes('Widget'))).toEqual([]);
  });
});

describe('what is refused', () => {
  test.each<[keyword: string, schema: JSONSchemaProps, value: unknown, fault: string]>([
    ['type', { type: 'string' }, 1, 'spec.x: Invalid value: "integer": spec.x in body must be of type string: "integer"'],
    ['enum', { type: 'integer', enum: [1, 2] }, 3, 'spec.x: Unsupported value: 3: supported values: "1", "2"'],
    ['maxLength', { type: 'string', maxLength: 2 }, 'ééé', 'spec.x: Too long: may not be more than 2 bytes'],
    [
      'minimum',
      { type: 'number', minimum: 0.5 },
      0.25,
      'spec.x: Invalid value: 0.25: spec.x in body should be greater than or equal to 0.5',
    ],
    ['multipleOf', { type: 'integer', multipleOf: 5 }, 7, 'spec.x: Invalid value: 7: spec.x in body should be a multiple of 5'],
    [
      'minItems',
      { type: 'array', minItems: 1, items: { type: 'string' } },
      [],
      'spec.x: Invalid value: 0: spec.x in body should have at least 1 items',
    ],
    [
      'maxProperties',
      { type: 'object', maxProperties: 1, additionalProperties: { type: 'string' } },
      { a: '', b: '' },
      'spec.x: Too many: 2: must have at most 1 items',
    ],
    [
      'format',
      { type: 'string', format: 'ipv4' },
      '1.2.3',
      'spec.x: Invalid value: "1.2.3": spec.x in body must be of type ipv4: "1.2.3"',
    ],
    [
      'int32',
      { type: 'integer', format: 'int32' },
      2 ** 31,
      '<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.x',
    ],
    [
      'not',
      { type: 'string', not: { enum: ['a'] } },
      'a',
      '<nil>: Invalid value: "": "spec.x" must not validate the schema (not)',
    ],
    [
      'anyOf',
      object(
        { a: { type: 'string' }, b: { type: 'integer' } },
        { anyOf: [{ required: ['a'] }, { required: ['b'], properties: { b: { minimum: 5 } } }] },
      ),
      { b: 3 },
      '[<nil>: Invalid value: "": "spec.x" must validate at least one schema (anyOf), spec.x.b: Invalid value: 3: spec.x.b in body should be greater than or equal to 5]',
    ],
    [
      'a map list',
      {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: object({ k: { type: 'string' } }, { required: ['k'] }),
      },
      [{ k: 'a' }, { k: 'a' }],
      'spec.x[1]: Duplicate value: {"k":"a"}',
    ],
  ])('%s', (_keyword, schema, value, fault) => {
    const api = server(object({ x: schema }));
    expect(said(api.create(widget({ x: value })))).toBe(fault);
  });

  test('rules wait for types, lengths and required fields', () => {
    const rule = { rule: 'self.a < self.b', message: 'a must be below b' };
    const api = server(
      object({ a: { type: 'integer' }, b: { type: 'integer' } }, { required: ['b'], 'x-kubernetes-validations': [rule] }),
    );
    expect(said(api.create(widget({ a: 2, b: 1 })))).toBe('spec: Invalid value: a must be below b');
    expect(said(api.create(widget({ a: 2 })))).toBe(
      '[spec.b: Required value, <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
    );
  });

  test('a rule says where, why and in which words', () => {
    const rule = { rule: 'self.size() < 3', messageExpression: '"too long: " + self', reason: 'FieldValueForbidden' };
    const api = server(object({ x: { type: 'string', maxLength: 9, 'x-kubernetes-validations': [rule] } }));
    expect(said(api.create(widget({ x: 'abcd' })))).toBe('spec.x: Forbidden: too long: abcd');
  });
});

describe('what an update may change', () => {
  const schema = object({
    name: { type: 'string', maxLength: 9, 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'name stays' }] },
    size: { type: 'integer' },
  });

  test('transition rules compare with what is stored', () => {
    const api = server(schema);
    api.create(widget({ name: 'a', size: 1 }));
    expect(said(api.patch(ref, { spec: { name: 'b' } }, mergePatch))).toBe('spec.name: Invalid value: "b": name stays');
    expect(said(api.patch(ref, { spec: { size: 2 } }, mergePatch))).toBe('accepted');
  });

  test('what was stored before the schema became stricter may stay, but not change for another fault (KEP-4008)', () => {
    const api = server(schema);
    api.create(widget({ name: 'a', size: 9 }));
    const stricter = object({ ...schema.properties, size: { type: 'integer', maximum: 5 } });
    expect(api.apply(widgets(stricter)).outcome).toBe('configured');
    expect(said(api.patch(ref, { metadata: { labels: { a: 'b' } } }, mergePatch))).toBe('accepted');
    expect(said(api.patch(ref, { spec: { size: 8 } }, mergePatch))).toContain('should be less than or equal to 5');
  });

  test('every change but that of metadata counts', () => {
    const api = server(schema);
    const generation = (verdict: Verdict<Stored>): unknown => verdict.ok && verdict.value.metadata.generation;
    expect(generation(api.create(widget({ size: 1 })))).toBe(1);
    expect(generation(api.patch(ref, { metadata: { labels: { a: 'b' } } }, mergePatch))).toBe(1);
    expect(generation(api.patch(ref, { status: { replicas: 1 } }, mergePatch))).toBe(2);
  });

  test('strategic merge patches are for kinds that are built in', () => {
    const api = server(schema);
    api.create(widget({}));
    expect(api.patch(ref, { spec: { size: 1 } })).toMatchObject({ code: 415, reason: 'UnsupportedMediaType' });
  });

  test('kubectl apply replaces lists whole', () => {
    const api = server(
      object({ ports: { type: 'array', items: object({ name: { type: 'string' }, port: { type: 'integer' } }) } }),
    );
    api.apply(
      widget({
        ports: [
          { name: 'a', port: 1 },
          { name: 'b', port: 2 },
        ],
      }),
    );
    api.apply(widget({ ports: [{ name: 'b', port: 3 }] }));
    expect(api.get(ref)?.spec).toEqual({ ports: [{ name: 'b', port: 3 }] });
  });
});

describe('subresources', () => {
  const subresources = { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } };
  const scaling = (): ApiServer => {
    const api = server(object({ replicas: { type: 'integer', default: 1 } }), {}, { subresources });
    api.create(widget({}, { status: { replicas: 7 } }));
    return api;
  };

  test('the status is set through its subresource alone', () => {
    const api = scaling();
    expect(api.get(ref)).not.toHaveProperty('status');
    api.patch(ref, { status: { replicas: 2 } }, mergePatch);
    expect(api.get(ref)).not.toHaveProperty('status');
    patchSubresource(api, ref, 'status', { status: { replicas: 3 }, spec: { replicas: 9 } });
    expect(api.get(ref)).toMatchObject({ metadata: { generation: 1 }, spec: { replicas: 1 }, status: { replicas: 3 } });
    expect(said(patchSubresource(api, ref, 'status', { status: { replicas: '3' } }))).toContain(
      'status.replicas: Invalid value: "string"',
    );
  });

  test('the scale reads and sets replicas', () => {
    const api = scaling();
    const scaled = patchSubresource(api, ref, 'scale', { spec: { replicas: 4 } });
    expect(scaled).toMatchObject({ value: { kind: 'Scale', spec: { replicas: 4 }, status: { replicas: 0 } } });
    expect(api.get(ref)).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 4 } });
    expect(said(patchSubresource(api, ref, 'scale', { spec: { replicas: -1 } }))).toBe(
      '.spec.replicas: Invalid value: -1: should be a non-negative integer',
    );
  });

  test('columns are those of the definition', () => {
    const additionalPrinterColumns = [
      { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
      { name: 'Ready', type: 'string', jsonPath: '.spec.conditions[?(@.type=="Ready")].status' },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ];
    const conditions = { type: 'array', items: object({ type: { type: 'string' }, status: { type: 'string' } }) };
    const api = server(object({ size: { type: 'integer' }, conditions }), {}, { additionalPrinterColumns });
    api.create(
      widget({
        size: 3,
        conditions: [
          { type: 'Up', status: 'False' },
          { type: 'Ready', status: 'True' },
        ],
      }),
    );
    expect(getTable(api, ref)).toMatchObject({ value: { rows: [{ cells: ['w', 3, 'True', '0s'] }] } });
  });
});

describe('definitions', () => {
  const status = (api: ApiServer, name: string): CustomResourceDefinition['status'] =>
    api.store.find('CustomResourceDefinition', undefined, name)?.status;

  test('get their names and are established', () => {
    const api = server({ type: 'object' });
    expect(status(api, 'widgets.demo.example.com')).toMatchObject({
      acceptedNames: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      conditions: [
        { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' },
        { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
      ],
    });
  });

  test('whose kind another one has serve nothing until that one goes, with its resources', () => {
    const api = server({ type: 'object' });
    const rival = widgets({ type: 'object' }, { names: { plural: 'gadgets', singular: 'gadget', kind: 'Widget' } });
    const name = 'gadgets.demo.example.com';
    api.create({ ...rival, metadata: { name } });
    expect(status(api, name)).toMatchObject({
      conditions: [
        { type: 'NamesAccepted', status: 'False', reason: 'ListKindConflict', message: '"WidgetList" is already in use' },
        { type: 'Established', status: 'False', reason: 'NotAccepted' },
      ],
    });
    api.create(widget({}));
    api.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'widgets.demo.example.com' });
    expect(api.get(ref)).toBeUndefined();
    expect(status(api, name)).toMatchObject({ conditions: [{ status: 'True' }, { status: 'True' }] });
  });

  test('tell of deprecated versions, and of the one to use', () => {
    const schema = { openAPIV3Schema: { type: 'object' } };
    const versions = [
      { name: 'v1', served: true, storage: true, schema },
      { name: 'v1beta1', served: true, storage: false, deprecated: true, schema },
    ];
    const api = server({}, { versions });
    const created = api.create({ apiVersion: 'demo.example.com/v1beta1', kind: 'Widget', metadata: { name: 'w' } });
    expect(created).toMatchObject({
      warnings: ['demo.example.com/v1beta1 Widget is deprecated; use demo.example.com/v1 Widget'],
    });
  });

  test('keep their scope and the versions in which resources were stored', () => {
    const api = server({ type: 'object' });
    const at = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'widgets.demo.example.com' };
    const schema = { openAPIV3Schema: { type: 'object' } };
    const version = (name: string, storage: boolean): object => ({ name, served: true, storage, schema });
    expect(said(api.patch(at, { spec: { scope: 'Cluster' } }, mergePatch))).toContain(
      'spec.scope: Invalid value: "Cluster": field is immutable',
    );
    api.patch(at, { spec: { versions: [version('v1', false), version('v2', true)] } }, mergePatch);
    expect(status(api, at.name)?.storedVersions).toEqual(['v1', 'v2']);
    expect(said(api.patch(at, { spec: { versions: [version('v2', true)] } }, mergePatch))).toContain(
      'v1 was previously a storage version, and must remain in spec.versions',
    );
  });

  test('of the cluster have resources without a namespace', () => {
    const api = server({ type: 'object' }, { scope: 'Cluster' });
    const created = api.create(widget({}, { metadata: { name: 'w', namespace: 'default' } }));
    expect(created.ok && created.value.metadata.namespace).toBeUndefined();
  });
});
