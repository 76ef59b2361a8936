import { amountText } from '../amount.js';
import type {
  ConfigMapKeySelector,
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '../generated/types.js';
import { configMapKey, dns1123Subdomain, qualifiedName, relaxedEnvVarName } from '../names.js';
import { subscriptOf } from '../subscript.js';
import type { Faults } from './faults.js';
import { prefixOf } from './format.js';
import type { Path } from './path.js';

const envFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const volumeFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

/** Labels of a Pod that the downward API knows, beside subscripted labels and annotations. */
const knownFields: ReadonlySet<string> = new Set([
  ...envFields,
  ...volumeFields,
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.hostNetwork',
  'status.phase',
  'status.nominatedNodeName',
  'spec.host',
]);

const validateFieldRef = (ref: ObjectFieldSelector, allowed: readonly string[], at: Path, faults: Faults): void => {
  if (ref.apiVersion === undefined || ref.apiVersion === '') {
    faults.required(at.child('apiVersion'));
    return;
  }
  const place = at.child('fieldPath');
  if (ref.fieldPath === '') {
    faults.required(place);
    return;
  }
  if (ref.apiVersion !== 'v1') {
    faults.invalid(place, ref.fieldPath, `error converting fieldPath: unsupported pod version: ${ref.apiVersion}`);
    return;
  }
  const subscript = subscriptOf(ref.fieldPath);
  if (subscript !== undefined) {
    const { path, key } = subscript;
    if (path === 'metadata.annotations') faults.invalidEach(at, key.toLowerCase(), qualifiedName(key.toLowerCase()));
    else if (path === 'metadata.labels') faults.invalidEach(at, key, qualifiedName(key));
    else
      faults.invalid(
        place,
        ref.fieldPath,
        `error converting fieldPath: field label does not support subscript: ${ref.fieldPath}`,
      );
    return;
  }
  if (!knownFields.has(ref.fieldPath)) {
    faults.invalid(place, ref.fieldPath, `error converting fieldPath: field label not supported: ${ref.fieldPath}`);
    return;
  }
  if (!allowed.includes(ref.fieldPath)) faults.notSupported(place, ref.fieldPath, allowed);
};

const resourceFields = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const bytes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];
const isHugePagesField = (field: string): boolean => /^(requests|limits)\.hugepages-/.test(field);

const validateDivisor = (ref: ResourceFieldSelector, at: Path, faults: Faults): void => {
  const divisor = amountText(ref.divisor ?? 0);
  if (divisor === '0') return;
  const of = (allowed: readonly string[], resource: string): void => {
    if (allowed.includes(divisor)) return;
    const named = allowed.length === 2 ? '1m and 1' : allowed.join(', ');
    faults.invalid(
      at.child('divisor'),
      ref.resource,
      `only divisor's values ${named} are supported with the ${resource} resource`,
    );
  };
  const name = ref.resource.slice(ref.resource.indexOf('.') + 1);
  if (name === 'cpu') of(['1m', '1'], 'cpu');
  else if (name === 'memory') of(bytes, 'memory');
  else if (name === 'ephemeral-storage') of(bytes, 'local ephemeral storage');
  else if (isHugePagesField(ref.resource)) of(bytes, 'hugepages');
};

const validateResourceFieldRef = (ref: ResourceFieldSelector, inVolume: boolean, at: Path, faults: Faults): void => {
  if (inVolume && (ref.containerName ?? '') === '') faults.required(at.child('containerName'));
  else if (ref.resource === '') faults.required(at.child('resource'));
  else if (!resourceFields.includes(ref.resource) && !isHugePagesField(ref.resource)) {
    faults.notSupported(at.child('resource'), ref.resource, resourceFields);
  }
  validateDivisor(ref, at, faults);
};

const validateKeyRef = (ref: ConfigMapKeySelector, at: Path, faults: Faults): void => {
  const name = ref.name ?? '';
  const nameFaults = dns1123Subdomain(name);
  const keyFaults = configMapKey(ref.key);
  if (nameFaults.length > 0) faults.invalidEach(at.child('name'), name, nameFaults);
  if (ref.key === '') faults.required(at.child('key'));
  else if (keyFaults.length > 0) faults.invalidEach(at.child('key'), ref.key, keyFaults);
};

const validateSource = (env: EnvVar, from: EnvVarSource, at: Path, faults: Faults): void => {
  if (from.fieldRef !== undefined) validateFieldRef(from.fieldRef, envFields, at.child('fieldRef'), faults);
  if (from.resourceFieldRef !== undefined)
    validateResourceFieldRef(from.resourceFieldRef, false, at.child('resourceFieldRef'), faults);
  if (from.configMapKeyRef !== undefined) validateKeyRef(from.configMapKeyRef, at.child('configMapKeyRef'), faults);
  if (from.secretKeyRef !== undefined) validateKeyRef(from.secretKeyRef, at.child('secretKeyRef'), faults);
  let sources = 0;
  const values = Object.values(from);
  for (let index = 0; index < values.length; index++) if (values[index] !== undefined) sources++;
  if (sources === 0) {
    const detail = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    faults.invalid(at, '', detail);
  } else if ((env.value ?? '') !== '') faults.invalid(at, '', 'may not be specified when `value` is not empty');
  else if (sources > 1) faults.invalid(at, '', 'may not have more than one field specified at a time');
};

export const validateEnv = (variables: readonly EnvVar[], at: Path, faults: Faults): void => {
  for (let index = 0; index < variables.length; index++) {
    const env = variables[index] as EnvVar;
    const place = at.index(index);
    const texts = relaxedEnvVarName(env.name);
    if (env.name === '') faults.required(place.child('name'));
    else if (texts.length > 0) faults.invalidEach(place.child('name'), env.name, texts);
    if (env.valueFrom !== undefined) validateSource(env, env.valueFrom, place.child('valueFrom'), faults);
  }
};

const validateEnvFromName = (name: string | undefined, at: Path, faults: Faults): void => {
  if ((name ?? '') === '') faults.required(at.child('name'));
  else faults.invalidEach(at.child('name'), name, prefixOf(dns1123Subdomain)(name ?? ''));
};

export const validateEnvFrom = (sources: readonly EnvFromSource[], at: Path, faults: Faults): void => {
  for (const [index, source] of sources.entries()) {
    const place = at.index(index);
    const { prefix = '', configMapRef, secretRef } = source;
    if (prefix !== '') faults.invalidEach(place.child('prefix'), prefix, relaxedEnvVarName(prefix));
    if (configMapRef !== undefined) validateEnvFromName(configMapRef.name, place.child('configMapRef'), faults);
    if (secretRef !== undefined) validateEnvFromName(secretRef.name, place.child('secretRef'), faults);
    if (configMapRef === undefined && secretRef === undefined)
      faults.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`');
    else if (configMapRef !== undefined && secretRef !== undefined) {
      faults.invalid(at, '', 'may not have more than one field specified at a time');
    }
  }
};

/** The references of a file of a downwardAPI volume. */
export const validateVolumeFieldRef = (ref: ObjectFieldSelector, at: Path, faults: Faults): void =>
  validateFieldRef(ref, volumeFields, at, faults);

export const validateVolumeResourceFieldRef = (ref: ResourceFieldSelector, at: Path, faults: Faults): void =>
  validateResourceFieldRef(ref, true, at, faults);
