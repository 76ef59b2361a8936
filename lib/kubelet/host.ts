import type { Node, Pod, PodStatus, Service } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { ClusterEvent, Occurrence } from '../apiserver/event.js';
import type { Kinds } from '../apiserver/kinds.js';
import type { ContainerBehaviour } from './behaviour.js';

/** Kinds that containers and volumes refer to. */
type Referred = 'ConfigMap' | 'PersistentVolumeClaim' | 'Secret' | 'Service';

/** What the kubelet needs of the cluster around it. */
export interface KubeletHost {
  readonly clock: { readonly now: number; readonly timestamp: string; after(seconds: number, task: () => void): () => void };
  node(name: string): Admitted<Node> | undefined;
  get<K extends Referred>(kind: K, namespace: string, name: string): Admitted<Kinds[K]> | undefined;
  services(namespace: string): readonly Admitted<Service>[];
  behaviour(pod: Admitted<Pod>, container: string): ContainerBehaviour;
  allocatePodIP(pod: Admitted<Pod>): string;
  updateStatus(pod: Admitted<Pod>, status: PodStatus): void;
  /** The Pod is gone for good (grace period over). */
  remove(pod: Admitted<Pod>): void;
  event(event: Omit<ClusterEvent, 'time'>): void;
  /** Notes what happened, for those who read events. */
  note(occurrence: Occurrence): void;
}
