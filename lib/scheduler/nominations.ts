import { getOrInsert } from './get-or-insert.js';
import type { PodInfo } from './pod-info.js';

const repels = ({ affinity }: PodInfo): boolean => affinity.requiredAntiAffinity.length > 0;

/** Pods that wait for Pods on a node to end (`status.nominatedNodeName`). */
export class Nominations {
  readonly #nodes = new Map<string, Map<string, PodInfo>>();
  readonly #places = new Map<string, { readonly nodeName: string; readonly pod: PodInfo }>();
  /** How many there are of each priority, and how many of them keep others off by their anti-affinity. */
  readonly #priorities = new Map<number, { all: number; repelling: number }>();

  /** How many there are. */
  size = 0;

  on(nodeName: string): Iterable<PodInfo> {
    return this.#nodes.get(nodeName)?.values() ?? [];
  }

  /** The node of the Pod's nomination; undefined if it has none. */
  nodeOf(key: string): string | undefined {
    return this.#places.get(key)?.nodeName;
  }

  /** How many, not counting the Pod's own, come before it where they wait; `repelling`: of those that keep others off. */
  before({ key, priority }: PodInfo): { readonly all: number; readonly repelling: number } {
    let all = 0;
    let repelling = 0;
    for (const [other, counts] of this.#priorities) {
      if (other < priority) continue;
      all += counts.all;
      repelling += counts.repelling;
    }
    const own = this.#places.get(key)?.pod;
    if (own === undefined || own.priority < priority) return { all, repelling };
    return { all: all - 1, repelling: repelling - (repels(own) ? 1 : 0) };
  }

  add(pod: PodInfo, nodeName: string): void {
    this.#places.set(pod.key, { nodeName, pod });
    this.size = this.#places.size;
    getOrInsert(this.#nodes, nodeName, () => new Map<string, PodInfo>()).set(pod.key, pod);
    this.#count(pod, 1);
  }

  /** The node that the Pod was nominated to. */
  remove(key: string): string | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    this.#places.delete(key);
    this.size = this.#places.size;
    const others = this.#nodes.get(place.nodeName);
    if (others?.delete(key) && others.size === 0) this.#nodes.delete(place.nodeName);
    this.#count(place.pod, -1);
    return place.nodeName;
  }

  #count(pod: PodInfo, amount: 1 | -1): void {
    const counts = getOrInsert(this.#priorities, pod.priority, () => ({ all: 0, repelling: 0 }));
    counts.all += amount;
    if (repels(pod)) counts.repelling += amount;
    if (counts.all === 0) this.#priorities.delete(pod.priority);
  }
}
