import type { ConfigMap, PersistentVolumeClaim, Pod, Secret, Service } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { EnvironmentSource, Lookup } from './environment.js';
import type { KubeletHost } from './host.js';
import type { VolumeSource } from './volumes.js';

/** The objects that one Pod refers to, as its host has them and with the kubelet's words for those it has not. */
export const hostObjects = (
  host: KubeletHost,
  pod: Admitted<Pod>,
  podIP: string | undefined,
): EnvironmentSource & VolumeSource => {
  const namespace = pod.metadata.namespace ?? '';
  const node = host.node(pod.spec?.nodeName ?? '');
  const get = <T>(kind: string, name: string): T | undefined =>
    host.get({ apiVersion: 'v1', kind, namespace, name }) as T | undefined;
  const lookup = <T>(kind: string, name: string): Lookup<T> => {
    const found = get<T>(kind, name);
    return found === undefined ? { missing: `${kind.toLowerCase()} "${name}" not found` } : { found };
  };
  return {
    podIPs: podIP === undefined ? [] : [podIP],
    hostIPs: (node?.status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address),
    allocatable: node?.status?.allocatable ?? {},
    configMap: (name) => lookup<ConfigMap>('ConfigMap', name),
    secret: (name) => lookup<Secret>('Secret', name),
    claim: (name) => get<PersistentVolumeClaim>('PersistentVolumeClaim', name),
    services: () => {
      const master = host.get({ apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'kubernetes' }) as
        | Service
        | undefined;
      const own = host.services(namespace) as readonly Service[];
      return master === undefined || own.includes(master) ? own : [...own, master];
    },
  };
};
