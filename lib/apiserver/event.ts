import type { ObjectRef } from '../api/object.js';

/** An event as `kubectl describe` shows it. */
export interface ClusterEvent {
  readonly type: 'Normal' | 'Warning';
  /** `Scheduled`, `FailedScheduling`, `BackOff`, ... */
  readonly reason: string;
  readonly message: string;
  readonly object: ObjectRef;
  /** `default-scheduler`, `kubelet`, `replicaset-controller`, ... */
  readonly component: string;
  /** Simulated time, milliseconds since 1970. */
  readonly time: number;
}
