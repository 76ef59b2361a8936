import { decode, decodeText } from '../../../lib/api/decode.js';
import { applyDefaults } from '../../../lib/api/default/index.js';
import type { Service } from '../../../lib/api/generated/types.js';
import type { Admitted, KubeObject } from '../../../lib/api/object.js';
import { prepareForCreate } from '../../../lib/api/prepare.js';
import { prepareForUpdate } from '../../../lib/api/prepare-update.js';
import { validateCreate, validateUpdate } from '../../../lib/api/validate/index.js';
import type { FieldError, Verdict } from '../../../lib/api/verdict.js';
import { warningsOf } from '../../../lib/api/warn/index.js';
import { ServiceAllocation } from '../../../lib/apiserver/service-allocation.js';
import { Store } from '../../../lib/apiserver/store.js';
import { differences } from '../compare.js';
import type { CaseRunner, Suite } from '../suite.js';

interface RecordedError {
  readonly type: string;
  readonly field: string;
  readonly badValue?: unknown;
  readonly detail?: string;
  readonly message: string;
}

interface Expected {
  readonly accepted: boolean;
  readonly stage?: 'decode' | 'request' | 'allocation' | 'validation';
  readonly decodeErrors?: readonly string[];
  readonly errors?: readonly RecordedError[];
  readonly strategyErrors?: readonly RecordedError[];
  readonly warnings?: readonly string[];
  readonly defaulted?: unknown;
  readonly createPatch?: unknown;
}

interface CreateCase {
  readonly input?: unknown;
  readonly inputRaw?: string;
  readonly expected: Expected;
}

const isStrict = (text: string): boolean => text.startsWith('unknown field') || text.startsWith('duplicate field');

const decodeDifferences = (expected: Expected, verdict: Verdict<KubeObject>): string[] => {
  if (verdict.ok) return [`decode: recorded ${expected.decodeErrors?.[0]}, got no fault`];
  const recorded = expected.decodeErrors ?? [];
  if (!recorded.every(isStrict)) return [];
  return differences([...recorded].sort(), verdict.causes.map((cause) => cause.message).sort(), 'decodeErrors');
};

/** One line an error, with the whole text except where the record shortens it or renders an object as Go does. */
const errorLine = (error: RecordedError | FieldError): string => {
  const { type, field, badValue, detail = '', message } = error;
  const isRequired = type === 'FieldValueRequired';
  const isShortened = badValue === undefined || type === 'FieldValueForbidden';
  const text = isRequired || !isShortened ? ` (${message})` : '';
  return `${type} ${field} ${JSON.stringify(badValue) ?? ''} ${detail}${text}`;
};

const errorDifferences = (recorded: readonly RecordedError[], errors: readonly FieldError[]): string[] => {
  const missing = recorded.map(errorLine);
  const extra: string[] = [];
  for (const line of errors.map(errorLine)) {
    const index = missing.indexOf(line);
    if (index < 0) extra.push(line);
    else missing.splice(index, 1);
  }
  return [...missing.map((line) => `missing: ${line}`), ...extra.map((line) => `too many: ${line}`)];
};

/** What the server manages itself is dropped from what is written. */
const withoutManaged = (object: KubeObject): unknown => {
  const { uid, creationTimestamp, deletionTimestamp, selfLink, deletionGracePeriodSeconds, ...metadata } = object.metadata;
  return { ...object, metadata };
};

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7386. */
const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
};

const allocated = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort'];

/** A Service without what allocation gave it: addresses and node ports belong to the API server, not to its API model. */
const withoutAllocation = (object: unknown): unknown => {
  if (!isObject(object) || object.kind !== 'Service' || !isObject(object.spec)) return object;
  const kept = Object.entries(object.spec).filter(([field]) => !allocated.includes(field));
  const ports = Array.isArray(object.spec.ports) ? object.spec.ports.map((port: Json) => ({ ...port, nodePort: 0 })) : undefined;
  return { ...object, spec: { ...Object.fromEntries(kept), ports } };
};

/** A name made by chance is the uid here. */
const named = (object: unknown): unknown =>
  mergePatch(object, nameOf(object) === '<generated-uuid>' ? { metadata: { name: birth.uid } } : {});

const nameOf = (object: unknown): unknown => (isObject(object) && isObject(object.metadata) ? object.metadata.name : undefined);

