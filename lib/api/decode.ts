import { duplicateFields } from './decode/duplicate.js';
import { newReading, type Reading } from './decode/reading.js';
import { nearest } from './decode/suggest.js';
import { readStruct } from './decode/value.js';
import type { KubeObject } from './object.js';
import { modelVersion, removedVersion } from './removed.js';
import { apiVersionOf, isBuiltInGroup, type Resource, resourceOf, resources, resourcesOfKind } from './resources.js';
import type { FieldError, Refusal, Verdict } from './verdict.js';

const badRequest = (message: string, causes: readonly FieldError[]): Refusal => ({
  ok: false,
  code: 400,
  reason: 'BadRequest',
  message,
  causes,
});

const typeMetaFault = (field: 'apiVersion' | 'kind', value: unknown): Refusal => {
  const message =
    value === undefined || value === null || value === '' || typeof value === 'string'
      ? `Object '${field === 'kind' ? 'Kind' : field}' is missing`
      : `couldn't get version/kind; json parse error: .${field} must be a string`;
  return badRequest(message, [{ type: 'FieldValueRequired', field, message: `${field}: Required value` }]);
};

const unservedSuggestion = (apiVersion: string, kind: string): string | undefined => {
  const removed = removedVersion(apiVersion, kind);
  if (removed?.replacement !== undefined) {
    return `${apiVersion} was removed in Kubernetes ${removed.removedIn}: write apiVersion ${removed.replacement}`;
  }
  if (removed !== undefined) return `${kind} was removed in Kubernetes ${removed.removedIn} and has no replacement`;
  const elsewhere = resourcesOfKind(kind)[0];
  if (elsewhere !== undefined) return `${kind} is served as apiVersion ${apiVersionOf(elsewhere)}`;
  const near = nearest(kind, new Set(resources.map((resource) => resource.kind)));
  return near === undefined ? undefined : `did you mean "${near}"?`;
};

