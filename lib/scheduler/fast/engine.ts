import type { Pod } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { Cache, type CacheWatch } from '../cache.js';
import { Cycle, runPreFilter } from '../cycle.js';
import type { Decision } from '../decision.js';
import type { NodeRefusals } from '../framework.js';
import type { NodeInfo } from '../node-info.js';
import { NodeSampling } from '../node-sampling.js';
import { defaultPreemption } from '../plugins/default-preemption.js';
import { PodInfo } from '../pod-info.js';
import { defaultProfile, type Profile } from '../profile.js';
import type { Profiles } from '../profiles.js';
import { decide, runPostFilter, withoutQueue } from '../reference.js';
import { NominatedPlacement, Placement, rejection, Verdict } from './decisions.js';
import type { PodClass } from './pod-class.js';
import { Preemption } from './preemption.js';
import { isShareable } from './shareable.js';
import { socialOf } from './social.js';
import { Table } from './table.js';
import { hasPlacedVolumes, volumeRulesOf } from './volume-rules.js';
import { World } from './world.js';

/** What is known of Pods of a table that fitted nowhere. */
interface Remembered {
  /** Of the table, and of the cache. */
  readonly epoch: number;
  readonly version: number;
  readonly verdict: Verdict;
  readonly preemption: Preemption;
  readonly hasLesser: boolean;
  readonly decision: Decision;
}

/** Where a Pod stands: its class, and what all nodes are to it. */
interface Standing {
  readonly hasVolumes: boolean;
  readonly world: World;
  readonly podClass: PodClass;
  readonly table: Table;
}

const nobodyWaits = { all: 0, repelling: 0 };

/** Only preemption asks for refusals, and it has its own way to them. */
const noRefusals: NodeRefusals = { nodes: new Map(), absent: 'UnschedulableAndUnresolvable' };

/**
 * Decides as the reference does, from work that Pods share: what nodes are to a class of Pods is kept and brought up to date where nodes
 * changed. Leaves to the reference what is rare: volumes that more than the labels of nodes decide about, Pods that other Pods repel or
 * spread while yet others wait for room, and profiles that sample nodes or order filters their own way.
 */
export class FastEngine implements CacheWatch {
  readonly cache = new Cache(this);
  readonly #profiles: Profiles;
  readonly #sampling = new NodeSampling();
  readonly #isShareable = new Map<Profile, boolean>();
  readonly #worlds = new Map<Profile, World>();
  /** How many Pods on nodes there are of each priority. */
  readonly #priorities = new Map<number, number>();
  readonly #rejections = new WeakMap<Table, Remembered>();

  constructor(profiles: Profiles) {
    this.#profiles = profiles;
  }

