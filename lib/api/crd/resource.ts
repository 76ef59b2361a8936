import { isTooDeep } from '../decode/value.js';
import { qualifiedName } from '../names.js';
import type { KubeObject } from '../object.js';
import { Faults } from '../validate/faults.js';
import { subdomainName, validateMetadata } from '../validate/metadata.js';
import { validateMetadataTransition } from '../validate/update.js';
import type { FieldError } from '../verdict.js';
import { Correlation } from './correlation.js';
import { dropNulls, fillDefaults } from './default.js';
import type { ServedVersion } from './definition.js';
import { checkEmbedded, type EmbeddedReading, readEmbedded } from './embedded.js';
import { identical, type JsonObject } from './json.js';
import { checkListTypes } from './list-type.js';
import { pruneResource } from './prune.js';
import { nowhere, reportFailures } from './result.js';
import { checkRules } from './rules.js';
import { checkScale } from './scale.js';
import { checkUpdate, checkValue } from './value.js';

/** A custom resource as the server reads it. */
export interface ResourceReading {
  /** Pruned and with its defaults. */
  readonly value: KubeObject;
  /** Fields that its definition does not know, pruned from it. */
  readonly unknown: readonly FieldError[];
  /** What makes the request unreadable. */
  readonly malformed: readonly FieldError[];
}

/** Reads a custom resource whose own metadata has been read: prunes, drops forbidden nulls, fills in defaults. */
export const readResource = (sent: KubeObject, { schema }: ServedVersion): ResourceReading => {
  if (isTooDeep(sent)) {
    const message = 'exceeded max depth';
    return { value: sent, unknown: [], malformed: [{ type: 'FieldValueInvalid', field: '', detail: message, message }] };
  }
  const { apiVersion, kind, metadata } = sent;
  const pruned = pruneResource(sent, schema);
  const embedded: EmbeddedReading = { unknown: [], malformed: [] };
  const read = readEmbedded(dropNulls(pruned.value, schema), schema, '', embedded);
  // What a schema says of the resource's own metadata only restricts it.
  const value = { ...(fillDefaults(read, schema) as JsonObject), apiVersion, kind, metadata };
  return { value, unknown: [...pruned.unknown, ...embedded.unknown], malformed: embedded.malformed };
};

/** What validating a custom resource found. */
export interface ResourceJudgement {
  readonly errors: readonly FieldError[];
  readonly warnings: readonly string[];
}

/** Schema faults after which rules are not checked: they could not rely on the types of what they see. */
const blocking: ReadonlySet<FieldError['type']> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const unchecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

const standardFinalizers: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

const finalizerWarnings = (finalizers: readonly string[]): readonly string[] =>
  finalizers.flatMap((name) => {
    const at = `metadata.finalizers: ${JSON.stringify(name)}:`;
    const malformed = qualifiedName(name).map((detail) => `${at} ${detail}`);
    if (name.includes('/') || standardFinalizers.has(name)) return malformed;
    const including = name.includes('.') ? ' including a path (/)' : '';
    const advice = `prefer a domain-qualified finalizer name${including} to avoid accidental conflicts with other finalizer writers`;
    return [...malformed, `${at} ${advice}`];
  });

const ruleFaults = (
  next: KubeObject,
  previous: KubeObject | undefined,
  { schema }: ServedVersion,
  correlation: Correlation | undefined,
  faults: Faults,
): readonly string[] => {
  if (!schema.hasRules) return [];
  if (faults.list.some(({ type }) => blocking.has(type))) {
    faults.invalid(nowhere, null, unchecked);
    return [];
  }
  const warned = new Faults();
  const update = previous === undefined ? undefined : { old: previous, ...(correlation && { correlation }) };
  checkRules(next, schema, true, '', { faults, warned }, update);
  return warned.list.map(({ message }) => message);
};

const listFaults = (value: KubeObject, { schema }: ServedVersion): Faults => {
  const faults = new Faults();
  checkListTypes(value, schema, '', faults);
  return faults;
};

/** Judges a custom resource that is to be created, or to replace `previous`. */
export const judgeResource = (next: KubeObject, version: ServedVersion, previous?: KubeObject): ResourceJudgement => {
  const { schema, scale } = version;
  const faults = new Faults();
  const correlation = previous === undefined ? undefined : new Correlation(next, previous, schema);
  validateMetadata(next.metadata, { namespaced: version.namespaced, name: subdomainName, anyFinalizer: true }, faults);
  if (previous !== undefined) validateMetadataTransition(next, previous, faults);
  const result = previous === undefined ? checkValue(next, schema, '') : checkUpdate(next, schema, '', correlation);
  reportFailures(result, '', faults);
  if (scale !== undefined) checkScale(next, scale, 'all', faults);
  checkEmbedded(next, schema, '', faults);
  // An object that broke the rules of its lists before may go on doing so.
  if (previous === undefined || listFaults(previous, version).list.length === 0) faults.merge(listFaults(next, version));
  const warnings = ruleFaults(next, previous, version, correlation, faults);
  const added = (next.metadata.finalizers ?? []).filter((name) => !previous?.metadata.finalizers?.includes(name));
  return { errors: faults.list, warnings: [...warnings, ...finalizerWarnings([...new Set(added)].sort())] };
};

/** Judges a request that changes the status of `previous` alone. */
export const judgeStatus = (next: KubeObject, version: ServedVersion, previous: KubeObject): ResourceJudgement => {
  const { schema, scale } = version;
  const faults = new Faults();
  const correlation = new Correlation(next, previous, schema);
  const statusSchema = schema.properties.get('status');
  if (Object.hasOwn(next, 'status') && statusSchema !== undefined)
    reportFailures(checkUpdate(next.status, statusSchema, '', correlation.key('status')), 'status', faults);
  if (scale !== undefined) checkScale(next, scale, 'status', faults);
  if (listFaults(previous, version).list.length === 0) faults.merge(listFaults(next, version));
  return { warnings: ruleFaults(next, previous, version, correlation, faults), errors: faults.list };
};

const withoutStatus = (resource: KubeObject): KubeObject => {
  const { status, ...rest } = resource;
  return status === undefined ? resource : (rest as KubeObject);
};

const contentOf = ({ metadata, ...content }: KubeObject): JsonObject => content;

/** A custom resource as it is created: of generation 1, and without the status that only its subresource may set. */
export const newResource = (resource: KubeObject, { hasStatus }: ServedVersion): KubeObject => ({
  ...(hasStatus ? withoutStatus(resource) : resource),
  metadata: { ...resource.metadata, generation: 1 },
});

/** A custom resource as it replaces `previous`: the status subresource keeps the status, and every other change counts. */
export const nextResource = (resource: KubeObject, { hasStatus }: ServedVersion, previous: KubeObject): KubeObject => {
  const { status } = previous;
  const next = hasStatus ? { ...withoutStatus(resource), ...(status !== undefined && { status }) } : resource;
  const generation = previous.metadata.generation ?? 1;
  const isChanged = !identical(contentOf(next), contentOf(previous));
  return { ...next, metadata: { ...next.metadata, generation: generation + (isChanged ? 1 : 0) } };
};
