import type {
  ConfigMap,
  ConfigMapKeySelector,
  Container,
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  Pod,
  Quantity,
  Secret,
  SecretKeySelector,
  Service,
} from '../api/generated/types.js';
import { expand } from './expansion.js';
import type { PodAddresses } from './field-ref.js';
import { podField } from './field-ref.js';
import { resourceField } from './resource-ref.js';
import { serviceVariables } from './service-links.js';

/** An object, or the words for its absence (`configmap "settings" not found`). */
export type Lookup<T> = { readonly found: T } | { readonly missing: string };

/** What variables may come from, seen from one Pod: ConfigMaps and Secrets are those of its namespace. */
export interface EnvironmentSource extends PodAddresses {
  configMap(name: string): Lookup<ConfigMap>;
  secret(name: string): Lookup<Secret>;
  /** Services of the Pod's namespace, and `default/kubernetes`. */
  services(): readonly Service[];
  /** What the node can give: the value of a limit that is not set. */
  readonly allocatable: Readonly<Record<string, Quantity>>;
}

export interface Environment {
  readonly variables: ReadonlyMap<string, string>;
  readonly command: readonly string[];
  readonly args: readonly string[];
}

type Keyed = Readonly<Record<string, string>>;
const utf8 = new TextDecoder();
/** Admitted Secrets hold base64; what does not decode (an object taken over as it was) counts as empty. */
const decodeBase64 = (text: string): string => {
  try {
    return utf8.decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return '';
  }
};

/** What a Secret holds, as containers get it. */
export const secretData = (secret: Secret): Keyed => ({
  ...Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, decodeBase64(value)])),
  ...secret.stringData,
});

type Data = { readonly data: Keyed } | { readonly missing: string };

const configMapData = (source: EnvironmentSource, name: string): Data => {
  const lookup = source.configMap(name);
  return 'found' in lookup ? { data: lookup.found.data ?? {} } : lookup;
};

const secretDataOf = (source: EnvironmentSource, name: string): Data => {
  const lookup = source.secret(name);
  return 'found' in lookup ? { data: secretData(lookup.found) } : lookup;
};

type Value = { readonly value: string } | { readonly error: string } | 'omitted';

const keyValue = (
  data: Data,
  kind: string,
  { name = '', key, optional = false }: ConfigMapKeySelector | SecretKeySelector,
  namespace: string,
): Value => {
  if ('missing' in data) return optional ? 'omitted' : { error: data.missing };
  const value = Object.hasOwn(data.data, key) ? data.data[key] : undefined;
  if (value !== undefined) return { value };
  return optional ? 'omitted' : { error: `couldn't find key ${key} in ${kind} ${namespace}/${name}` };
};

const sourcedValue = (from: EnvVarSource, pod: Pod, container: Container, source: EnvironmentSource): Value => {
  const namespace = pod.metadata?.namespace ?? '';
  if (from.fieldRef !== undefined) return podField(pod, from.fieldRef, source);
  if (from.resourceFieldRef !== undefined) {
    const { containerName = '' } = from.resourceFieldRef;
    const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
    const other = containerName === '' ? container : all.find(({ name }) => name === containerName);
    if (other === undefined) return { error: `container ${containerName} not found` };
    return resourceField(from.resourceFieldRef, other, source.allocatable);
  }
  if (from.configMapKeyRef !== undefined) {
    return keyValue(configMapData(source, from.configMapKeyRef.name ?? ''), 'ConfigMap', from.configMapKeyRef, namespace);
  }
  if (from.secretKeyRef !== undefined) {
    return keyValue(secretDataOf(source, from.secretKeyRef.name ?? ''), 'Secret', from.secretKeyRef, namespace);
  }
  // A file that another container writes (fileKeyRef): its content cannot be known.
  return 'omitted';
};