  podAdded(pod: PodInfo, node: NodeInfo): void {
    this.#countPriority(pod.priority, 1);
    for (const world of this.#worlds.values()) world.changePod(pod, node, 1);
  }

  podRemoved(pod: PodInfo, node: NodeInfo): void {
    this.#countPriority(pod.priority, -1);
    for (const world of this.#worlds.values()) world.changePod(pod, node, -1);
  }

  podReplaced(before: Admitted<Pod>, after: Admitted<Pod>, node: NodeInfo): void {
    if (before.status?.startTime === after.status?.startTime) return;
    for (const world of this.#worlds.values()) world.touch(node.name);
  }

  nominationChanged(nodeName: string): void {
    for (const world of this.#worlds.values()) world.touch(nodeName);
  }

  nodeChanged(...[before, after]: Parameters<CacheWatch['nodeChanged']>): void {
    for (const [profile, world] of this.#worlds) if (!world.replaceNode(before, after)) this.#worlds.delete(profile);
  }

  #countPriority(priority: number, amount: 1 | -1): void {
    const count = (this.#priorities.get(priority) ?? 0) + amount;
    if (count > 0) this.#priorities.set(priority, count);
    else this.#priorities.delete(priority);
  }

  schedule(pod: Admitted<Pod>, key?: string): Decision {
    const info = new PodInfo(pod, undefined, key);
    const profile = this.#profiles.of(pod);
    return withoutQueue(info, profile) ?? this.#decide(info, profile ?? defaultProfile);
  }

  #decide(info: PodInfo, profile: Profile): Decision {
    const standing = this.#standing(info, profile);
    if (standing === undefined) return decide(info, this.cache, profile, this.#sampling);
    const { podClass, table, world, hasVolumes } = standing;
    const nominated = info.pod.status?.nominatedNodeName;
    if (nominated) {
      const node = this.cache.node(nominated);
      const cycle = table.isLocal
        ? new Cycle(info, this.cache, table.filters)
        : runPreFilter(profile.plugins, info, this.cache).cycle;
      if (node !== undefined && cycle.filterWithNominated(node) === undefined)
        return new NominatedPlacement(info, node, podClass.preFilter, world);
    }
    table.refresh(info);
    const place = table.pick();
    if (place < 0) return nominated ? this.#reject(info, standing) : this.#rejectAlike(info, standing);
    return new Placement(info, table, place, world, podClass.preFilter, hasVolumes);
  }

  /** undefined: the Pod shares nothing with others. */
  #standing(info: PodInfo, profile: Profile): Standing | undefined {
    if (this.cache.nodes.length === 0 || !this.#shares(profile)) return undefined;
    const hasVolumes = hasPlacedVolumes(info);
    const volumes = hasVolumes ? volumeRulesOf(info, profile.plugins, this.cache) : undefined;
    if (hasVolumes && volumes === undefined) return undefined;
    const { nominations } = this.cache;
    const waiting = nominations.size === 0 ? nobodyWaits : nominations.before(info);
    if (waiting.repelling > 0 || (waiting.all > 0 && volumes?.isExclusive === true)) return undefined;
    const world = this.#worldOf(profile);
    const podClass = world.classes.of(info, volumes);
    if (podClass === undefined) return undefined;
    const social = socialOf(info, podClass, this.cache, world);
    const table = podClass.tables.get(social.key) ?? world.keep(podClass, social.key, new Table(world, podClass, social));
    return waiting.all > 0 && !table.isLocal ? undefined : { hasVolumes, world, podClass, table };
  }

  #shares(profile: Profile): boolean {
    const known = this.#isShareable.get(profile);
    if (known !== undefined) return known;
    const shares = isShareable(profile);
    this.#isShareable.set(profile, shares);
    return shares;
  }

  #worldOf(profile: Profile): World {
    const known = this.#worlds.get(profile);
    if (known !== undefined && !known.isFull) return known;
    const world = new World(this.cache, profile);
    this.#worlds.set(profile, world);
    return world;
  }

  /** Pods of one table get one answer, until something changes that it depends on. */
  #rejectAlike(info: PodInfo, standing: Standing): Decision {
    const { table } = standing;
    const known = this.#rejections.get(table);
    if (known !== undefined && known.epoch === table.epoch) {
      const stands = known.version === this.cache.version || (!known.hasLesser && !this.#hasLesserPods(info));
      if (stands) return known.decision;
    }
    return this.#reject(info, standing);
  }

  #reject(info: PodInfo, { table, world, podClass }: Standing): Decision {
    const { version } = this.cache;
    const { epoch } = table;
    const known = this.#rejections.get(table);
    const preemption = known?.preemption ?? new Preemption(table, world);
    const verdict = known?.epoch === epoch ? known.verdict : new Verdict(table, world, podClass);
    const hasLesser = this.#hasLesserPods(info);
    const plugins = world.profile.plugins.map((plugin) =>
      plugin.name === defaultPreemption.name && plugin.postFilter !== undefined
        ? { name: plugin.name, postFilter: () => preemption.postFilter(info, hasLesser) }
        : plugin,
    );
    const postFilter = runPostFilter(plugins, new Cycle(info, this.cache, []), noRefusals);
    const nominatedNodeFit = info.pod.status?.nominatedNodeName ? false : undefined;
    const decision = rejection(verdict, postFilter, podClass.preFilter, nominatedNodeFit);
    if (nominatedNodeFit === undefined) this.#rejections.set(table, { epoch, version, verdict, preemption, hasLesser, decision });
    return decision;
  }

  #hasLesserPods({ priority }: PodInfo): boolean {
    for (const other of this.#priorities.keys()) if (other < priority) return true;
    return false;
  }
}
