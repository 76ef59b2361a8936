import type { AdmissionPlugin } from './plugin.js';

/** StorageObjectInUseProtection: claims and volumes stay while something uses them. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  kinds: [
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
    { apiVersion: 'v1', kind: 'PersistentVolume' },
  ],
  admit: (object) => {
    const finalizer = object.kind === 'PersistentVolume' ? 'kubernetes.io/pv-protection' : 'kubernetes.io/pvc-protection';
    const own = object.metadata.finalizers ?? [];
    if (own.includes(finalizer)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...own, finalizer] } };
  },
};
