import { getOrInsert } from './get-or-insert.js';
import { type Claim, claimKey, type PersistentDisk, storageClassNameOf } from './volumes.js';

/** PersistentVolumes by what a claim asks of them, so that none has to look at all. */
export class VolumeIndex {
  /** Volumes without claimRef, by class; volumes with one, by the claim it names. */
  readonly #free = new Map<string, Map<string, PersistentDisk>>();
  readonly #reserved = new Map<string, Map<string, PersistentDisk>>();

  change(before: PersistentDisk | undefined, after: PersistentDisk | undefined): void {
    const [from, to] = [before && this.#groupOf(before), after && this.#groupOf(after)];
    if (before !== undefined && from !== to) from?.delete(before.metadata.name);
    if (after !== undefined) to?.set(after.metadata.name, after);
  }

  /** Volumes of the claim's class that it may be bound to: reserved for it, or for nobody. */
  for(claim: Claim): readonly PersistentDisk[] {
    const className = storageClassNameOf(claim);
    const reserved = this.#reserved.get(claimKey(claim))?.values() ?? [];
    const own = [...reserved].filter((volume) => storageClassNameOf(volume) === className);
    return [...own, ...(this.#free.get(className)?.values() ?? [])];
  }

  #groupOf(volume: PersistentDisk): Map<string, PersistentDisk> {
    const reference = volume.spec?.claimRef;
    const [groups, key] =
      reference === undefined
        ? [this.#free, storageClassNameOf(volume)]
        : [this.#reserved, `${reference.namespace ?? 'default'}/${reference.name ?? ''}`];
    return getOrInsert(groups, key, () => new Map<string, PersistentDisk>());
  }
}
