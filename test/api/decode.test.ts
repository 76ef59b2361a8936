import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, decodeText } from '../../lib/api/decode.js';

const pod = (spec: unknown, metadata: unknown = { name: 'web' }): unknown => ({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
const deployment = (spec: unknown): unknown => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec });

/** The messages of a refusal, and what it suggests. */
const faults = (input: unknown): readonly string[] => {
  const verdict = typeof input === 'string' ? decodeText(input) : decode(input);
  return verdict.ok ? [] : verdict.causes.map((cause) => cause.message);
};
const suggestions = (input: unknown): readonly (string | undefined)[] => {
  const verdict = decode(input);
  return verdict.ok ? [] : verdict.causes.map((cause) => cause.suggestion);
};

describe('unknown fields', () => {
  test('are named as the strict decoder names them, each once', () => {
    expect(faults(pod({ containers: [{ name: 'app', imagee: 'nginx' }], foo: 1 }))).toEqual([
      'unknown field "spec.containers[0].imagee"',
      'unknown field "spec.foo"',
    ]);
  });

  test('make a refusal in the words of the server', () => {
    expect(decode(deployment({ replicass: 3 }))).toMatchObject({
      code: 400,
      reason: 'BadRequest',
      message:
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicass"',
    });
  });

  test.each([
    ['another case', pod({ Containers: [] }), 'did you mean "containers"?'],
    ['another number', pod({ container: [] }), 'did you mean "containers"?'],
    ['a slip', pod({ containres: [] }), 'did you mean "containers"?'],
    ['one level too high', deployment({ nodeSelector: {} }), '"nodeSelector" belongs to spec.template.spec'],
    ['one level too low', pod({ containers: [{ name: 'a', nodeName: 'n1' }] }), '"nodeName" belongs to spec'],
    ['nothing near', pod({ xyzzy: 1 }), undefined],
  ])('suggest what was meant: %s', (_, input, suggestion) => {
    expect(suggestions(input)).toEqual([suggestion]);
  });

  test('named like parts of every object are data, not code', () => {
    expect(faults(JSON.parse('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"__proto__":{"a":1}}'))).toEqual([
      'unknown field "__proto__"',
    ]);
    const text = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"__proto__":null,"constructor":"x"}}';
    const verdict = decodeText(text);
    expect(verdict.ok && Object.entries(verdict.value.data ?? {})).toEqual([
      ['__proto__', ''],
      ['constructor', 'x'],
    ]);
  });
});

describe('duplicate fields', () => {
  test('show in a text, by their path', () => {
    const text =
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","name":"b"},"spec":{"containers":[{"name":"c","name":"c"}]}}';
    expect(faults(text)).toEqual(['duplicate field "metadata.name"', 'duplicate field "spec.containers[0].name"']);
  });

  test('are not confused by what stands inside strings', () => {
    expect(faults('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"{\\"b\\":1,\\"b\\":2}"}}')).toEqual(
      [],
    );
  });
});

describe('wrong types', () => {
  test.each([
    [
      'a number for a string',
      pod({ containers: [{ name: 'a', env: [{ name: 'A', value: 5 }] }] }),
      'spec.containers[0].env[0].value',
    ],
    ['a string for a number', deployment({ replicas: '3' }), 'spec.replicas'],
    ['a fraction', deployment({ replicas: 1.5 }), 'spec.replicas'],
    ['more than 32 bits', deployment({ replicas: 2 ** 31 }), 'spec.replicas'],
    ['an object for a list', pod({ containers: {} }), 'spec.containers'],
    [
      'a malformed quantity',
      pod({ containers: [{ name: 'a', resources: { limits: { cpu: '1 core' } } }] }),
      'spec.containers[0].resources.limits.cpu',
    ],
    ['a malformed time', pod({}, { name: 'a', creationTimestamp: 'yesterday' }), 'metadata.creationTimestamp'],
    [
      'a day that does not exist',
      pod({}, { name: 'a', creationTimestamp: '2024-02-30T00:00:00Z' }),
      'metadata.creationTimestamp',
    ],
    ['malformed base64', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'x y' } }, 'data.a'],
  ])('are refused with their path: %s', (_, input, field) => {
    const verdict = decode(input);
    expect(verdict.ok ? undefined : verdict.causes.map((cause) => cause.field)).toEqual([field]);
  });
});

