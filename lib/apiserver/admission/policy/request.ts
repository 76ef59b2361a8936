import { groupOf, type KubeObject } from '../../../api/object.js';
import { resourceOf } from '../../../api/resources.js';
import type { Stored } from '../../kinds.js';
import { scaleOf } from '../../scale-of.js';
import type { AdmissionContext, User } from '../plugin.js';

type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** A request as policies see it (`admission.Attributes`). */
export interface PolicyRequest {
  readonly operation: Operation;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Empty for what lives in no namespace; a Namespace's own name for a Namespace. */
  readonly namespace: string;
  /** Undefined in a DELETE. */
  readonly object: KubeObject | undefined;
  /** Undefined in a CREATE. */
  readonly oldObject: Stored | undefined;
  readonly user: User;
  readonly dryRun: boolean;
}

/** Whoever applies manifests, unless another user is named. */
const clusterAdministrator: User = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

const pluralOf = (object: KubeObject, { store }: AdmissionContext): string => {
  const { apiVersion, kind } = object;
  const builtIn = resourceOf(apiVersion, kind)?.plural;
  if (builtIn !== undefined) return builtIn;
  const definition = store
    .list('CustomResourceDefinition')
    .find(({ spec }) => spec?.group === groupOf(apiVersion) && spec.names?.kind === kind);
  return definition?.spec?.names?.plural ?? `${kind.toLowerCase()}s`;
};

/** The request that leaves `object` in the place of `oldObject`; one of the two may be missing. */
export const requestOf = (
  object: KubeObject | undefined,
  oldObject: Stored | undefined,
  context: AdmissionContext,
): PolicyRequest | undefined => {
  const subject = object ?? oldObject;
  if (subject === undefined) return undefined;
  const { apiVersion, kind, metadata } = subject;
  const isNamespace = kind === 'Namespace' && apiVersion === 'v1';
  const isScale = context.subresource === 'scale';
  return {
    operation: object === undefined ? 'DELETE' : oldObject === undefined ? 'CREATE' : 'UPDATE',
    group: groupOf(apiVersion),
    version: apiVersion.slice(apiVersion.indexOf('/') + 1),
    kind,
    resource: pluralOf(subject, context),
    subresource: context.subresource ?? '',
    name: metadata.name ?? '',
    namespace: isNamespace ? (metadata.name ?? '') : (metadata.namespace ?? ''),
    object: isScale && object !== undefined ? scaleOf(object as Stored) : object,
    oldObject: isScale && oldObject !== undefined ? scaleOf(oldObject) : oldObject,
    user: context.user ?? clusterAdministrator,
    dryRun: context.dryRun === true,
  };
};

const kept = (entries: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== '' && value !== undefined));

const optionsKinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' } as const;

/** The variable `request`: an AdmissionRequest of `admission.k8s.io/v1`, whose empty fields are absent. */
export const requestVariable = (request: PolicyRequest): Readonly<Record<string, unknown>> => {
  const { operation, group, version, kind, resource, subresource, name, namespace, user, dryRun } = request;
  const options = { apiVersion: 'meta.k8s.io/v1', kind: optionsKinds[operation], ...(dryRun && { dryRun: ['All'] }) };
  const ofKind = subresource === 'scale' ? { group: 'autoscaling', version: 'v1', kind: 'Scale' } : { group, version, kind };
  return kept({
    kind: ofKind,
    resource: { group, version, resource },
    subResource: subresource,
    requestKind: ofKind,
    requestResource: { group, version, resource },
    requestSubResource: subresource,
    name,
    namespace,
    operation,
    userInfo: { username: user.name, groups: user.groups },
    dryRun,
    options,
  });
};