/** What an entry of `envFrom` gives. */
const sourceData = ({ configMapRef, secretRef }: EnvFromSource, source: EnvironmentSource): Data => {
  const ref = configMapRef ?? secretRef;
  if (ref === undefined) return { data: {} };
  const name = ref.name ?? '';
  const data = configMapRef === undefined ? secretDataOf(source, name) : configMapData(source, name);
  return 'missing' in data && ref.optional === true ? { data: {} } : data;
};

/** Variables of `envFrom`, later sources over earlier ones. */
const fromSources = (container: Container, source: EnvironmentSource): Map<string, string> | { readonly error: string } => {
  const variables = new Map<string, string>();
  for (const from of container.envFrom ?? []) {
    const data = sourceData(from, source);
    if ('missing' in data) return { error: data.missing };
    for (const key of Object.keys(data.data)) variables.set(`${from.prefix ?? ''}${key}`, data.data[key] ?? '');
  }
  return variables;
};

/** Variables of a container's own: `envFrom`, then `env` in order. A reference to none of them is looked up in `others`. */
const ownVariables = (
  pod: Pod,
  container: Container,
  source: EnvironmentSource,
  others: (name: string) => string | undefined,
): Map<string, string> | { readonly error: string } => {
  const variables = fromSources(container, source);
  if ('error' in variables) return variables;
  const lookup = (name: string): string | undefined => variables.get(name) ?? others(name);
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    let result: Value = { value: '' };
    if (value !== '') result = { value: expand(value, lookup) };
    else if (valueFrom !== undefined) result = sourcedValue(valueFrom, pod, container, source);
    if (result === 'omitted') continue;
    if ('error' in result) return result;
    variables.set(name, result.value);
  }
  return variables;
};

const noVariable: Pick<EnvVar, 'value' | 'valueFrom'> = {};

/** Whether it plainly is a key of a ConfigMap that is there. */
const isInConfigMap = (
  { configMapKeyRef: ref, fieldRef, resourceFieldRef }: EnvVarSource,
  source: EnvironmentSource,
): boolean => {
  if (ref === undefined || (fieldRef ?? resourceFieldRef) !== undefined) return false;
  const lookup = source.configMap(ref.name ?? '');
  const data = 'found' in lookup ? lookup.found.data : undefined;
  return data !== undefined && Object.hasOwn(data, ref.key) && data[ref.key] !== undefined;
};

/** Why a container cannot be started (CreateContainerConfigError), undefined if it can: only what comes from elsewhere can fail. */
export const environmentFault = (pod: Pod, container: Container, source: EnvironmentSource): string | undefined => {
  const { envFrom, env } = container;
  if (envFrom !== undefined) {
    for (const from of envFrom) {
      const data = sourceData(from, source);
      if ('missing' in data) return data.missing;
    }
  }
  if (env === undefined) return undefined;
  for (let index = 0; index < env.length; index++) {
    const { value = '', valueFrom } = env[index] ?? noVariable;
    if (value !== '' || valueFrom === undefined || isInConfigMap(valueFrom, source)) continue;
    const result = sourcedValue(valueFrom, pod, container, source);
    if (result !== 'omitted' && 'error' in result) return result.error;
  }
  return undefined;
};

/**
 * Environment, command and args of a container as it starts, or why it cannot be started: its own variables, then those of the Services
 * that none of them names.
 */
export const containerEnvironment = (
  pod: Pod,
  container: Container,
  source: EnvironmentSource,
): Environment | { readonly error: string } => {
  const links = serviceVariables(source.services(), pod.metadata?.namespace ?? '', pod.spec?.enableServiceLinks ?? true);
  const variables = ownVariables(pod, container, source, (name) => links.get(name));
  if ('error' in variables) return variables;
  for (const [name, value] of links) if (!variables.has(name)) variables.set(name, value);
  const lookup = (name: string): string | undefined => variables.get(name);
  return {
    variables,
    command: (container.command ?? []).map((word) => expand(word, lookup)),
    args: (container.args ?? []).map((word) => expand(word, lookup)),
  };
};
