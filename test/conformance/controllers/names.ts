import type { ReplicaSet } from '../../../lib/api/generated/types.js';
import type { Admitted } from '../../../lib/api/object.js';
import type { Replay } from './replay.js';

/** The names that the recording gave to what Kubernetes names at random: template hashes by first appearance, Pods without letters. */
export class Names {
  readonly #replay: Replay;
  /** Owner uid -> hash -> `r1`, `r2`, ... */
  readonly #revisions = new Map<string, Map<string, string>>();
  readonly #byText = new Map<string, string>();
  /** The last owner of each Pod, by uid, for Pods that lost theirs. */
  readonly #formerOwners = new Map<string, string>();

  constructor(replay: Replay) {
    this.#replay = replay;
    replay.plane.api.store.watch(({ type, object }) => {
      const holder = object.metadata.ownerReferences?.find(({ controller }) => controller);
      if (object.kind === 'Pod' && holder !== undefined) this.#formerOwners.set(object.metadata.uid, holder.name);
      if (type !== 'added') return;
      const owner = object.metadata.ownerReferences?.find(({ controller }) => controller);
      const hash = object.metadata.labels?.[object.kind === 'ReplicaSet' ? 'pod-template-hash' : 'controller-revision-hash'];
      if (owner === undefined || hash === undefined || (object.kind !== 'ReplicaSet' && object.kind !== 'ControllerRevision'))
        return;
      // A Deployment that is made again under its name goes on counting.
      const known = this.#revisions.get(`${owner.kind}/${owner.name}`) ?? new Map<string, string>();
      this.#revisions.set(`${owner.kind}/${owner.name}`, known);
      if (!known.has(hash)) known.set(hash, `r${known.size + 1}`);
      if (object.kind === 'ReplicaSet') this.#byText.set(object.metadata.name, `${owner.name}-${known.get(hash)}`);
    });
  }

  set(set: Admitted<ReplicaSet>): string {
    return this.#byText.get(set.metadata.name) ?? set.metadata.name;
  }

  revision(kind: string, owner: string, hash: string | undefined): string | undefined {
    const short = hash?.startsWith(`${owner}-`) ? hash.slice(owner.length + 1) : hash;
    return short === undefined ? undefined : (this.#revisions.get(`${kind}/${owner}`)?.get(short) ?? short);
  }

  owner(object: Admitted): string {
    const name = object.kind === 'ReplicaSet' ? this.set(object) : object.metadata.name;
    return `${object.kind}/${name}`;
  }

  /** A Pod's name as far as it means something. */
  pod(pod: Admitted): string {
    const [owner] = this.#replay.ownersOf(pod);
    const former = this.#formerOwners.get(pod.metadata.uid);
    if (owner === undefined && former !== undefined && !/-\d+$/.test(pod.metadata.name)) return `${this.text(former)}-orphan-*`;
    if (owner === undefined || owner.kind === 'StatefulSet') return pod.metadata.name;
    const index = pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'];
    return `${this.owner(owner).split('/')[1]}${index === undefined ? '' : `-${index}`}-*`;
  }

  /** A text with ReplicaSets, their Pods and generated suffixes named as above. */
  text(text: string): string {
    let result = text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>');
    for (const [name, short] of this.#byText) result = result.replaceAll(name, short);
    return result.replace(/\b([a-z][a-z0-9-]*-r\d+|j|agent|old)((?:-\d+)?)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1$2-*');
  }
}
