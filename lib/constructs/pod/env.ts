import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { EnvFromSource, EnvVar, EnvVarSource } from '../../api/generated/types.js';
import { PlimsollError } from '../error.js';

/** A value as it is (`$(OTHER)` refers to a variable above it), or where it comes from. */
export type EnvValue = string | number | boolean | EnvVarSource;

/** A ConfigMap or Secret all of whose keys become variables, optionally with a prefix. */
export type EnvFrom =
  | IConstruct
  | { readonly from: IConstruct; readonly prefix?: string | undefined; readonly optional?: boolean | undefined }
  | EnvFromSource;

type PodField =
  | 'metadata.name'
  | 'metadata.namespace'
  | 'metadata.uid'
  | `metadata.labels['${string}']`
  | `metadata.annotations['${string}']`
  | 'spec.nodeName'
  | 'spec.serviceAccountName'
  | 'status.hostIP'
  | 'status.hostIPs'
  | 'status.podIP'
  | 'status.podIPs';

type ContainerResource = `${'limits' | 'requests'}.${'cpu' | 'memory' | 'ephemeral-storage' | `hugepages-${string}`}`;

/**
 * Values of variables that are known only when the Pod runs, or that live in objects outside this program.
 *
 * @example
 * env: { POD: env.field('metadata.name'), MEMORY: env.resource('limits.memory'), TOKEN: env.secret('vendor', 'token') }
 */
export const env = {
  /** A field of the Pod. */
  field: (fieldPath: PodField): EnvVarSource => ({ fieldRef: { fieldPath } }),
  /** A request or limit; of this container unless another is named. */
  resource: (
    resource: ContainerResource,
    options: { readonly container?: string; readonly divisor?: string } = {},
  ): EnvVarSource => ({
    resourceFieldRef: { resource, containerName: options.container, divisor: options.divisor },
  }),
  /** A key of a ConfigMap that this program does not make; otherwise write `settings.key('KEY')`. */
  configMap: (name: string, key: string, options: { readonly optional?: boolean } = {}): EnvVarSource => ({
    configMapKeyRef: { name, key, optional: options.optional },
  }),
  /** A key of a Secret that this program does not make; otherwise write `credentials.key('KEY')`. */
  secret: (name: string, key: string, options: { readonly optional?: boolean } = {}): EnvVarSource => ({
    secretKeyRef: { name, key, optional: options.optional },
  }),
} as const;

/** The variables of a container, in the author's order. */
export const envVars = (variables: Readonly<Record<string, EnvValue>>): readonly EnvVar[] =>
  Object.keys(variables).map((name) => {
    const value = variables[name];
    return typeof value === 'object' ? { name, valueFrom: value } : { name, value: String(value) };
  });

const envFromSource = (path: string, source: EnvFrom): EnvFromSource => {
  if ('configMapRef' in source || 'secretRef' in source) return source;
  const { from, prefix, optional }: { from: IConstruct; prefix?: string | undefined; optional?: boolean | undefined } =
    'from' in source ? source : { from: source as IConstruct };
  const { kind, name } = ApiObject.of(from);
  if (kind === 'ConfigMap') return { prefix, configMapRef: { name, optional } };
  if (kind === 'Secret') return { prefix, secretRef: { name, optional } };
  throw new PlimsollError(path, `envFrom takes ConfigMaps and Secrets, and ${from.node.path} is a ${kind}`);
};

export const envFromSources = (path: string, sources: readonly EnvFrom[]): readonly EnvFromSource[] =>
  sources.map((source) => envFromSource(path, source));
