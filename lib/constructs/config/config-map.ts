import type { Construct } from 'constructs';
import type { EnvVarSource } from '../../api/generated/types.js';
import { listed, PlimsollError } from '../error.js';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

export interface ConfigMapProps<D extends string, B extends string> extends ObjectProps {
  /** Texts by key. */
  readonly data?: { readonly [K in D]: string } | undefined;
  /** Base64 by key. */
  readonly binaryData?: { readonly [K in B]: string } | undefined;
  readonly immutable?: boolean | undefined;
}

/**
 * Settings as keys and texts. Only keys that it declares can be used.
 *
 * @example
 * const settings = new ConfigMap(chart, 'settings', { data: { LOG_LEVEL: 'info' } });
 * new Deployment(chart, 'api', { containers: { api: { image: 'api:1', env: { LOG_LEVEL: settings.key('LOG_LEVEL') } } } });
 *
 * @see https://kubernetes.io/docs/concepts/configuration/configmap/
 */
export class ConfigMap<D extends string = never, B extends string = never> extends Resource {
  /** All keys: texts and binary ones. */
  readonly keys: readonly (D | B)[];
  /** How many of the keys, the first ones, are those of texts. */
  readonly #texts: number;

  constructor(scope: Construct, id: string, props: ConfigMapProps<D, B> = {}) {
    super(scope, id, { apiVersion: 'v1', kind: 'ConfigMap' }, props, bodyOf(props));
    const texts = Object.keys(props.data ?? {});
    this.#texts = texts.length;
    this.keys = (props.binaryData === undefined ? texts : [...texts, ...Object.keys(props.binaryData)]) as (D | B)[];
  }

  /** The text of a key, as the value of a variable. */
  key(key: D, options: { readonly optional?: boolean } = {}): EnvVarSource {
    const place = this.keys.indexOf(key);
    if (place < 0 || place >= this.#texts) {
      throw new PlimsollError(this, `has no key '${key}' in data; its keys: ${listed(this.keys.slice(0, this.#texts))}`);
    }
    return { configMapKeyRef: { name: this.name, key, ...options } };
  }
}
