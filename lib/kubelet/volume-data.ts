import type { Container, Pod, Quantity, Volume } from '../api/generated/types.js';

/** One place where a container of the Pod sees the data. */
interface DataMount {
  readonly container: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
  readonly subPath?: string | undefined;
}

/** The data behind one volume of a Pod. */
export interface VolumeData {
  readonly volume: string;
  readonly kind: 'emptyDir' | 'hostPath' | 'persistentVolumeClaim' | 'object' | 'other';
  /** Equal for two volumes exactly when they show the same data. */
  readonly data: string;
  /** Still there when the Pod is gone. */
  readonly outlivesPod: boolean;
  /** Kept in memory: what is written counts as memory of the container that writes it. */
  readonly inMemory: boolean;
  readonly sizeLimit?: Quantity | undefined;
  readonly mounts: readonly DataMount[];
}

const mountsOf = (containers: readonly Container[], volume: string): DataMount[] =>
  containers.flatMap((container) =>
    (container.volumeMounts ?? [])
      .filter(({ name }) => name === volume)
      .map(({ mountPath, readOnly = false, subPath }) => ({ container: container.name, mountPath, readOnly, subPath })),
  );

const backing = (volume: Volume, pod: Pod): Pick<VolumeData, 'kind' | 'data' | 'outlivesPod'> => {
  const { namespace = '', uid = '', name = '' } = pod.metadata ?? {};
  const own = `${uid}/${volume.name}`;
  if (volume.emptyDir !== undefined) return { kind: 'emptyDir', data: `emptyDir:${own}`, outlivesPod: false };
  if (volume.hostPath !== undefined) {
    const path = volume.hostPath.path.replaceAll(/\/+/gu, '/').replace(/(?<=.)\/$/u, '');
    return { kind: 'hostPath', data: `hostPath:${pod.spec?.nodeName ?? ''}:${path}`, outlivesPod: true };
  }
  if (volume.persistentVolumeClaim !== undefined) {
    const claim = volume.persistentVolumeClaim.claimName;
    return { kind: 'persistentVolumeClaim', data: `claim:${namespace}/${claim}`, outlivesPod: true };
  }
  if (volume.ephemeral !== undefined) {
    return { kind: 'persistentVolumeClaim', data: `claim:${namespace}/${name}-${volume.name}`, outlivesPod: false };
  }
  if ((volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI) !== undefined) {
    return { kind: 'object', data: `object:${own}`, outlivesPod: false };
  }
  if (volume.nfs !== undefined) {
    return { kind: 'other', data: `nfs:${volume.nfs.server}:${volume.nfs.path}`, outlivesPod: true };
  }
  return { kind: 'other', data: `other:${own}`, outlivesPod: true };
};

/**
 * The volumes of a Pod by the data they show: containers that mount one volume share its data, and so do the Pods of one node that
 * mount one hostPath, and all that mount one claim. https://kubernetes.io/docs/concepts/storage/volumes/
 */
export const volumeData = (pod: Pod): readonly VolumeData[] => {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  return (pod.spec?.volumes ?? []).map((volume) => ({
    volume: volume.name,
    ...backing(volume, pod),
    inMemory: volume.emptyDir?.medium === 'Memory',
    sizeLimit: volume.emptyDir?.sizeLimit,
    mounts: mountsOf(containers, volume.name),
  }));
};
