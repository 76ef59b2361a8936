import { decode, decodeText } from '../../../lib/api/decode.js';
import { applyDefaults } from '../../../lib/api/default/index.js';
import type { KubeObject } from '../../../lib/api/object.js';
import { validateCreate } from '../../../lib/api/validate/index.js';
import type { FieldError, Verdict } from '../../../lib/api/verdict.js';
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
  readonly defaulted?: unknown;
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

/** One line an error: everything the record says of it but the message, whose rendering of objects is Go's. */
const errorLine = (error: RecordedError | FieldError): string =>
  `${error.type} ${error.field} ${JSON.stringify(error.badValue) ?? ''} ${error.detail ?? ''}`;

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

const create: CaseRunner = (record) => {
  const { input, inputRaw, expected } = record as CreateCase;
  const verdict = inputRaw === undefined ? decode(input) : decodeText(inputRaw);
  if (expected.stage === 'decode') return decodeDifferences(expected, verdict);
  if (!verdict.ok) return [`decode: recorded no fault, got ${verdict.message}`];
  const object = applyDefaults(verdict.value);
  const recorded = expected.stage === 'allocation' ? (expected.strategyErrors ?? []) : (expected.errors ?? []);
  const lines = errorDifferences(recorded, validateCreate(object));
  return expected.accepted ? [...lines, ...differences(expected.defaulted, withoutManaged(object), 'defaulted')] : lines;
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

export const suite: Suite = { families: Object.fromEntries(kinds.map((kind) => [kind, create])) };
