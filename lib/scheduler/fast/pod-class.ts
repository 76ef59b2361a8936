import type { PreFilterOutcome } from '../decision.js';
import type { Filter, Plugin } from '../framework.js';
import { interPodAffinity } from '../plugins/inter-pod-affinity.js';
import { podTopologySpread } from '../plugins/pod-topology-spread.js';
import type { PodInfo, SpecInfo } from '../pod-info.js';
import { type SpreadConstraint, spreadConstraints } from '../topology-spread.js';
import { type Aspect, aspectOf, contentOf } from './aspect.js';
import { Judgement, type NodeScore } from './judgement.js';
import { type Neighbours, neighboursOf } from './neighbours.js';
import type { Table } from './table.js';
import type { VolumeRules } from './volume-rules.js';
import type { World } from './world.js';

/** One score plugin, in the order of the profile. */
export interface ClassColumn {
  readonly name: string;
  readonly weight: number;
  /** Absent for plugins that look at more than single nodes. */
  readonly node?: NodeScore | undefined;
  /** Per place, its score before normalization over all feasible nodes, if it is normalized. */
  readonly raw?: Int32Array | undefined;
}

const columnsOf = (plugins: readonly Plugin[], judgements: readonly Judgement[]): readonly ClassColumn[] =>
  plugins.flatMap(({ name, weight = 1, preScore }): readonly ClassColumn[] => {
    if (preScore === undefined) return [];
    if (name === podTopologySpread.name || name === interPodAffinity.name) return [{ name, weight }];
    for (const { summed, raw } of judgements) {
      const node = summed.find((score) => score.name === name);
      if (node !== undefined) return [{ name, weight, node }];
      const normalized = raw.find(({ by }) => by.name === name);
      if (normalized !== undefined) return [{ name, weight, node: normalized.by, raw: normalized.scores }];
    }
    return [];
  });

/** What Pods of one kind of spec have in common, whatever their labels are. */
export interface PodClass {
  readonly id: number;
  readonly preFilter: PreFilterOutcome;
  /** The plugins that said that only some nodes come into question. */
  readonly restrictedBy: readonly string[];
  /** What nodes are to it by themselves. */
  readonly judgements: Readonly<Record<Aspect, Judgement>> & { readonly volumes: Judgement };
  readonly columns: readonly ClassColumn[];
  /** The nodes that come into question, by index; undefined for all. */
  readonly indices: readonly number[] | undefined;
  /** Its own constraints. */
  readonly hard: readonly SpreadConstraint[];
  /** undefined: it has no constraints of its own, so that the profile's apply. */
  readonly soft: readonly SpreadConstraint[] | undefined;
  /** Whether taints decide which nodes count for its topology spread constraints. */
  readonly honorsTaints: boolean;
  /** undefined: they change with the labels of namespaces. */
  readonly neighbours: Neighbours | undefined;
  /** By social key. */
  readonly tables: Map<string, Table>;
}

const success: PreFilterOutcome = { code: 'Success' };

const indicesOf = (nodeNames: ReadonlySet<string>, world: World): readonly number[] =>
  [...nodeNames]
    .map((name) => world.indexOf(name))
    .filter((index) => index !== undefined)
    .sort((a, b) => a - b);

const volumeJudgement = (rules: VolumeRules | undefined, indices: readonly number[] | undefined, world: World): Judgement => {
  const make = (): Judgement => new Judgement(world, indices, rules?.filters ?? [], [], false);
  return indices === undefined ? world.judgement(`volumes ${rules?.key ?? ''}`, make) : make();
};

