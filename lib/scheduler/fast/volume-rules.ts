import type { Cache } from '../cache.js';
import { csiVolumeOf } from '../csi-migration.js';
import type { Filter, Plugin } from '../framework.js';
import { nodeVolumeLimits } from '../plugins/node-volume-limits.js';
import { isBound, provisions, selectedNodeOf, volumeBinding } from '../plugins/volume-binding.js';
import { volumeRestrictions } from '../plugins/volume-restrictions.js';
import { placesOf, volumeZone } from '../plugins/volume-zone.js';
import type { PodInfo } from '../pod-info.js';
import { type Claim, claimNameOf, storageClassNameOf } from '../volumes.js';

/** What the volumes of a Pod ask of nodes, by the labels of the nodes alone. */
export interface VolumeRules {
  /** Pods with equal keys can run on the same nodes; empty when any node will do. */
  readonly key: string;
  readonly filters: readonly Filter[];
  /** Some claim must not be used by two Pods of the cluster. */
  readonly isExclusive: boolean;
}

const volumePlugins: ReadonlySet<string> = new Set(
  [volumeRestrictions, nodeVolumeLimits, volumeBinding, volumeZone].map(({ name }) => name),
);

export const isVolumePlugin = ({ name }: Plugin): boolean => volumePlugins.has(name);

/** Whether some volume has a say in where the Pod runs. */
export const hasPlacedVolumes = ({ spec: { volumes } }: PodInfo): boolean => {
  if (volumes === undefined) return false;
  for (let index = 0; index < volumes.length; index++) {
    const volume = volumes[index];
    if (volume === undefined) continue;
    if (volume.persistentVolumeClaim?.claimName !== undefined || volume.ephemeral !== undefined) return true;
    if ((volume.iscsi ?? volume.rbd) !== undefined || csiVolumeOf(volume) !== undefined) return true;
  }
  return false;
};

const anyNode: VolumeRules = { key: '', filters: [], isExclusive: false };

/** What one claim asks of nodes, as text; empty when nothing. undefined: it depends on more than labels. */
const placeOf = (claim: Claim, { lists, volumes }: Cache): string | undefined => {
  if (isBound(claim)) {
    const volume = lists['/PersistentVolume'].get(claim.spec?.volumeName ?? '');
    if (volume === undefined) return undefined;
    const places = placesOf(volume.metadata.labels).map(({ key, values }) => [key, ...values]);
    const required = volume.spec?.nodeAffinity?.required;
    return required === undefined && places.length === 0 ? '' : JSON.stringify([required, places]);
  }
  const storageClass = lists['storage.k8s.io/StorageClass'].get(storageClassNameOf(claim));
  if (selectedNodeOf(claim) !== undefined || volumes.for(claim).length > 0 || !provisions(storageClass)) return undefined;
  if (lists['storage.k8s.io/CSIDriver'].get(storageClass.provisioner)?.spec.storageCapacity === true) return undefined;
  const { allowedTopologies = [] } = storageClass;
  return allowedTopologies.length === 0 ? '' : JSON.stringify(allowedTopologies);
};

const claimsOf = (pod: PodInfo, { lists }: Cache): readonly Claim[] | undefined => {
  const claims: Claim[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(volume, pod);
    const claim = name === undefined ? undefined : lists['/PersistentVolumeClaim'].get(`${pod.namespace}/${name}`);
    if (claim !== undefined) claims.push(claim);
    // A disk named in the Pod itself may be in use by others.
    else if (name !== undefined || csiVolumeOf(volume) !== undefined || (volume.iscsi ?? volume.rbd) !== undefined)
      return undefined;
  }
  return claims;
};

/** Whether no node can run out of room for attached volumes, however they are spread. */
const isFarFromLimits = (claims: readonly Claim[], { volumeLimits, mostVolumes }: Cache): boolean => {
  for (const limit of volumeLimits.values()) if (mostVolumes + claims.length > limit) return false;
  return true;
};

/** undefined: what the volumes ask depends on more than the labels of nodes, or the Pod has to wait for them. */
export const volumeRulesOf = (pod: PodInfo, plugins: readonly Plugin[], cache: Cache): VolumeRules | undefined => {
  const claims = claimsOf(pod, cache);
  if (claims === undefined || !isFarFromLimits(claims, cache)) return undefined;
  const isExclusive = claims.some(({ spec }) => spec?.accessModes?.includes('ReadWriteOncePod'));
  const places = claims.map((claim) => placeOf(claim, cache));
  if (places.includes(undefined)) return undefined;
  const filters: Filter[] = [];
  for (const plugin of plugins) {
    if (!isVolumePlugin(plugin)) continue;
    const filter = plugin.preFilter?.(pod, cache);
    if (filter === undefined || plugin.name === nodeVolumeLimits.name) continue;
    // The Pod waits for a claim, or another Pod has a claim of its own.
    if (!('filter' in filter) || plugin.name === volumeRestrictions.name) return undefined;
    filters.push(filter);
  }
  const key = places.join(' ').trim();
  return key === '' ? { ...anyNode, isExclusive } : { key, filters, isExclusive };
};
