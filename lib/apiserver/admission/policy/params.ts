import type { ParamKind, ParamRef } from '../../../api/generated/types.js';
import { matcherOf } from '../../../api/label-selector.js';
import { groupOf, refKey } from '../../../api/object.js';
import { isNamespaced } from '../../../api/resources.js';
import type { Stored } from '../../kinds.js';
import type { AdmissionContext } from '../plugin.js';

/** Undefined stands for a policy that is run without a parameter. */
export type Params =
  | { readonly ok: true; readonly params: readonly (Stored | undefined)[] }
  | { readonly ok: false; readonly error: string };

const failed = (error: string): Params => ({ ok: false, error });

const isNamespacedKind = (
  kind: { readonly apiVersion: string; readonly kind: string },
  { store }: AdmissionContext,
): boolean | undefined => {
  const builtIn = isNamespaced(kind.apiVersion, kind.kind);
  if (builtIn !== undefined) return builtIn;
  const definition = store
    .list('CustomResourceDefinition')
    .find(({ spec }) => spec?.group === groupOf(kind.apiVersion) && spec.names?.kind === kind.kind);
  return definition === undefined ? undefined : definition.spec?.scope === 'Namespaced';
};

/** The parameters that a binding gives its policy, for a request in `namespace` (`generic.CollectParams`). */
export const collectParams = (
  paramKind: ParamKind | undefined,
  paramRef: ParamRef | undefined,
  namespace: string,
  context: AdmissionContext,
): Params => {
  if (paramKind === undefined || paramRef === undefined) return { ok: true, params: [undefined] };
  const { apiVersion = '', kind = '' } = paramKind;
  const namespaced = isNamespacedKind({ apiVersion, kind }, context);
  if (namespaced === undefined) return failed(`paramKind kind \`&ParamKind{APIVersion:${apiVersion},Kind:${kind},}\` not known`);
  if (!namespaced && paramRef.namespace)
    return failed('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  const place = namespaced ? paramRef.namespace || namespace : undefined;
  if (place === '') return failed('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  const params = find(paramRef, { apiVersion, kind }, place, context);
  if (params.length === 0 && paramRef.parameterNotFoundAction === 'Deny') {
    return failed('no params found for policy binding with `Deny` parameterNotFoundAction');
  }
  return { ok: true, params };
};

const find = (
  { name, selector }: ParamRef,
  kind: { readonly apiVersion: string; readonly kind: string },
  namespace: string | undefined,
  { store }: AdmissionContext,
): readonly Stored[] => {
  if (name) {
    const param = store.get(refKey({ ...kind, name, ...(namespace !== undefined && { namespace }) }));
    return param === undefined ? [] : [param];
  }
  return store.list(kind, namespace).filter(({ metadata }) => matcherOf(selector)(metadata.labels));
};
