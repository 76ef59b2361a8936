import type { Cache } from '../cache.js';
import { type CSIVolume, csiVolumeOf, driverOf } from '../csi-migration.js';
import { type Plugin, unschedulable } from '../framework.js';
import type { PodInfo } from '../pod-info.js';
import { type Claim, claimKey, claimNameOf, storageClassNameOf } from '../volumes.js';

const name = 'NodeVolumeLimits';
const refusal = unschedulable(name, 'node(s) exceed max volume count');

/** The CSI volume of a claim; of one that is not bound yet, the volume that its class would provision. */
const volumeOfClaim = (claim: Claim, { lists }: Cache): CSIVolume | undefined => {
  const volume = lists['/PersistentVolume'].get(claim.spec?.volumeName ?? '');
  if (volume !== undefined) return volume.spec && csiVolumeOf(volume.spec);
  const provisioner = lists['storage.k8s.io/StorageClass'].get(storageClassNameOf(claim))?.provisioner;
  return provisioner === undefined ? undefined : { driver: driverOf(provisioner), handle: ` ${claimKey(claim)}` };
};

/** The Pod's CSI volumes by a key that two uses of one volume share. */
export const csiVolumesOf = (pod: PodInfo, cache: Cache): Map<string, CSIVolume> => {
  const volumes = new Map<string, CSIVolume>();
  for (const volume of pod.spec.volumes ?? []) {
    const claimName = claimNameOf(volume, pod);
    const claim =
      claimName === undefined ? undefined : cache.lists['/PersistentVolumeClaim'].get(`${pod.namespace}/${claimName}`);
    const csi = claimName === undefined ? csiVolumeOf(volume) : claim && volumeOfClaim(claim, cache);
    if (csi !== undefined) volumes.set(`${csi.driver}/${csi.handle}`, csi);
  }
  return volumes;
};

/** How many volumes of a CSI driver a node can attach. */
export const nodeVolumeLimits: Plugin = {
  name,
  preFilter(pod, cache) {
    const wanted = csiVolumesOf(pod, cache);
    if (wanted.size === 0) return undefined;
    return {
      filter: (node) => {
        const drivers = cache.lists['storage.k8s.io/CSINode'].get(node.name)?.spec.drivers ?? [];
        const limits = new Map(drivers.map((driver) => [driver.name, driver.allocatable?.count]));
        const fresh = [...wanted].filter(([, { driver }]) => limits.get(driver) !== undefined);
        if (fresh.length === 0) return undefined;
        const attached = new Map<string, CSIVolume>();
        for (const other of node.pods.values()) for (const [key, csi] of csiVolumesOf(other, cache)) attached.set(key, csi);
        const counts = new Map<string, number>();
        for (const { driver } of attached.values()) counts.set(driver, (counts.get(driver) ?? 0) + 1);
        for (const [key, { driver }] of fresh) {
          if (attached.has(key)) continue;
          const count = (counts.get(driver) ?? 0) + 1;
          if (count > (limits.get(driver) ?? 0)) return refusal;
          counts.set(driver, count);
        }
        return undefined;
      },
    };
  },
};