const birth = { uid: '11111111-2222-3333-4444-555555555555', suffix: 'abcde', now: '<now>' };

const create: CaseRunner = (record) => {
  const { input, inputRaw, expected } = record as CreateCase;
  const verdict = inputRaw === undefined ? decode(input) : decodeText(inputRaw);
  if (expected.stage === 'decode') return decodeDifferences(expected, verdict);
  if (!verdict.ok) return [`decode: recorded no fault, got ${verdict.message}`];
  const object = applyDefaults(verdict.value);
  const prepared = prepareForCreate(object, birth);
  const recorded = expected.stage === 'allocation' ? (expected.strategyErrors ?? []) : (expected.errors ?? []);
  const lines = errorDifferences(recorded, validateCreate(prepared));
  if (!expected.accepted) return lines;
  const stored = named(mergePatch(expected.defaulted, expected.createPatch ?? {}));
  return [
    ...lines,
    ...differences([...(expected.warnings ?? [])].sort(), [...warningsOf(prepared)].sort(), 'warnings'),
    ...differences(expected.defaulted, withoutManaged(object), 'defaulted'),
    ...differences(withoutAllocation(stored), withoutAllocation(withoutManaged(prepared)), 'stored'),
  ];
};

interface UpdateCase {
  readonly old: unknown;
  readonly patch: unknown;
  readonly expected: Expected & { readonly updated?: unknown };
}

/** Stands in for the API server: gives a Service the first address and node ports of the recorded cluster. */
const allocate = (object: KubeObject): KubeObject => {
  if (object.kind !== 'Service') return object;
  const spec = object.spec as Json;
  if (spec.type === 'ExternalName') return object;
  const address = spec.clusterIP ?? '10.96.0.100';
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  const ports = ((spec.ports ?? []) as readonly Json[]).map((port, index) =>
    external ? { nodePort: 30000 + index, ...port } : port,
  );
  const families = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
  return { ...object, spec: { ...families, ...spec, clusterIP: address, clusterIPs: [address], ports } };
};

const allocationDifferences = (expected: Expected, next: KubeObject, current: KubeObject): string[] => {
  const verdict = new ServiceAllocation(new Store()).allocate(next as Admitted<Service>, current as Admitted<Service>);
  const plain = ({ type, field, message }: RecordedError | FieldError) => ({ type, field, message });
  return differences((expected.errors ?? []).map(plain), verdict.ok ? [] : verdict.causes.map(plain), 'errors');
};

const update: CaseRunner = (record) => {
  const { old, patch, expected } = record as UpdateCase;
  const first = decode(old);
  if (!first.ok) return [`old: ${first.message}`];
  const stored = allocate(prepareForCreate(applyDefaults(first.value), birth));
  const { creationTimestamp: _now, ...metadata } = stored.metadata;
  const current: KubeObject = { ...stored, metadata };
  const verdict = decode(mergePatch(current, patch));
  if (expected.stage === 'decode') return decodeDifferences(expected, verdict);
  if (!verdict.ok) return [`decode: recorded no fault, got ${verdict.message}`];
  const next = prepareForUpdate(applyDefaults(verdict.value), current);
  if (expected.stage === 'allocation') return allocationDifferences(expected, next, current);
  const lines = errorDifferences(expected.errors ?? [], validateUpdate(next, current));
  if (!expected.accepted) return lines;
  return [...lines, ...differences(withoutAllocation(expected.updated), withoutAllocation(withoutManaged(next)), 'updated')];
};

const kinds = [
  'configmap',
  'cronjob',
  'clusterrole',
  'clusterrolebinding',
  'daemonset',
  'deployment',
  'endpoints',
  'endpointslice',
  'horizontalpodautoscaler',
  'ingress',
  'ingressclass',
  'job',
  'limitrange',
  'namespace',
  'networkpolicy',
  'node',
  'persistentvolume',
  'persistentvolumeclaim',
  'pod',
  'poddisruptionbudget',
  'priorityclass',
  'replicaset',
  'replicationcontroller',
  'resourcequota',
  'role',
  'rolebinding',
  'secret',
  'service',
  'serviceaccount',
  'statefulset',
  'storageclass',
];

export const suite: Suite = { families: { ...Object.fromEntries(kinds.map((kind) => [kind, create])), update } };