describe('versions', () => {
  test.each([
    ['extensions/v1beta1', 'Ingress', 'extensions/v1beta1 was removed in Kubernetes 1.22: write apiVersion networking.k8s.io/v1'],
    [
      'discovery.k8s.io/v1beta1',
      'EndpointSlice',
      'discovery.k8s.io/v1beta1 was removed in Kubernetes 1.25: write apiVersion discovery.k8s.io/v1',
    ],
    ['policy/v1beta1', 'PodSecurityPolicy', 'PodSecurityPolicy was removed in Kubernetes 1.25 and has no replacement'],
    ['v1', 'Deployment', 'Deployment is served as apiVersion apps/v1'],
    ['apps/v1', 'Deploymnet', 'did you mean "Deployment"?'],
  ])('%s %s that are not served name what to write', (apiVersion, kind, suggestion) => {
    expect(decode({ apiVersion, kind, metadata: { name: 'x' } })).toMatchObject({
      code: 404,
      message: `no matches for kind "${kind}" in version "${apiVersion}"`,
      causes: [{ suggestion }],
    });
  });

  test('of custom resources pass with their metadata read', () => {
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'r' },
      spec: { anything: 1 },
    };
    expect(decode(route)).toEqual({ ok: true, value: route, warnings: [] });
    expect(faults({ ...route, metadata: { name: 'r', lables: {} } })).toEqual(['unknown field "metadata.lables"']);
  });

  test.each([[undefined], [null], [''], ['v1/'], [7]])('must be there: %s', (apiVersion) => {
    expect(decode({ apiVersion, kind: 'Pod' })).toMatchObject({ ok: false, code: 400 });
  });
});

describe('the value', () => {
  test('loses what says nothing and keeps a zero behind a pointer', () => {
    const verdict = decode(
      deployment({ replicas: 0, paused: false, template: { spec: { containers: [], hostNetwork: false, volumes: [] } } }),
    );
    expect(verdict.ok && verdict.value.spec).toEqual({
      replicas: 0,
      strategy: {},
      template: { metadata: {}, spec: { containers: [] } },
    });
  });

  test('has quantities and times in their canonical form', () => {
    const verdict = decode(
      pod(
        { containers: [{ name: 'a', resources: { requests: { cpu: 0.5, memory: '1.5Gi' } } }] },
        { name: 'a', creationTimestamp: '2024-05-01T12:00:00+02:00' },
      ),
    );
    expect(verdict.ok && verdict.value).toMatchObject({
      metadata: { creationTimestamp: '2024-05-01T10:00:00Z' },
      spec: { containers: [{ resources: { requests: { cpu: '500m', memory: '1536Mi' } } }] },
    });
  });

  test('read once is read the same again, and shared', () => {
    const once = decode(pod({ containers: [{ name: 'a', image: 'nginx', ports: [{ containerPort: 80 }] }], nodeName: '' }));
    const twice = decode(once.ok ? once.value : undefined);
    expect(twice.ok && once.ok && twice.value === once.value).toBe(true);
  });
});

test('nesting without end is refused, not followed', () => {
  let schema: object = {};
  for (let depth = 0; depth < 20_000; depth++) schema = { not: schema };
  const names = { kind: 'A', plural: 'as' };
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } };
  const spec = { group: 'a.io', names, scope: 'Cluster', versions: [version] };
  expect(
    faults({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'as.a.io' }, spec }),
  ).toEqual([expect.stringContaining('exceeded max depth')]);
  expect(decodeText(`{"apiVersion":"v1","kind":"Pod","spec":${'['.repeat(5000)}${']'.repeat(5000)}}`)).toMatchObject({
    ok: false,
    code: 400,
  });
});

test('anything at all is answered with a verdict', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Pod', 'Service', 'Deployment', 'Bogus'),
      fc.jsonValue({ maxDepth: 4 }),
      fc.jsonValue(),
      (kind, spec, metadata) => {
        const verdict = decode({ apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1', kind, metadata, spec });
        if (!verdict.ok) expect(verdict.message).not.toBe('');
      },
    ),
    { numRuns: 500, seed: 7 },
  );
});
