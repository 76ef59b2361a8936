import type { Admitted } from '../api/object.js';
import type { Stored } from '../apiserver/kinds.js';
import type { ApiServer } from '../apiserver/server.js';
import type { VolumeDecision } from '../scheduler/decision.js';

/**
 * Writes what the scheduler decided about the volumes of a Pod that goes to the node: a volume learns its claim, a claim whose volume is yet
 * to be made learns where. The volume controller does the rest.
 */
export const chooseVolumes = (api: ApiServer, node: string, { bind, provision }: VolumeDecision): void => {
  const claimOf = (key: string) => {
    const slash = key.indexOf('/');
    return api.store.find('PersistentVolumeClaim', key.slice(0, slash), key.slice(slash + 1));
  };
  for (const { claim: key, volume: name } of bind) {
    const claim = claimOf(key);
    const volume = api.store.find('PersistentVolume', undefined, name);
    if (claim === undefined || volume === undefined) continue;
    const { namespace, name: claimName, uid } = claim.metadata;
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claimName, uid };
    api.update({ ...(volume as Admitted as Stored), spec: { ...volume.spec, claimRef } }, { trusted: true });
  }
  for (const key of provision) {
    const claim = claimOf(key);
    if (claim === undefined) continue;
    const annotations = { ...claim.metadata.annotations, 'volume.kubernetes.io/selected-node': node };
    api.update({ ...(claim as Admitted as Stored), metadata: { ...claim.metadata, annotations } }, { trusted: true });
  }
};
