import type { OwnerReference, Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf } from '../../api/object.js';
import type { Cache } from '../cache.js';
import type { NodeRefusal } from '../decision.js';
import type { NodeInfo } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';
import type { Profile } from '../profile.js';
import type { Blocker, Edit, Fact, Remedy } from './explanation.js';

/** A Pod, and the cluster that it is to fit into. */
export interface Question {
  readonly pod: PodInfo;
  readonly cache: Cache;
  readonly profile: Profile;
  /** By node, all that every plugin says against it: kube-scheduler stops at the first. */
  readonly refusals: ReadonlyMap<string, readonly NodeRefusal[]>;
  /** How many Pods like it wait. */
  readonly waiting: number;
}

/** The nodes that one plugin refuses for one reason. */
export interface Refused {
  readonly reason: string;
  readonly nodes: readonly NodeInfo[];
}

/** What one plugin's refusals come from, and what would lift them. */
export interface Explainer {
  facts(question: Question, refused: Refused): readonly Fact[];
  remedies(question: Question, refused: Refused): readonly Remedy[];
}

/** The nodes with the fewest other things against them first. */
export const easiest = ({ refusals }: Question, nodes: readonly NodeInfo[]): readonly NodeInfo[] => {
  const count = ({ name }: NodeInfo): number => refusals.get(name)?.length ?? 0;
  return nodes.toSorted((a, b) => count(a) - count(b));
};

/** A change that is made or not: there is nothing to find out about how far it must go. */
export const once = (cost: number, edit: Edit): Remedy => ({ steps: 1, at: () => edit, cost: () => cost });

/** How many things a list in a fact shows. */
const shown = 5;

/** The first of a list, and how many more there are. */
export const firstOf = <T>(all: readonly T[]): { readonly first: readonly T[]; readonly more: number } => ({
  first: all.slice(0, shown),
  more: Math.max(0, all.length - shown),
});

/** The owner that made the Pod. */
export const controllerOf = ({ metadata }: Admitted<Pod>): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

export const podRef = ({ pod }: PodInfo): ObjectRef => refOf(pod);

/** Pods of nodes, each with its node. */
export const podsAt = (nodes: Iterable<NodeInfo>, matches: (pod: PodInfo, node: NodeInfo) => boolean): readonly Blocker[] => {
  const found: Blocker[] = [];
  for (const node of nodes) {
    for (const pod of node.pods.values()) if (matches(pod, node)) found.push({ object: podRef(pod), at: node.name });
  }
  return found;
};

/** Counts of values, most frequent first, then by name. */
export const tally = (values: Iterable<string>): readonly (readonly [value: string, times: number])[] => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
};
