import { amountOf } from '../../api/amount.js';
import type { PersistentVolumeClaim } from '../../api/generated/types.js';
import { compareQuantities, type Quantity, quantityInteger, quantityOf } from '../../api/quantity.js';
import type { Stored } from '../kinds.js';
import type { Evaluator } from './evaluator.js';
import { selectsClass } from './scopes.js';
import { one } from './usage.js';

const names = ['persistentvolumeclaims', 'requests.storage'];
const ofClass = '.storageclass.storage.k8s.io/';

/** Storage is counted in whole bytes. */
const wholeBytes = (amount: Quantity): Quantity => {
  const bytes = amount.scale < 0 ? quantityInteger(amount) : undefined;
  return bytes === undefined || amount.unscaled % 10n ** BigInt(-amount.scale) === 0n ? amount : quantityOf(bytes, amount.format);
};

/** What the claim asks for, or what a growing volume was already promised when that is more (KEP-1790). */
const storageOf = ({ spec, status }: PersistentVolumeClaim): Quantity | undefined => {
  const asked = spec?.resources?.requests?.storage;
  const promised = status?.allocatedResources?.storage;
  if (asked === undefined) return undefined;
  const request = amountOf(asked);
  const allocated = promised === undefined ? request : amountOf(promised);
  return wholeBytes(compareQuantities(allocated, request) > 0 ? allocated : request);
};

/** The VolumeAttributesClasses that the claim has, had or wants. */
const attributesClassesOf = ({ spec, status }: PersistentVolumeClaim): readonly string[] =>
  [
    spec?.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].flatMap((name) => (name ? [name] : []));

export const persistentVolumeClaims: Evaluator = {
  counts: (resource) =>
    resource === 'count/persistentvolumeclaims' ||
    names.includes(resource) ||
    names.some((name) => resource.endsWith(`${ofClass}${name}`)),
  usage: (object) => {
    const claim = object as Stored & PersistentVolumeClaim;
    const used = new Map([
      ['count/persistentvolumeclaims', one],
      ['persistentvolumeclaims', one],
    ]);
    const storage = storageOf(claim);
    if (storage !== undefined) used.set('requests.storage', storage);
    const storageClass =
      claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec?.storageClassName ?? '';
    if (storageClass === '') return used;
    used.set(`${storageClass}${ofClass}persistentvolumeclaims`, one);
    if (storage !== undefined) used.set(`${storageClass}${ofClass}requests.storage`, storage);
    return used;
  },
  matches: (scope, object) =>
    scope.scopeName === 'VolumeAttributesClass' &&
    selectsClass(scope, attributesClassesOf(object as Stored & PersistentVolumeClaim)),
  judgesUpdate: () => true,
  altered: (object, previous) => object.spec !== previous.spec || object.status !== previous.status,
};
