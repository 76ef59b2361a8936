import { decode, notServed } from '../api/decode.js';
import { applyDefaults } from '../api/default/index.js';
import { groupOf, type KubeObject } from '../api/object.js';
import { invalid } from '../api/refusal.js';
import { removedVersion } from '../api/removed.js';
import { isBuiltInGroup, isNamespaced } from '../api/resources.js';
import { validateCreate, validateUpdate } from '../api/validate/index.js';
import type { Refusal, Verdict } from '../api/verdict.js';
import type { AdmissionContext } from './admission/plugin.js';
import type { Stored } from './kinds.js';
import type { Store } from './store.js';

const definitionOf = (store: Store, object: KubeObject) =>
  store
    .list('CustomResourceDefinition')
    .find(({ spec }) => spec?.group === groupOf(object.apiVersion) && spec.names?.kind === object.kind);

/** Puts an object of a namespaced kind that names no namespace into `default`. */
const inNamespace = (object: KubeObject, store: Store): KubeObject => {
  if (object.metadata.namespace !== undefined) return object;
  const namespaced = isNamespaced(object.apiVersion, object.kind) ?? definitionOf(store, object)?.spec.scope === 'Namespaced';
  return namespaced ? { ...object, metadata: { ...object.metadata, namespace: 'default' } } : object;
};

/** Whether a definition serves this custom resource; an open world may have it elsewhere. */
const served = (object: KubeObject, context: AdmissionContext): Refusal | undefined => {
  const definition = definitionOf(context.store, object);
  const text = `${object.kind} (${object.apiVersion})`;
  if (definition !== undefined) {
    context.assume({ code: 'unjudged', text: `the fields of custom resources are what their definitions allow: ${text}` });
    return undefined;
  }
  if (context.world === 'open') {
    context.assume({ code: 'exists', text: `a CustomResourceDefinition serves ${text}` });
    return undefined;
  }
  const message = `no matches for kind "${object.kind}" in version "${object.apiVersion}"`;
  return { ok: false, code: 404, reason: 'NotFound', message, causes: [] };
};

/** Decodes (unless the caller has done that) and defaults what a client sent: the object as admission sees it. */
export const decodeAndDefault = (sent: unknown, context: AdmissionContext, decoded = decode(sent)): Verdict<KubeObject> => {
  if (!decoded.ok) return decoded;
  const object = decoded.value.metadata === undefined ? { ...decoded.value, metadata: {} } : decoded.value;
  if (removedVersion(object.apiVersion, object.kind) !== undefined) return notServed(object.apiVersion, object.kind);
  if (!isBuiltInGroup(groupOf(object.apiVersion))) {
    const refusal = served(object, context);
    if (refusal !== undefined) return refusal;
  }
  return { ok: true, value: applyDefaults(inNamespace(object, context.store)), warnings: decoded.warnings };
};

/** Judges the fields of an object that is about to be stored. */
export const validate = (object: KubeObject, previous?: Stored): Refusal | undefined => {
  const errors = previous === undefined ? validateCreate(object) : validateUpdate(object, previous);
  return errors.length === 0 ? undefined : invalid(object, errors);
};
