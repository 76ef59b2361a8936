import { Opaque } from '../value.js';
import type { Library } from './signature.js';

/** What an expression asks the cluster's authorizer. */
export interface AccessCheck {
  readonly verb: string;
  /** A ServiceAccount's name and namespace, when it is not the user who makes the request. */
  readonly serviceAccount?: { readonly name: string; readonly namespace: string };
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface Authorizer {
  allows(check: AccessCheck): boolean;
}

interface Asked {
  readonly authorizer: Authorizer;
  readonly check: AccessCheck;
}

const kind = 'kubernetes.authorization.';
const with_ = (type: string, value: Opaque, more: Partial<AccessCheck>): Opaque => {
  const { authorizer, check } = value.content as Asked;
  return new Opaque(kind + type, { authorizer, check: { ...check, ...more } });
};

/** The value of the variable `authorizer`. */
export const authorizerValue = (authorizer: Authorizer): Opaque =>
  new Opaque(`${kind}Authorizer`, { authorizer, check: { verb: '' } });

/** The value of `authorizer.requestResource`. */
export const resourceCheckValue = (authorizer: Authorizer, check: Omit<AccessCheck, 'verb'>): Opaque =>
  new Opaque(`${kind}ResourceCheck`, { authorizer, check: { ...check, verb: '' } });

const decide = (value: Opaque, verb: string): Opaque => {
  const { authorizer, check } = value.content as Asked;
  return new Opaque(`${kind}Decision`, authorizer.allows({ ...check, verb }));
};

export const authorizers: Library = {
  'path: authorizer.(string) pathCheck': (value: Opaque, path: string) => with_('PathCheck', value, { path }),
  'group: authorizer.(string) groupCheck': (value: Opaque, group: string) => with_('GroupCheck', value, { group }),
  'serviceAccount: authorizer.(string, string) authorizer': (value: Opaque, namespace: string, name: string) =>
    with_('Authorizer', value, { serviceAccount: { namespace, name } }),
  'resource: groupCheck.(string) resourceCheck': (value: Opaque, resource: string) => with_('ResourceCheck', value, { resource }),
  'subresource: resourceCheck.(string) resourceCheck': (value: Opaque, subresource: string) =>
    with_('ResourceCheck', value, { subresource }),
  'namespace: resourceCheck.(string) resourceCheck': (value: Opaque, namespace: string) =>
    with_('ResourceCheck', value, { namespace }),
  'name: resourceCheck.(string) resourceCheck': (value: Opaque, name: string) => with_('ResourceCheck', value, { name }),
  'fieldSelector: resourceCheck.(string) resourceCheck': (value: Opaque) => value,
  'labelSelector: resourceCheck.(string) resourceCheck': (value: Opaque) => value,
  'check: pathCheck.(string) decision': decide,
  'check: resourceCheck.(string) decision': decide,
  'allowed: decision.() bool': (value: Opaque) => value.content === true,
  'reason: decision.() string': () => '',
  'errored: decision.() bool': () => false,
  'error: decision.() string': () => '',
};
