import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { type DeepPartial, merge } from '../merge.js';
import { type ClaimOptions, claimSpec } from '../pod/volume.js';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

export interface PersistentVolumeClaimProps extends ObjectProps, ClaimOptions {
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.PersistentVolumeClaimSpec> | undefined;
}

/**
 * A request for storage that outlives Pods.
 *
 * @example
 * const uploads = new PersistentVolumeClaim(chart, 'uploads', { size: '10Gi', accessModes: ['ReadWriteMany'], storageClass: 'nfs' });
 * new Deployment(chart, 'web', { volumes: { uploads: persistentVolumeClaim(uploads) }, containers: { web: { image: 'web:1', mounts: { uploads: '/up' } } } });
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/
 */
export class PersistentVolumeClaim extends Resource {
  constructor(scope: Construct, id: string, props: PersistentVolumeClaimProps) {
    const { plain, ...options } = bodyOf(props);
    super(scope, id, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, props, { spec: merge(claimSpec(options), plain) });
  }
}
