import type { PersistentVolume, PersistentVolumeClaim, Volume } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { PodInfo } from './pod-info.js';

export type Claim = Admitted<PersistentVolumeClaim>;
export type PersistentDisk = Admitted<PersistentVolume>;

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

/** The claim that a volume uses: one named, or the one made for an ephemeral volume; undefined for volumes without claim. */
export const claimNameOf = (volume: Volume, pod: PodInfo): string | undefined =>
  volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral === undefined ? undefined : `${pod.name}-${volume.name}`);

export const claimKey = (claim: Claim): string => `${claim.metadata.namespace ?? 'default'}/${claim.metadata.name}`;

export const storageClassNameOf = (object: Claim | PersistentDisk): string =>
  object.metadata.annotations?.[classAnnotation] ?? object.spec?.storageClassName ?? '';

/** Only the Pod that an ephemeral volume's claim was made for may use it. */
export const isOwnedBy = (claim: Claim, pod: PodInfo): boolean =>
  (claim.metadata.ownerReferences ?? []).some(({ controller, uid }) => controller === true && uid === pod.pod.metadata.uid);