/** What the server answers to a kind or version that it does not have. */
export const notServed = (apiVersion: string, kind: string): Refusal => {
  const message = `no matches for kind "${kind}" in version "${apiVersion}"`;
  const suggestion = unservedSuggestion(apiVersion, kind);
  const cause: FieldError = {
    type: 'FieldValueNotSupported',
    field: 'apiVersion',
    badValue: apiVersion,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
  return { ok: false, code: 404, reason: 'NotFound', message, causes: [cause] };
};

/** What becomes of fields that do not exist or occur twice: the request is refused, warned of, or neither. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

// Only what every object has of it is read.
const envelope = 'CustomResourceDefinition';

/** Custom resources: only the envelope is known here, the rest is their CustomResourceDefinition's. */
const readEnvelope = (input: Readonly<Record<string, unknown>>, reading: Reading): Readonly<Record<string, unknown>> => {
  const { apiVersion, kind, metadata } = input;
  const read = readStruct({ apiVersion, kind, metadata, spec: {} }, reading);
  return read.metadata === metadata ? input : { ...input, metadata: read.metadata };
};

/** The refusal of an object that the server cannot read as one of its kind. */
export const unreadable = (
  object: Pick<KubeObject, 'apiVersion' | 'kind'>,
  fault: string,
  causes: readonly FieldError[],
): Refusal => badRequest(handled(parseVersion(object.apiVersion).version, object.kind, fault), causes);

/** The refusal of an object with fields that do not exist or occur twice. */
export const strictlyUnreadable = (object: Pick<KubeObject, 'apiVersion' | 'kind'>, causes: readonly FieldError[]): Refusal =>
  unreadable(object, `strict decoding error: ${causes.map((error) => error.message).join(', ')}`, causes);

const handled = (version: string, kind: string, fault: string): string =>
  `${kind} in version "${version}" cannot be handled as a ${kind}: ${fault}`;

/** A reading that found no fault, as nearly all, serves the next object too. */
let unused: Reading | undefined;

const readingOf = (type: string): Reading => {
  const reading = unused ?? newReading(type);
  unused = undefined;
  reading.root = type;
  return reading;
};

const noWarnings: readonly string[] = [];
const noErrors: readonly FieldError[] = [];

/** Reads an object of a built-in kind, or the envelope of any other. */
const readObject = (
  input: Readonly<Record<string, unknown>>,
  resource: Resource | undefined,
  duplicates: readonly FieldError[],
  validation: FieldValidation,
): Verdict<KubeObject> => {
  const reading = readingOf(resource?.type ?? envelope);
  const value = resource === undefined ? readEnvelope(input, reading) : readStruct(input, reading);
  const isClean = reading.malformed.length === 0 && reading.unknown.length === 0;
  if (isClean) unused = reading;
  if (isClean && duplicates.length === 0) return { ok: true, value: value as KubeObject, warnings: noWarnings };
  const object = (resource === undefined ? input : { ...resource, apiVersion: apiVersionOf(resource) }) as unknown as KubeObject;
  const [first] = reading.malformed;
  const strict = [...duplicates, ...reading.unknown];
  if (first !== undefined) return unreadable(object, first.message, [...reading.malformed, ...strict]);
  if (strict.length > 0 && validation === 'Strict') return strictlyUnreadable(object, strict);
  return {
    ok: true,
    value: value as KubeObject,
    warnings: validation === 'Warn' ? strict.map(({ message }) => message) : noWarnings,
  };
};

const parseVersion = (apiVersion: string): { group: string; version: string } => {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
};

const read = (input: unknown, duplicates: readonly FieldError[], validation: FieldValidation): Verdict<KubeObject> => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return badRequest("couldn't get version/kind; json parse error: an object was expected", []);
  }
  const object = input as Readonly<Record<string, unknown>>;
  const { apiVersion, kind } = object;
  if (typeof kind !== 'string' || kind === '') return typeMetaFault('kind', kind);
  if (typeof apiVersion !== 'string') return typeMetaFault('apiVersion', apiVersion);
  const resource = resourceOf(apiVersion, kind) ?? resourceOf(modelVersion(apiVersion, kind), kind);
  if (resource !== undefined) return readObject(object, resource, duplicates, validation);
  const { group, version } = parseVersion(apiVersion);
  if (version === '') return typeMetaFault('apiVersion', apiVersion);
  if (version.includes('/')) return badRequest(`unexpected GroupVersion string: ${apiVersion}`, []);
  const isUnserved = isBuiltInGroup(group) || removedVersion(apiVersion, kind) !== undefined || group === 'extensions';
  return isUnserved ? notServed(apiVersion, kind) : readObject(object, undefined, duplicates, validation);
};

/**
 * Reads a JSON value as an object of the Kubernetes API, as strict decoding does (`fieldValidation=Strict`): every unknown
 * field, wrong type, malformed quantity, time or base64 text is a cause with its path and, where one is near, a suggestion. The
 * value comes back in the form the server writes it: nulls and empty optional fields left out, quantities and times
 * canonical. What already has that form is shared, not copied. Kinds of groups that are not built in pass with only their
 * metadata read. Missing required fields are the validation's to report. With another `validation`, fields that do not exist are left out,
 * and `Warn` tells of them.
 */
export const decode = (input: unknown, validation: FieldValidation = 'Strict'): Verdict<KubeObject> =>
  read(input, noErrors, validation);

/** `decode` of a JSON text, where a key given twice shows too. */
export const decodeText = (text: string): Verdict<KubeObject> => {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    return badRequest(
      `couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : String(error)}`,
      [],
    );
  }
  const fields = duplicateFields(text);
  if (fields === undefined) return badRequest("couldn't get version/kind; json parse error: exceeded max depth", []);
  const duplicates = fields.map(
    (field): FieldError => ({ type: 'FieldValueDuplicate', field, message: `duplicate field "${field}"` }),
  );
  return read(input, duplicates, 'Strict');
};
