import { beforeEach, describe, expect, test } from 'vitest';
import type { Pod } from '../../lib/api/generated/types.js';
import type { KubeObject } from '../../lib/api/object.js';
import type { Verdict } from '../../lib/api/verdict.js';
import { Clock } from '../../lib/apiserver/clock.js';
import type { Stored } from '../../lib/apiserver/kinds.js';
import { ApiServer } from '../../lib/apiserver/server.js';

let api: ApiServer;

const apply = (expression: string) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const patch = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

const policy = (mutations: readonly object[], spec: object = {}, name = 'changes'): Verdict<Stored> => {
  const resourceRules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['pods', 'configmaps'] }];
  const verdict = api.create({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name },
    spec: { matchConstraints: { resourceRules }, reinvocationPolicy: 'Never', mutations, ...spec },
  });
  api.create({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name },
  });
  return verdict;
};

const pod = (labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', labels },
  spec: { containers: [{ name: 'app', image: 'a:1' }] },
});

const created = (object: KubeObject): Stored => {
  const verdict = api.create(object);
  if (!verdict.ok) throw new Error(verdict.message);
  return verdict.value;
};

beforeEach(() => {
  api = new ApiServer({ clock: new Clock(), world: 'closed' });
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' } });
});

test('Object{...} is merged into the object', () => {
  policy([apply("Object{metadata: Object.metadata{labels: {'team': 'ops'}}}")]);
  expect(created(pod({ app: 'web' })).metadata.labels).toEqual({ app: 'web', team: 'ops' });
});

test('containers merge by name, and the other plugins see the new one', () => {
  policy([
    apply(
      "Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: 'mesh', image: 'mesh:1', restartPolicy: 'Always'}]}}",
    ),
  ]);
  const { spec } = created(pod()) as Pod;
  const [mesh] = spec?.initContainers ?? [];
  expect(mesh).toMatchObject({ name: 'mesh', imagePullPolicy: 'IfNotPresent' });
  expect(mesh?.volumeMounts).toHaveLength(1);
});

test('JSONPatch operations run one after the other; a failed test changes nothing', () => {
  policy([
    patch(`[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("a/b"), value: "1"},
            JSONPatch{op: "copy", from: "/metadata/labels/a~1b", path: "/metadata/labels/c"}]`),
    patch('[JSONPatch{op: "test", path: "/metadata/name", value: "other"}, JSONPatch{op: "remove", path: "/metadata/labels"}]'),
  ]);
  expect(created(pod({ app: 'web' })).metadata.labels).toEqual({ app: 'web', 'a/b': '1', c: '1' });
});

test('only a policy that asks for it sees what came after it', () => {
  const count = patch(
    '[JSONPatch{op: "add", path: "/metadata/labels/" + (has(object.metadata.labels.late) ? "seen" : "first"), value: "1"}]',
  );
  policy([count], { reinvocationPolicy: 'IfNeeded' }, 'a');
  policy([apply("Object{metadata: Object.metadata{labels: {'late': '1'}}}")], {}, 'b');
  expect(created(pod({ app: 'web' })).metadata.labels).toEqual({ app: 'web', first: '1', late: '1', seen: '1' });
});

describe('refusals', () => {
  test.each([
    [
      patch('[JSONPatch{op: "replace", path: "/data/x", value: "1"}]'),
      /^policy 'changes' with binding 'changes' denied request: JSON Patch: replace operation/,
    ],
    [apply('Object{spec: Object.spec{tolerations: []}}'), /may not mutate atomic arrays, maps or structs: .spec.tolerations$/],
    [apply('Object{spec: Object.metadata{}}'), /type mismatch: unexpected type name "Object.metadata", expected "Object.spec"/],
    [
      apply("Object{metadata: Object.metadata{labels: {'a': object.metadata.nothing}}}"),
      /resulted in error: no such key: nothing$/,
    ],
  ])('%j', (mutation, message) => {
    policy([mutation]);
    const verdict = api.create(pod({ app: 'web' }));
    expect(verdict).toMatchObject({ ok: false, code: 403, reason: 'Invalid', message: expect.stringMatching(message) });
  });

  test('expressions must make the patch that their type says', () => {
    expect(policy([apply('"a"')])).toMatchObject({ message: expect.stringContaining('must evaluate to Object but got string') });
    expect(policy([patch('Object{}')])).toMatchObject({
      message: expect.stringContaining('must evaluate to list(JSONPatch) but got Object'),
    });
    expect(policy([patch('[JSONPatch{op: 1}]')])).toMatchObject({
      message: expect.stringContaining("expected type of field 'op' is 'string' but provided type is 'int'"),
    });
  });
});
