import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

type ObjectFields = 'apiVersion' | 'kind' | 'metadata';

export interface StorageClassProps
  extends Omit<ObjectProps, 'namespace'>,
    Omit<k8s.StorageClass, ObjectFields | 'reclaimPolicy' | 'volumeBindingMode'> {
  readonly reclaimPolicy?: 'Delete' | 'Retain' | undefined;
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer' | undefined;
  /** The class of claims that name none. */
  readonly default?: boolean | undefined;
}

/**
 * How volumes are made for claims.
 *
 * @example
 * new StorageClass(chart, 'fast', { provisioner: 'ebs.csi.aws.com', parameters: { type: 'gp3' }, volumeBindingMode: 'WaitForFirstConsumer' });
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/
 */
export class StorageClass extends Resource {
  constructor(scope: Construct, id: string, props: StorageClassProps) {
    const { default: isDefault, ...body } = bodyOf(props);
    const mark = isDefault === undefined ? {} : { 'storageclass.kubernetes.io/is-default-class': String(isDefault) };
    const annotations = { ...props.annotations, ...mark };
    super(
      scope,
      id,
      { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', namespaced: false },
      { ...props, annotations },
      body,
    );
  }
}
