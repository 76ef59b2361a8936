import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { type DeepPartial, merge } from '../merge.js';
import { type Named, nameOf } from '../named.js';
import type { AccessMode } from '../pod/volume.js';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

type Reshaped = 'capacity' | 'accessModes' | 'storageClassName' | 'persistentVolumeReclaimPolicy' | 'volumeMode';

export interface PersistentVolumeProps extends Omit<ObjectProps, 'namespace'>, Omit<k8s.PersistentVolumeSpec, Reshaped> {
  readonly size: string;
  /** Kubernetes requires it. Default: ReadWriteOnce. */
  readonly accessModes?: readonly AccessMode[] | undefined;
  readonly storageClass?: Named | undefined;
  readonly persistentVolumeReclaimPolicy?: 'Retain' | 'Delete' | 'Recycle' | undefined;
  readonly volumeMode?: 'Filesystem' | 'Block' | undefined;
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.PersistentVolumeSpec> | undefined;
}

/**
 * Storage that exists already, for claims to bind to. Its source is a plain field: `nfs`, `hostPath`, `local`, `csi`, ...
 *
 * @example
 * new PersistentVolume(chart, 'archive', { size: '100Gi', accessModes: ['ReadWriteMany'], ...nfs('nfs.example.com', '/archive') });
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/
 */
export class PersistentVolume extends Resource {
  constructor(scope: Construct, id: string, props: PersistentVolumeProps) {
    const { plain, size, accessModes = ['ReadWriteOnce'], storageClass, ...fields } = bodyOf(props);
    const spec: k8s.PersistentVolumeSpec = {
      ...fields,
      capacity: { storage: size },
      accessModes,
      ...(storageClass === undefined ? {} : { storageClassName: nameOf(storageClass) }),
    };
    super(scope, id, { apiVersion: 'v1', kind: 'PersistentVolume', namespaced: false }, props, { spec: merge(spec, plain) });
  }
}
