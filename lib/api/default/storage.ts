import type { PersistentVolume, PersistentVolumeClaim, PersistentVolumeSpec, StorageClass } from '../generated/types.js';
import { at, chain, fill } from './fill.js';

export const persistentVolumeClaim = (value: PersistentVolumeClaim): PersistentVolumeClaim =>
  at(
    at(fill(value, { status: {} }), 'status', (status) => fill(status, { phase: 'Pending' })),
    'spec',
    (spec) => fill(spec, { volumeMode: 'Filesystem' }),
  );

const sources = chain<PersistentVolumeSpec>(
  (spec) => at(spec, 'hostPath', (source) => fill(source, { type: '' })),
  (spec) => at(spec, 'iscsi', (source) => fill(source, { iscsiInterface: 'default' })),
  (spec) => at(spec, 'rbd', (source) => fill(source, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' })),
  (spec) =>
    at(spec, 'azureDisk', (source) =>
      fill(source, { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false }),
    ),
  (spec) => at(spec, 'scaleIO', (source) => fill(source, { storageMode: 'ThinProvisioned', fsType: 'xfs' })),
);

export const persistentVolume = (value: PersistentVolume): PersistentVolume =>
  at(
    at(fill(value, { status: {} }), 'status', (status) => fill(status, { phase: 'Pending' })),
    'spec',
    (spec) => sources(fill(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' })),
  );

export const storageClass = (value: StorageClass): StorageClass =>
  fill(value, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' });