/** Undefined when PreFilter refuses Pods of this kind as a whole. */
const compileClass = (
  id: number,
  pod: PodInfo,
  contents: Readonly<Record<Aspect, string>>,
  volumes: VolumeRules | undefined,
  world: World,
): PodClass | undefined => {
  const {
    cache,
    profile: { plugins },
  } = world;
  const filters: Record<Aspect, Filter[]> = { place: [], room: [], images: [], features: [] };
  const scores: Record<Aspect, NodeScore[]> = { place: [], room: [], images: [], features: [] };
  const restrictedBy: string[] = [];
  let nodeNames: ReadonlySet<string> | undefined;
  for (const plugin of plugins) {
    const aspect = aspectOf(plugin);
    if (aspect === undefined) continue;
    const filter = plugin.preFilter?.(pod, cache);
    if (filter !== undefined) {
      if (!('filter' in filter)) return undefined;
      filters[aspect].push(filter);
      if (filter.nodeNames !== undefined) {
        restrictedBy.push(plugin.name);
        nodeNames = filter.nodeNames;
      }
    }
    const score = plugin.preScore?.(pod, [], cache);
    if (score !== undefined) scores[aspect].push({ name: plugin.name, weight: plugin.weight ?? 1, score });
  }
  const indices = nodeNames && indicesOf(nodeNames, world);
  const judgement = (aspect: Aspect): Judgement => {
    const make = (): Judgement => new Judgement(world, indices, filters[aspect], scores[aspect], aspect === 'room');
    // Where only few nodes come into question, nobody else may share them.
    return indices === undefined ? world.judgement(`${aspect} ${contents[aspect]}`, make) : make();
  };
  const judgements = {
    place: judgement('place'),
    room: judgement('room'),
    images: judgement('images'),
    features: judgement('features'),
    volumes: volumeJudgement(volumes, indices, world),
  };
  const hard = spreadConstraints(pod, 'DoNotSchedule');
  const hasOwn = (pod.spec.topologySpreadConstraints ?? []).length > 0;
  const soft = hasOwn ? spreadConstraints(pod, 'ScheduleAnyway') : undefined;
  const { defaultConstraints } = world.profile.podTopologySpread;
  const neighbours = neighboursOf(pod, cache);
  return {
    id,
    preFilter: nodeNames === undefined ? success : { code: 'Success', nodeNames: [...nodeNames].sort(), plugins: restrictedBy },
    restrictedBy,
    indices,
    judgements,
    columns: columnsOf(plugins, Object.values(judgements)),
    hard,
    soft,
    honorsTaints: hasOwn
      ? [...hard, ...(soft ?? [])].some(({ honorsTaints }) => honorsTaints)
      : defaultConstraints.some(({ nodeTaintsPolicy }) => nodeTaintsPolicy === 'Honor'),
    neighbours: neighbours.key === '' ? neighbours : undefined,
    tables: new Map(),
  };
};

/** Finds the class of a Pod: at once for Pods of one template, by content for others. */
export class PodClasses {
  readonly #world: World;
  readonly #known = new WeakMap<SpecInfo, { readonly podClass: PodClass | undefined }>();
  readonly #byContent = new Map<string, PodClass | undefined>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Undefined for Pods that share nothing with others. `volumes`: of a Pod that has any which matter. */
  of(pod: PodInfo, volumes: VolumeRules | undefined): PodClass | undefined {
    // Claims differ from Pod to Pod even of one template.
    if (volumes !== undefined) return this.#find(pod, volumes);
    const known = this.#known.get(pod.shared);
    if (known !== undefined) return known.podClass;
    const podClass = this.#find(pod, undefined);
    this.#known.set(pod.shared, { podClass });
    return podClass;
  }

  #find(pod: PodInfo, volumes: VolumeRules | undefined): PodClass | undefined {
    const place = contentOf.place(pod);
    const room = contentOf.room(pod);
    const images = contentOf.images(pod);
    const features = contentOf.features(pod);
    const { priority, preemptionPolicy, topologySpreadConstraints, affinity } = pod.spec;
    const others = [pod.namespace, priority, preemptionPolicy, topologySpreadConstraints, volumes?.key ?? ''];
    const near = pod.hasPodAffinity ? [affinity?.podAffinity, affinity?.podAntiAffinity] : undefined;
    const content = `${place}\n${room}\n${images}\n${features}\n${JSON.stringify(near)}\n${JSON.stringify(others)}`;
    if (this.#byContent.has(content)) return this.#byContent.get(content);
    const podClass = compileClass(this.#byContent.size, pod, { place, room, images, features }, volumes, this.#world);
    this.#byContent.set(content, podClass);
    return podClass;
  }
}
