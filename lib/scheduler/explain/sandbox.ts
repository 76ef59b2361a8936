import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf } from '../../api/object.js';
import type { Cache } from '../cache.js';
import type { Decision } from '../decision.js';
import { FastEngine } from '../fast/engine.js';
import type { Profile } from '../profile.js';
import { Profiles } from '../profiles.js';

/** What can be done to the cluster of a sandbox. */
export interface Attempt {
  put(object: Admitted): void;
  remove(ref: ObjectRef): void;
}

/** A scheduler that knows a cluster, and forgets what was only tried. */
export class Sandbox {
  readonly profiles: Profiles;
  readonly #engine: FastEngine;
  readonly #objects = new Map<string, Admitted>();

  constructor(objects: Iterable<Admitted>, profiles: readonly Profile[]) {
    this.profiles = new Profiles(profiles);
    this.#engine = new FastEngine(this.profiles);
    for (const object of objects) {
      this.#objects.set(refKey(refOf(object)), object);
      this.cache.upsert(object);
    }
  }

  get cache(): Cache {
    return this.#engine.cache;
  }

  decide(pod: Admitted<Pod>): Decision {
    return this.#engine.schedule(pod);
  }

  /** Binds the Pod as decided, with the volumes that were found for it. */
  bind(attempt: Attempt, pod: Admitted<Pod>, { node, volumes }: Decision): void {
    attempt.put({ ...pod, spec: { ...pod.spec, nodeName: node } } as Admitted);
    for (const { claim: name, volume: volumeName } of volumes?.bind ?? []) {
      const claim = this.cache.lists['/PersistentVolumeClaim'].get(name);
      const volume = this.cache.lists['/PersistentVolume'].get(volumeName);
      if (claim !== undefined) attempt.put(boundClaim(claim, volumeName));
      if (volume !== undefined && claim !== undefined) attempt.put(boundVolume(volume, claim));
    }
  }

  /** What comes of `body`; whatever it did is taken back. */
  attempt<T>(body: (attempt: Attempt) => T): T {
    const before = new Map<string, { readonly ref: ObjectRef; readonly object: Admitted | undefined }>();
    /** The Pods of touched nodes: the order in which a node has them decides between equal victims. */
    const order = new Map<string, readonly string[]>();
    const touch = (ref: ObjectRef, nodeName: string | undefined): void => {
      const key = refKey(ref);
      if (!before.has(key)) before.set(key, { ref, object: this.#objects.get(key) });
      const node = nodeName === undefined ? undefined : this.cache.node(nodeName);
      if (node !== undefined && !order.has(node.name)) order.set(node.name, [...node.pods.keys()]);
    };
    const put = (object: Admitted): void => {
      const ref = refOf(object);
      const key = refKey(ref);
      touch(ref, nodeOf(this.#objects.get(key)));
      touch(ref, nodeOf(object));
      this.#objects.set(key, object);
      this.cache.upsert(object);
    };
    const remove = (ref: ObjectRef): void => {
      touch(ref, nodeOf(this.#objects.get(refKey(ref))));
      this.#objects.delete(refKey(ref));
      this.cache.remove(ref);
    };
    try {
      return body({ put, remove });
    } finally {
      for (const [key, { ref, object }] of before) {
        if (object === undefined) {
          this.#objects.delete(key);
          this.cache.remove(ref);
        } else {
          this.#objects.set(key, object);
          this.cache.upsert(object);
        }
      }
      for (const [name, pods] of order) this.#reorder(name, pods);
    }
  }

  #reorder(nodeName: string, pods: readonly string[]): void {
    const now = [...(this.cache.node(nodeName)?.pods.values() ?? [])];
    if (now.every(({ key }, index) => key === pods[index])) return;
    const byKey = new Map(now.map((info) => [info.key, info.pod]));
    for (const key of pods) {
      const pod = byKey.get(key);
      if (pod === undefined) continue;
      this.cache.remove(refOf(pod));
      this.cache.upsert(pod);
    }
  }
}

const nodeOf = (object: Admitted | undefined): string | undefined =>
  object?.kind === 'Pod' ? ((object as Admitted<Pod>).spec?.nodeName ?? undefined) : undefined;

const boundClaim = (claim: Admitted<PersistentVolumeClaim>, volumeName: string): Admitted<PersistentVolumeClaim> => ({
  ...claim,
  metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' } },
  spec: { ...claim.spec, volumeName },
});

const boundVolume = (volume: Admitted<PersistentVolume>, claim: Admitted<PersistentVolumeClaim>): Admitted => {
  const { namespace, name, uid } = claim.metadata;
  const claimRef = { ...(namespace !== undefined && { namespace }), name, uid };
  return { ...volume, spec: { ...volume.spec, claimRef } } as Admitted;
};
