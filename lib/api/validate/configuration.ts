import type { ConfigMap, Namespace, PriorityClass, Secret } from '../generated/types.js';
import { configMapKey, qualifiedName } from '../names.js';
import type { Faults } from './faults.js';
import { metadataPath } from './metadata.js';
import { Path } from './path.js';

const mostBytes = 1024 * 1024;
const data = Path.of('data');

const bytesOfBase64 = (text: string | null | undefined): number => {
  if (text === null || text === undefined) return 0;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
};

const bytesOfConfigMap = ({ data: texts = {}, binaryData = {} }: ConfigMap): number => {
  const utf8 = new TextEncoder();
  let bytes = 0;
  for (const key of Object.keys(texts)) bytes += utf8.encode(texts[key] ?? '').length;
  for (const key of Object.keys(binaryData)) bytes += bytesOfBase64(binaryData[key]);
  return bytes;
};

const mostBytesOfCharacter = 3;

export const configMap = (object: ConfigMap, faults: Faults): void => {
  const { data: texts, binaryData } = object;
  // Texts are measured only where they may be too long together.
  let most = 0;
  if (texts !== undefined) {
    const keys = Object.keys(texts);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      const keyFaults = configMapKey(key);
      if (keyFaults.length > 0) faults.invalidEach(data.key(key), key, keyFaults);
      if (binaryData !== undefined && Object.hasOwn(binaryData, key)) {
        faults.invalid(data.key(key), key, 'duplicate of key present in binaryData');
      }
      most += (texts[key] ?? '').length * mostBytesOfCharacter;
    }
  }
  if (binaryData !== undefined) {
    for (const key of Object.keys(binaryData)) {
      faults.invalidEach(Path.of('binaryData').key(key), key, configMapKey(key));
      most += bytesOfBase64(binaryData[key]);
    }
  }
  if (most > mostBytes && bytesOfConfigMap(object) > mostBytes) faults.tooLong(Path.of(''), mostBytes);
};

const decodeBase64 = (text: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(text.replace(/[\r\n]/g, '')), (character) => character.charCodeAt(0)));

/** How Go's JSON decoder words that the text is no JSON object; undefined when it is one. */
const jsonFault = (text: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
  } catch {
    const first = text.trimStart()[0];
    return first === undefined || '{["-tfn0123456789'.includes(first)
      ? 'unexpected end of JSON input'
      : `invalid character '${first}' looking for beginning of value`;
  }
};

/** Keys that the contents of a Secret of that type must have. */
const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};

export const secret = (object: Secret, faults: Faults): void => {
  const contents = object.data ?? {};
  const { type = '' } = object;
  const has = (key: string): boolean => Object.hasOwn(contents, key);
  let bytes = 0;
  for (const key of Object.keys(contents)) {
    faults.invalidEach(data.key(key), key, configMapKey(key));
    bytes += bytesOfBase64(contents[key]);
  }
  if (bytes > mostBytes) faults.tooLong(data, mostBytes);
  for (const key of (Object.hasOwn(requiredKeys, type) ? requiredKeys[type] : undefined) ?? []) {
    if (!has(key)) faults.required(data.key(key));
    else if (type.startsWith('kubernetes.io/docker')) {
      const fault = jsonFault(decodeBase64(contents[key] ?? ''));
      if (fault !== undefined) faults.invalid(data.key(key), '<secret contents redacted>', fault);
    }
  }
  if (type === 'kubernetes.io/service-account-token') {
    const account = 'kubernetes.io/service-account.name';
    if ((object.metadata?.annotations?.[account] ?? '') === '') faults.required(metadataPath.child('annotations').key(account));
  } else if (type === 'kubernetes.io/basic-auth' && !has('username') && !has('password')) {
    faults.required(data.key('username'));
    faults.required(data.key('password'));
  } else if (type === 'kubernetes.io/ssh-auth' && bytesOfBase64(contents['ssh-privatekey']) === 0) {
    faults.required(data.key('ssh-privatekey'));
  }
};

export const namespace = (object: Namespace, faults: Faults): void => {
  const at = Path.of('spec').child('finalizers');
  for (const name of object.spec?.finalizers ?? []) {
    faults.invalidEach(at, name, qualifiedName(name));
    if (!name.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(name)) {
      faults.invalid(at, name, 'name is neither a standard finalizer name nor is it fully qualified');
    }
  }
};

const highestUserPriority = 1_000_000_000;
const systemClasses: ReadonlyMap<string, number> = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
]);

/** Why a class of a reserved name is none of the system's own; undefined when it is one. */
const systemFault = ({ metadata, value, globalDefault }: PriorityClass): string | undefined => {
  const name = metadata?.name ?? '';
  const known = systemClasses.get(name);
  if (known === undefined) return `${name} is not a known system priority class`;
  if (value !== known) return `value of ${name} PriorityClass must be ${known}`;
  return globalDefault === true ? `globalDefault of ${name} PriorityClass must be false` : undefined;
};

export const priorityClass = (object: PriorityClass, faults: Faults): void => {
  const name = object.metadata?.name ?? '';
  if (name.startsWith('system-')) {
    const fault = systemFault(object);
    if (fault !== undefined) {
      const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${fault}`;
      faults.forbidden(metadataPath.child('name'), detail);
    }
  } else if ((object.value ?? 0) > highestUserPriority) {
    faults.forbidden(Path.of('value'), `maximum allowed value of a user defined priority is ${highestUserPriority}`);
  }
  const policies = ['PreemptLowerPriority', 'Never'];
  const policy = object.preemptionPolicy;
  if (policy !== undefined && !policies.includes(policy)) faults.notSupported(Path.of('preemptionPolicy'), policy, policies);
};
