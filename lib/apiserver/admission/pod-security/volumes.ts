import type { Volume } from '../../../api/generated/types.js';
import { type CheckPod, plural, quoted, sorted } from './check.js';

const volumesText = (volumes: readonly Volume[]): string =>
  `${plural('volume', volumes.length)} ${quoted(volumes.map(({ name }) => name))}`;

export const hostPathVolumes: CheckPod = ({ spec }) => {
  const volumes = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined);
  return volumes.length === 0 ? undefined : { reason: 'hostPath volumes', detail: volumesText(volumes) };
};

type Source = Exclude<keyof Volume, 'name'>;

const allowed: readonly Source[] = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** In the order in which the server looks for them. */
const restricted: readonly Source[] = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

export const restrictedVolumes: CheckPod = ({ spec }) => {
  const volumes = (spec.volumes ?? []).filter((volume) => allowed.every((source) => volume[source] === undefined));
  if (volumes.length === 0) return undefined;
  const types = new Set(volumes.map((volume) => restricted.find((source) => volume[source] !== undefined) ?? 'unknown'));
  const verb = volumes.length === 1 ? 'uses' : 'use';
  const what = plural('restricted volume type', types.size);
  return { reason: 'restricted volume types', detail: `${volumesText(volumes)} ${verb} ${what} ${quoted(sorted(types))}` };
};
