import type { Node, Pod, PodSpec } from '../../api/generated/types.js';
import { type Admitted, refOf } from '../../api/object.js';
import type { Stored } from '../../apiserver/kinds.js';
import type { Cache } from '../../scheduler/cache.js';
import type { Decision } from '../../scheduler/decision.js';
import { FastEngine } from '../../scheduler/fast/engine.js';
import { getOrInsert } from '../../scheduler/get-or-insert.js';
import { defaultProfile, type Profile } from '../../scheduler/profile.js';
import { Profiles } from '../../scheduler/profiles.js';
import { schedulerProfiles } from '../scheduler-profiles.js';
import type { Inventory } from './inventory.js';
import { Volumes } from './volumes.js';

/**
 * A cluster as its scheduler sees it, to place Pods in for trial: the scheduler is the real one, and nothing of it reaches the cluster.
 */
export class Trial {
  readonly #others: readonly Stored[];
  readonly #profiles: Profiles;
  readonly #engine: FastEngine;
  #volumes: Volumes | undefined;
  /** Replicas share their spec, and those on one node share it with the node's name, too. */
  readonly #bound = new WeakMap<PodSpec, Map<string, PodSpec>>();
  /** The Pods that were placed, on their nodes. */
  readonly placed: Admitted<Pod>[] = [];

  constructor({ cluster, others }: Inventory, nodes: readonly Admitted<Node>[], pods: readonly Admitted<Pod>[]) {
    this.#others = others;
    this.#profiles = new Profiles(schedulerProfiles(cluster.config)?.profiles ?? [defaultProfile]);
    this.#engine = new FastEngine(this.#profiles);
    for (const objects of [others, nodes, pods]) for (const object of objects) this.cache.upsert(object);
  }

  get cache(): Cache {
    return this.#engine.cache;
  }

  profileOf(pod: Admitted<Pod>): Profile {
    return this.#profiles.of(pod) ?? defaultProfile;
  }

  /** The claims of replicas are made, bound and provisioned here. */
  get volumes(): Volumes {
    this.#volumes ??= new Volumes(this.#others, (object) => this.cache.upsert(object));
    return this.#volumes;
  }

  /** Adds a node, or what the scheduler knows of one. */
  add(object: Admitted): void {
    this.cache.upsert(object);
  }

  remove(object: Admitted): void {
    this.cache.remove(refOf(object));
  }

  /** Binds a Pod to the node that the scheduler finds; evicts nobody. */
  place(pod: Admitted<Pod>): Decision {
    const decision = this.#engine.schedule(pod);
    const { outcome, node, volumes } = decision;
    if (outcome === 'scheduled' && node !== undefined) {
      const { apiVersion, kind, metadata } = pod;
      const bound = { apiVersion, kind, metadata, spec: this.#specOn(pod.spec ?? { containers: [] }, node) };
      if (volumes !== undefined) this.volumes.assign(node, volumes);
      this.cache.upsert(bound);
      this.placed.push(bound);
    }
    return decision;
  }

  #specOn(spec: PodSpec, node: string): PodSpec {
    const bound = getOrInsert(this.#bound, spec, () => new Map<string, PodSpec>());
    return getOrInsert(bound, node, () => ({ ...spec, nodeName: node }));
  }

  /** Takes the Pods away that were placed after the first `count`. */
  undo(count: number): void {
    for (const pod of this.placed.splice(count)) this.remove(pod);
  }
}
