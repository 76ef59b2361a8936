import type { AdmissionPlugin } from './plugin.js';

const finalizers = new Map([
  ['PersistentVolumeClaim', 'kubernetes.io/pvc-protection'],
  ['PersistentVolume', 'kubernetes.io/pv-protection'],
]);

/** StorageObjectInUseProtection: claims and volumes stay while something uses them. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  admit: (object, _context, previous) => {
    const finalizer = object.apiVersion === 'v1' && previous === undefined ? finalizers.get(object.kind) : undefined;
    const own = object.metadata.finalizers ?? [];
    const value =
      finalizer === undefined || own.includes(finalizer)
        ? object
        : { ...object, metadata: { ...object.metadata, finalizers: [...own, finalizer] } };
    return { ok: true, value, warnings: [] };
  },
};
