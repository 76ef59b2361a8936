import type { Construct } from 'constructs';
import type { EnvVarSource } from '../../api/generated/types.js';
import { listed, PlimsollError } from '../error.js';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

type SecretType =
  | 'Opaque'
  | 'kubernetes.io/tls'
  | 'kubernetes.io/dockerconfigjson'
  | 'kubernetes.io/dockercfg'
  | 'kubernetes.io/basic-auth'
  | 'kubernetes.io/ssh-auth'
  | 'kubernetes.io/service-account-token'
  | (string & {});

export interface SecretProps<T extends string, D extends string> extends ObjectProps {
  /** Plain texts by key; the API server encodes them. */
  readonly stringData?: { readonly [K in T]: string } | undefined;
  /** Base64 by key. */
  readonly data?: { readonly [K in D]: string } | undefined;
  readonly type?: SecretType | undefined;
  readonly immutable?: boolean | undefined;
}

/**
 * Credentials. Only keys that it declares can be used. (What is written here stands in the YAML as well.)
 *
 * @example
 * const credentials = new Secret(chart, 'credentials', { stringData: { password: 'change-me' } });
 * new Deployment(chart, 'api', { containers: { api: { image: 'api:1', env: { PASSWORD: credentials.key('password') } } } });
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/
 */
export class Secret<T extends string = never, D extends string = never> extends Resource {
  readonly keys: readonly (T | D)[];

  constructor(scope: Construct, id: string, props: SecretProps<T, D> = {}) {
    super(scope, id, { apiVersion: 'v1', kind: 'Secret' }, props, bodyOf(props));
    this.keys = [...Object.keys(props.stringData ?? {}), ...Object.keys(props.data ?? {})] as (T | D)[];
  }

  /** A key, as the value of a variable. */
  key(key: T | D, options: { readonly optional?: boolean } = {}): EnvVarSource {
    if (!this.keys.includes(key)) throw new PlimsollError(this, `has no key '${key}'; its keys: ${listed(this.keys)}`);
    return { secretKeyRef: { name: this.name, key, ...options } };
  }
}
