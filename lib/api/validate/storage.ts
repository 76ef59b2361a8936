import { amountOf } from '../amount.js';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  SecretReference,
  StorageClass,
  TopologySelectorTerm,
} from '../generated/types.js';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../names.js';
import { quantityInteger } from '../quantity.js';
import { validateAccessModes, validateClaimSpec, validateVolumeMode } from './claim.js';
import type { Faults } from './faults.js';
import { validateLabelName } from './labels.js';
import { Path } from './path.js';
import { validatePositiveAmount } from './resources.js';
import { validateNodeSelector } from './scheduling.js';
import { isSharedSource, validateDriverName, validateSharedSource } from './volume-sources.js';

const at = Path.of('spec');

export const persistentVolumeClaim = (object: PersistentVolumeClaim, faults: Faults): void =>
  validateClaimSpec(object.spec, at, faults);

/** The order in which the server looks for the source of a volume. */
const order = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const;

const secretFields = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const;

const validateSecret = ({ name = '', namespace = '' }: SecretReference, place: Path, faults: Faults): void => {
  if (name === '') faults.required(place.child('name'));
  else faults.invalidEach(place.child('name'), name, dns1123Subdomain(name));
  if (namespace === '') faults.required(place.child('namespace'));
  else faults.invalidEach(place.child('namespace'), namespace, dns1123Label(namespace));
};

const validateSource = (object: PersistentVolume, hasAffinity: boolean, faults: Faults): void => {
  const spec = object.spec ?? {};
  const [first, ...more] = order.filter((field) => spec[field] !== undefined);
  if (first === undefined) {
    faults.required(at, 'must specify a volume type');
    return;
  }
  if (first === 'csi' && spec.csi !== undefined) {
    const place = at.child('csi');
    validateDriverName(spec.csi.driver, place.child('driver'), faults);
    if (spec.csi.volumeHandle === '') faults.required(place.child('volumeHandle'));
    for (const field of secretFields) {
      const ref = spec.csi[field];
      if (ref !== undefined) validateSecret(ref, place.child(field), faults);
    }
  } else if (isSharedSource(first)) {
    const { csi, ...shared } = spec;
    validateSharedSource(shared, first, at, faults);
  }
  if (first === 'local' && !hasAffinity) faults.required(at.child('nodeAffinity'), 'Local volume requires node affinity');
  for (const field of more)
    faults.forbidden(at.child(field === 'cephfs' ? 'cephFS' : field), 'may not specify more than 1 volume type');
};

const reclaimPolicies = ['Delete', 'Recycle', 'Retain'];

export const persistentVolume = (object: PersistentVolume, faults: Faults): void => {
  const spec = object.spec ?? {};
  const {
    accessModes = [],
    capacity = {},
    persistentVolumeReclaimPolicy: policy = '',
    nodeAffinity,
    storageClassName = '',
  } = spec;
  if (accessModes.length === 0) faults.required(at.child('accessModes'));
  validateAccessModes(accessModes, at.child('accessModes'), faults);
  const place = at.child('capacity');
  const names = Object.keys(capacity);
  if (names.length === 0) faults.required(place);
  if (!names.includes('storage') || names.length > 1) faults.notSupported(place, capacity, ['storage']);
  for (const name of names) {
    const bytes = quantityInteger(amountOf(capacity[name] ?? 0)) ?? 0n;
    if (bytes < 0n) faults.invalid(place.key(name), Number(bytes), 'must be a valid resource quantity');
    validatePositiveAmount(capacity[name] ?? 0, place.key(name), faults);
  }
  if (policy !== '' && !reclaimPolicies.includes(policy)) {
    faults.notSupported(at.child('persistentVolumeReclaimPolicy'), policy, reclaimPolicies);
  }
  if (nodeAffinity !== undefined) {
    const required = at.child('nodeAffinity').child('required');
    if (nodeAffinity.required === undefined) faults.required(required, 'must specify required node constraints');
    else validateNodeSelector(nodeAffinity.required, required, faults);
  }
  validateSource(object, nodeAffinity !== undefined, faults);
  if (/^\/+$/.test(spec.hostPath?.path ?? '') && policy === 'Recycle') {
    faults.forbidden(at.child('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'");
  }
  if (storageClassName !== '')
    faults.invalidEach(at.child('storageClassName'), storageClassName, dns1123Subdomain(storageClassName));
  validateVolumeMode(spec.volumeMode, at.child('volumeMode'), faults);
  const attributes = spec.volumeAttributesClassName;
  if (attributes === undefined) return;
  if (attributes === '') faults.required(at.child('volumeAttributesClassName'), 'an empty string is disallowed');
  else faults.invalidEach(at.child('volumeAttributesClassName'), attributes, dns1123Subdomain(attributes));
  if (spec.csi === undefined) faults.required(at.child('csi'), 'has to be specified when using volumeAttributesClassName');
};

/** A term as a text that does not depend on the order of its keys and values. */
const termKey = (term: TopologySelectorTerm): string =>
  JSON.stringify((term.matchLabelExpressions ?? []).map(({ key, values }) => [key, [...(values ?? [])].sort()]).sort());

const validateTopologies = (terms: readonly TopologySelectorTerm[], faults: Faults): void => {
  const seen = new Set<string>();
  for (const [index, term] of terms.entries()) {
    const place = Path.of('allowedTopologies').index(index).child('matchLabelExpressions');
    const keys = new Set<string>();
    for (const [number, { key, values }] of (term.matchLabelExpressions ?? []).entries()) {
      const expression = place.index(number);
      if ((values ?? []).length === 0) faults.required(expression.child('values'));
      const taken = new Set<string>();
      for (const [position, value] of (values ?? []).entries()) {
        if (taken.has(value)) faults.duplicate(expression.child('values').index(position), value);
        taken.add(value);
      }
      validateLabelName(key, expression.child('key'), faults);
      if (keys.has(key)) faults.duplicate(expression.child('key'), key);
      keys.add(key);
    }
    const text = termKey(term);
    if (seen.has(text)) faults.duplicate(place, '');
    seen.add(text);
  }
};

const mostParameters = 512;
const mostParameterBytes = 256 * 1024;

export const storageClass = (object: StorageClass, faults: Faults): void => {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = object;
  if (provisioner === '') faults.required(Path.of('provisioner'));
  else faults.invalidEach(Path.of('provisioner'), provisioner.toLowerCase(), qualifiedName(provisioner.toLowerCase()));
  if (parameters !== undefined) {
    const place = Path.of('parameters');
    const names = Object.keys(parameters);
    if (names.length > mostParameters) faults.tooLong(place, mostParameters);
    let bytes = 0;
    for (const name of names) {
      if (name === '') faults.invalid(place, name, 'field can not be empty.');
      bytes += name.length + (parameters[name] ?? '').length;
    }
    if (bytes > mostParameterBytes) faults.tooLong(place, mostParameterBytes);
  }
  const policies = ['Delete', 'Retain'];
  if (reclaimPolicy !== undefined && reclaimPolicy !== '' && !policies.includes(reclaimPolicy)) {
    faults.notSupported(Path.of('reclaimPolicy'), reclaimPolicy, policies);
  }
  const modes = ['Immediate', 'WaitForFirstConsumer'];
  if (volumeBindingMode === undefined) faults.required(Path.of('volumeBindingMode'));
  else if (!modes.includes(volumeBindingMode)) faults.notSupported(Path.of('volumeBindingMode'), volumeBindingMode, modes);
  validateTopologies(allowedTopologies, faults);
};
