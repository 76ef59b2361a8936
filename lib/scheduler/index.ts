import type { Pod } from '../api/generated/types.js';
import type { Admitted, ObjectRef } from '../api/object.js';
import { Cache } from './cache.js';
import type { Decision } from './decision.js';
import { FastEngine } from './fast/engine.js';
import { NodeSampling } from './node-sampling.js';
import { prioritySort } from './plugins/priority-sort.js';
import { PodInfo } from './pod-info.js';
import { defaultProfile, type Profile } from './profile.js';
import { Profiles } from './profiles.js';
import { decide, withoutQueue } from './reference.js';

/**
 * kube-scheduler 1.36, without clock and queue: told about objects, asked about one Pod at a time. Ties go to the first node by name.
 */
export interface Scheduler {
  /**
   * Tells of a new or changed object, defaulted as the API server does it. Kinds that no plugin looks at are ignored. `before`: what it
   * was when the scheduler was last told of it, and `key`: its `refKey`, where the caller knows.
   */
  upsert(object: Admitted, before?: Admitted, key?: string): void;
  remove(ref: ObjectRef): void;
  /**
   * Decides only. The caller carries it out and tells the scheduler: binds the Pod and its volumes, or evicts the victims, voids
   * nominations of lower priority to that node and nominates the Pod (`status.nominatedNodeName`). A profile that samples nodes begins
   * the next search where this one ended.
   */
  schedule(pod: Admitted<Pod>, key?: string): Decision;
}

export interface SchedulerOptions {
  /** `reference` evaluates every plugin on every node; `fast`, the default, decides the same from work that Pods share. */
  readonly engine?: 'fast' | 'reference';
  /** One for each `schedulerName`; see `profilesOf`. Default: kube-scheduler's default profile, which looks at all nodes. */
  readonly profiles?: readonly Profile[] | undefined;
}

export const createScheduler = ({ engine = 'fast', profiles = [defaultProfile] }: SchedulerOptions = {}): Scheduler => {
  const byName = new Profiles(profiles);
  if (engine === 'fast') {
    const fast = new FastEngine(byName);
    return {
      upsert: fast.cache.upsert.bind(fast.cache),
      remove: fast.cache.remove.bind(fast.cache),
      schedule: fast.schedule.bind(fast),
    };
  }
  const cache = new Cache();
  const sampling = new NodeSampling();
  return {
    upsert: cache.upsert.bind(cache),
    remove: cache.remove.bind(cache),
    schedule: (pod, key) => {
      const info = new PodInfo(pod, undefined, key);
      const profile = byName.of(pod);
      return withoutQueue(info, profile) ?? decide(info, cache, profile ?? defaultProfile, sampling);
    },
  };
};

/** Order of the scheduling queue: higher priority first; equal ones keep the order in which the caller has them. */
export const compareQueue = (a: Admitted<Pod>, b: Admitted<Pod>): number =>
  prioritySort.queueSort(a.spec?.priority ?? 0, b.spec?.priority ?? 0);
