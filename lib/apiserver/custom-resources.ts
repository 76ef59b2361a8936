import { nextResource, readResource, type ServedVersion, servedVersion } from '../api/crd/index.js';
import { type FieldValidation, strictlyUnreadable, unreadable } from '../api/decode.js';
import type { CustomResourceDefinition } from '../api/generated/types.js';
import { type Admitted, groupOf, type KubeObject } from '../api/object.js';
import { isBuiltInGroup } from '../api/resources.js';
import type { Verdict } from '../api/verdict.js';
import type { AdmissionContext } from './admission/plugin.js';
import type { Stored } from './kinds.js';
import { noMatch } from './refusals.js';
import type { GroupKind, Store } from './store.js';

type Definition = Admitted<CustomResourceDefinition>;
type Reader = Pick<AdmissionContext, 'store' | 'world' | 'assume'>;

const isTrue = ({ status }: Definition, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;

/** A definition whose names another one has is stored, but serves nothing. */
const isServing = (definition: Definition): boolean =>
  definition.status?.conditions === undefined ||
  definition.status.conditions === null ||
  isTrue(definition, 'NamesAccepted') ||
  isTrue(definition, 'Established');

const indexes = new WeakMap<Store, { current: ReadonlyMap<string, Definition> | undefined }>();

const indexOf = (store: Store): ReadonlyMap<string, Definition> => {
  let cell = indexes.get(store);
  if (cell === undefined) {
    const made: { current: ReadonlyMap<string, Definition> | undefined } = { current: undefined };
    store.watch(() => {
      made.current = undefined;
    }, ['CustomResourceDefinition']);
    indexes.set(store, made);
    cell = made;
  }
  cell.current ??= new Map(
    store
      .list('CustomResourceDefinition')
      .filter(isServing)
      .map((definition) => [`${definition.spec.group}/${definition.spec.names.kind}`, definition]),
  );
  return cell.current;
};

/** The definition that serves a kind in some version; undefined for kinds that are built in. */
const definitionOf = (store: Store, { apiVersion, kind }: GroupKind): Definition | undefined => {
  const group = groupOf(apiVersion);
  return isBuiltInGroup(group) ? undefined : indexOf(store).get(`${group}/${kind}`);
};

/** The version of a definition that serves the kind of an object. */
export const versionOf = (store: Store, object: GroupKind): ServedVersion | undefined => {
  if (store.count('CustomResourceDefinition') === 0) return undefined;
  const definition = definitionOf(store, object);
  return definition && servedVersion(definition, object.apiVersion.slice(object.apiVersion.indexOf('/') + 1));
};

const placed = (object: KubeObject, { namespaced }: ServedVersion): KubeObject => {
  const { namespace, ...metadata } = object.metadata;
  if (namespaced) return namespace === undefined ? { ...object, metadata: { ...metadata, namespace: 'default' } } : object;
  return namespace === undefined ? object : { ...object, metadata };
};

/** Takes for granted what a webhook makes of a resource that is not sent in the version that is stored. */
const assumeConversion = ({ spec, metadata }: Definition, version: string, context: Reader): void => {
  const isStored = spec.versions.some(({ name, storage }) => storage && name === version);
  if (isStored || spec.conversion?.strategy !== 'Webhook') return;
  const object = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: metadata.name };
  context.assume({ code: 'outside', text: `the conversion webhook of ${metadata.name} changes nothing but the version`, object });
};

/**
 * Reads a custom resource as its definition wants it: pruned, with defaults, in its namespace. In an open world a definition may
 * be elsewhere: then the resource is taken as it is.
 */
export const readCustom = (object: KubeObject, context: Reader, validation: FieldValidation = 'Strict'): Verdict<KubeObject> => {
  const definition = definitionOf(context.store, object);
  const text = `${object.kind} (${object.apiVersion})`;
  if (definition === undefined && context.world === 'open') {
    context.assume({ code: 'exists', text: `a CustomResourceDefinition serves ${text}` });
    return { ok: true, value: object, warnings: [] };
  }
  const version = versionOf(context.store, object);
  if (definition === undefined || version === undefined) return noMatch(object);
  assumeConversion(definition, version.version, context);
  const { value, unknown, malformed } = readResource(placed(object, version), version);
  const [first] = malformed;
  if (first !== undefined) return unreadable(object, first.message, malformed);
  if (unknown.length > 0 && validation === 'Strict') return strictlyUnreadable(object, unknown);
  const deprecation = version.deprecationWarning === undefined ? [] : [version.deprecationWarning];
  const unknownFields = validation === 'Warn' ? unknown.map(({ message }) => message) : [];
  return { ok: true, value, warnings: [...deprecation, ...unknownFields] };
};

/** A custom resource that replaces another, with what the server alone decides of it. `sent`: with the status that came with it. */
export const replaceCustom = (object: Stored, sent: KubeObject, version: ServedVersion, previous: Stored): Stored => {
  const { status: _kept, ...rest } = object;
  const next = { ...rest, ...(sent.status !== undefined && { status: sent.status }) } as KubeObject;
  return nextResource(next, version, previous) as Stored;
};
