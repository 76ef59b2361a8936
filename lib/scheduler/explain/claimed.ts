import type { Volume } from '../../api/generated/types.js';
import type { ObjectRef } from '../../api/object.js';
import { type Claim, claimNameOf, type PersistentDisk, storageClassNameOf } from '../volumes.js';
import type { Question } from './question.js';

/** A volume of the Pod that stands on a claim. */
export interface Claimed {
  readonly volume: Volume;
  readonly index: number;
  readonly name: string;
  readonly claim: Claim | undefined;
}

export const claimedBy = ({ pod, cache }: Question): readonly Claimed[] =>
  (pod.spec.volumes ?? []).flatMap((volume, index) => {
    const name = claimNameOf(volume, pod);
    if (name === undefined) return [];
    return [{ volume, index, name, claim: cache.lists['/PersistentVolumeClaim'].get(`${pod.namespace}/${name}`) }];
  });

export const claimRef = ({ pod }: Question, name: string): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace: pod.namespace,
  name,
});

/** The volumes of a claim's class. */
export const disksOf = ({ cache }: Question, claim: Claim): readonly PersistentDisk[] =>
  [...cache.lists['/PersistentVolume'].values()].filter((disk) => storageClassNameOf(disk) === storageClassNameOf(claim));
