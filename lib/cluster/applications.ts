import { type ObjectRef, refKey } from '../api/object.js';
import type { Manifest } from '../manifest/manifest.js';
import type { ApplyResult } from './apply-result.js';

/** What was applied to a cluster, and when. */
export class Applications {
  readonly #all: { readonly time: number; readonly results: readonly ApplyResult[] }[] = [];
  /** By key, of all that was applied when somebody last asked: hardly anyone does. */
  readonly #manifests = new Map<string, Manifest>();
  #indexed = 0;

  add(time: number, results: readonly ApplyResult[]): void {
    this.#all.push({ time, results });
  }

  /** The manifests that were accepted, the last of each object. */
  get manifests(): ReadonlyMap<string, Manifest> {
    for (; this.#indexed < this.#all.length; this.#indexed++) {
      for (const { ref, manifest, refusal } of this.#all[this.#indexed]?.results ?? [])
        if (refusal === undefined) this.#manifests.set(refKey(ref), manifest);
    }
    return this.#manifests;
  }

  /** When the object was first accepted, milliseconds since 1970. */
  timeOf(ref: ObjectRef): number | undefined {
    const key = refKey(ref);
    return this.#all.find(({ results }) => results.some((result) => result.refusal === undefined && refKey(result.ref) === key))
      ?.time;
  }
}
