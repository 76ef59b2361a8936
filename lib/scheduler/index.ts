import type { Pod } from '../api/generated/types.js';
import type { Admitted, ObjectRef } from '../api/object.js';
import { Cache } from './cache.js';
import type { Decision } from './decision.js';
import { FastEngine } from './fast/engine.js';
import { prioritySort } from './plugins/priority-sort.js';
import { defaultProfile } from './profile.js';
import { decide } from './reference.js';

/**
 * kube-scheduler 1.36 with its default profile, without clock and queue: told about objects, asked about one Pod at a time.
 * Ties go to the first node by name.
 */
export interface Scheduler {
  /** Tells of a new or changed object, defaulted as the API server does it. Kinds that no plugin looks at are ignored. */
  upsert(object: Admitted): void;
  remove(ref: ObjectRef): void;
  /**
   * Decides only. The caller carries it out and tells the scheduler: binds the Pod and its volumes, or evicts the victims, voids
   * nominations of lower priority to that node and nominates the Pod (`status.nominatedNodeName`).
   */
  schedule(pod: Admitted<Pod>): Decision;
}

export interface SchedulerOptions {
  /** `reference` evaluates every plugin on every node; `fast`, the default, decides the same from work that Pods share. */
  readonly engine?: 'fast' | 'reference';
}

export const createScheduler = ({ engine = 'fast' }: SchedulerOptions = {}): Scheduler => {
  if (engine === 'fast') {
    const fast = new FastEngine(defaultProfile);
    return {
      upsert: (object) => fast.cache.upsert(object),
      remove: (ref) => fast.cache.remove(ref),
      schedule: (pod) => fast.schedule(pod),
    };
  }
  const cache = new Cache();
  return {
    upsert: (object) => cache.upsert(object),
    remove: (ref) => cache.remove(ref),
    schedule: (pod) => decide(pod, cache),
  };
};

/** Order of the scheduling queue: higher priority first; equal ones keep the order in which the caller has them. */
export const compareQueue = (a: Admitted<Pod>, b: Admitted<Pod>): number =>
  prioritySort.queueSort(a.spec?.priority ?? 0, b.spec?.priority ?? 0);
