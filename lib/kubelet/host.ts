import type { Node, Pod, PodStatus } from '../api/generated/types.js';
import type { Admitted, ObjectRef } from '../api/object.js';
import type { ClusterEvent } from '../apiserver/event.js';
import type { ContainerBehaviour } from './behaviour.js';

/** What the kubelet needs of the cluster around it. */
export interface KubeletHost {
  readonly clock: { readonly now: number; readonly timestamp: string; after(seconds: number, task: () => void): () => void };
  node(name: string): Admitted<Node> | undefined;
  /** ConfigMaps, Secrets, claims, Services, ...: what containers and volumes refer to. */
  get(ref: ObjectRef): Admitted<Record<string, unknown>> | undefined;
  services(namespace: string): readonly Admitted<Record<string, unknown>>[];
  behaviour(pod: Admitted<Pod>, container: string): ContainerBehaviour;
  allocatePodIP(pod: Admitted<Pod>): string;
  updateStatus(pod: Admitted<Pod>, status: PodStatus): void;
  /** The Pod is gone for good (grace period over). */
  remove(pod: Admitted<Pod>): void;
  event(event: Omit<ClusterEvent, 'time' | 'component'>): void;
}
