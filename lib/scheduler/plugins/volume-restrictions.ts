import type { RBDVolumeSource, Volume } from '../../api/generated/types.js';
import { type Filter, type Plugin, unresolvable, unschedulable } from '../framework.js';
import type { PodInfo } from '../pod-info.js';

const name = 'VolumeRestrictions';
const diskConflict = unschedulable(name, 'node(s) had no available disk');
const claimInUse = unschedulable(
  name,
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
);

const isSameImage = (a: RBDVolumeSource, b: RBDVolumeSource): boolean =>
  a.monitors.some((monitor) => b.monitors.includes(monitor)) && (a.pool ?? 'rbd') === (b.pool ?? 'rbd') && a.image === b.image;

/** Whether two Pods on one node cannot mount these: the same disk, and not both read-only (EBS not even then). */
export const conflict = (a: Volume, b: Volume): boolean => {
  const readOnly = (
    one: { readonly readOnly?: boolean | undefined },
    other: { readonly readOnly?: boolean | undefined },
  ): boolean => one.readOnly === true && other.readOnly === true;
  if (a.gcePersistentDisk && b.gcePersistentDisk) {
    return a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName && !readOnly(a.gcePersistentDisk, b.gcePersistentDisk);
  }
  if (a.awsElasticBlockStore && b.awsElasticBlockStore)
    return a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID;
  if (a.iscsi && b.iscsi) return a.iscsi.iqn === b.iscsi.iqn && !readOnly(a.iscsi, b.iscsi);
  return a.rbd !== undefined && b.rbd !== undefined && isSameImage(a.rbd, b.rbd) && !readOnly(a.rbd, b.rbd);
};

export const isRestricted = (volume: Volume): boolean =>
  (volume.gcePersistentDisk ?? volume.awsElasticBlockStore ?? volume.iscsi ?? volume.rbd) !== undefined;

const makeFilter = (disks: readonly Volume[], namespace: string, exclusive: ReadonlySet<string>, inUse: number): Filter => {
  let users = inUse;
  const count = (pod: PodInfo, sign: 1 | -1): void => {
    if (pod.namespace !== namespace) return;
    for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
      if (persistentVolumeClaim !== undefined && exclusive.has(persistentVolumeClaim.claimName)) users += sign;
    }
  };
  return {
    filter: ({ pods }) => {
      if (disks.length > 0) {
        for (const { spec } of pods.values()) {
          for (const held of spec.volumes ?? []) if (disks.some((disk) => conflict(disk, held))) return diskConflict;
        }
      }
      return users > 0 ? claimInUse : undefined;
    },
    addPod: (added) => count(added, 1),
    removePod: (removed) => count(removed, -1),
    clone: () => makeFilter(disks, namespace, exclusive, users),
  };
};

/** In-line disks that two Pods of a node cannot share, and ReadWriteOncePod claims, which two Pods of a cluster cannot. */
export const volumeRestrictions: Plugin = {
  name,
  preFilter(pod, cache) {
    const volumes = pod.spec.volumes ?? [];
    const exclusive = new Set<string>();
    for (const { persistentVolumeClaim } of volumes) {
      if (persistentVolumeClaim === undefined) continue;
      const claim = cache.lists['/PersistentVolumeClaim'].get(`${pod.namespace}/${persistentVolumeClaim.claimName}`);
      if (claim === undefined) return unresolvable(name, `persistentvolumeclaim "${persistentVolumeClaim.claimName}" not found`);
      if (claim.spec?.accessModes?.includes('ReadWriteOncePod')) exclusive.add(claim.metadata.name);
    }
    const inUse = [...exclusive].filter((claim) => cache.isClaimUsed(`${pod.namespace}/${claim}`)).length;
    const disks = volumes.filter(isRestricted);
    return disks.length === 0 && inUse === 0 ? undefined : makeFilter(disks, pod.namespace, exclusive, inUse);
  },
};
