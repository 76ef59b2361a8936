import type { PersistentVolumeClaimSpec, TypedObjectReference } from '../generated/types.js';
import { dns1123Label, dns1123Subdomain } from '../names.js';
import type { Faults } from './faults.js';
import { validateLabelSelector } from './labels.js';
import type { Path } from './path.js';
import { validateAmount, validatePositiveAmount } from './resources.js';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const volumeModes = ['Block', 'Filesystem'];

export const validateAccessModes = (modes: readonly string[], at: Path, faults: Faults): void => {
  for (const mode of modes) if (!accessModes.includes(mode)) faults.notSupported(at, mode, accessModes);
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode));
  if (modes.includes('ReadWriteOncePod') && others) faults.forbidden(at, 'may not use ReadWriteOncePod with other access modes');
};

export const validateVolumeMode = (mode: string | undefined, at: Path, faults: Faults): void => {
  if (mode !== undefined && !volumeModes.includes(mode)) faults.notSupported(at, mode, volumeModes);
};

const validateDataSource = (source: TypedObjectReference, at: Path, faults: Faults): void => {
  if (source.name === '') faults.required(at.child('name'));
  if (source.kind === '') faults.required(at.child('kind'));
  const group = source.apiGroup ?? '';
  if (group !== '') faults.invalidEach(at.child('apiGroup'), group, dns1123Subdomain(group));
  else if (source.kind !== 'PersistentVolumeClaim') {
    faults.invalid(at, source.kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
  }
  const { namespace = '' } = source;
  if (namespace !== '') faults.invalidEach(at.child('namespace'), namespace, dns1123Label(namespace));
};

/** The rules of a claim, a template of a StatefulSet and an ephemeral volume. */
export const validateClaimSpec = (spec: PersistentVolumeClaimSpec | undefined, at: Path, faults: Faults): void => {
  const claim = spec ?? {};
  const modes = claim.accessModes ?? [];
  if (modes.length === 0) faults.required(at.child('accessModes'), 'at least 1 access mode is required');
  validateLabelSelector(claim.selector, at.child('selector'), faults);
  validateAccessModes(modes, at.child('accessModes'), faults);
  const storage = claim.resources?.requests?.storage;
  const place = at.child('resources').key('storage');
  if (storage === undefined) faults.required(place);
  else {
    const before = faults.list.length;
    validatePositiveAmount(storage, place, faults);
    if (faults.list.length === before) validateAmount('storage', storage, place, faults);
  }
  const { storageClassName = '', volumeAttributesClassName = '', dataSource, dataSourceRef } = claim;
  if (storageClassName !== '')
    faults.invalidEach(at.child('storageClassName'), storageClassName, dns1123Subdomain(storageClassName));
  validateVolumeMode(claim.volumeMode, at.child('volumeMode'), faults);
  if (dataSource !== undefined) validateDataSource(dataSource, at.child('dataSource'), faults);
  if (dataSourceRef !== undefined) validateDataSource(dataSourceRef, at.child('dataSourceRef'), faults);
  if (dataSource !== undefined && dataSourceRef !== undefined) {
    const same =
      (dataSource.apiGroup ?? undefined) === (dataSourceRef.apiGroup ?? undefined) &&
      dataSource.kind === dataSourceRef.kind &&
      dataSource.name === dataSourceRef.name;
    if ((dataSourceRef.namespace ?? '') !== '') {
      faults.invalid(at, claim, 'may not be specified when dataSourceRef.namespace is specified');
    } else if (!same) faults.invalid(at, claim, 'must match dataSourceRef');
  }
  if (volumeAttributesClassName !== '') {
    faults.invalidEach(
      at.child('volumeAttributesClassName'),
      volumeAttributesClassName,
      dns1123Subdomain(volumeAttributesClassName),
    );
  }
};
