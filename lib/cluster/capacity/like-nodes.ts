import type { Node, Taint } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { allocatableOf } from '../../scheduler/resource.js';

interface Group {
  readonly name: string;
  readonly nodes: readonly Admitted<Node>[];
}

/** Labels by which providers and autoscalers name their pools. */
const poolLabels = [
  'cloud.google.com/gke-nodepool',
  'eks.amazonaws.com/nodegroup',
  'kubernetes.azure.com/agentpool',
  'karpenter.sh/nodepool',
  'doks.digitalocean.com/node-pool',
];

/** Taints that say how a node is and not what it is. */
export const isPassing = ({ key }: Taint): boolean =>
  key.startsWith('node.kubernetes.io/') || key.startsWith('node.cloudprovider.kubernetes.io/');

/** Labels in which nodes of one pool differ: their names and places. */
const isOwn = (label: string, value: string, node: string): boolean =>
  label === 'kubernetes.io/hostname' ||
  value === node ||
  label.startsWith('topology.') ||
  label.startsWith('failure-domain.beta.kubernetes.io/');

const labelsOf = ({ metadata }: Admitted<Node>): readonly string[] =>
  Object.entries(metadata.labels ?? {})
    .filter(([label, value]) => !isOwn(label, value, metadata.name))
    .map(([label, value]) => `${label}=${value}`)
    .sort();

const poolLabelOf = ({ metadata }: Admitted<Node>): string | undefined => {
  const labels = metadata.labels ?? {};
  for (const label of poolLabels) if (Object.hasOwn(labels, label)) return labels[label];
  return undefined;
};

/** Equal machines report memory and storage that differ by some pages. */
const isAbout = (a: number, b: number): boolean => Math.abs(a - b) <= 0.02 * Math.max(a, b);

const shapeOf = ({ status }: Admitted<Node>) => allocatableOf(status?.allocatable ?? status?.capacity ?? {});

/** What the names begin with, without the number or separator after it. */
const stemOf = (nodes: readonly Admitted<Node>[]): string => {
  const [first = '', ...others] = nodes.map(({ metadata }) => metadata.name);
  if (others.length === 0) return first;
  let length = 0;
  while (length < first.length && others.every((name) => name[length] === first[length])) length++;
  return first.slice(0, length).replace(/[-._]?\d*[-._]*$/, '') || first;
};

/** Names are told apart by a label that only some have, or else by number. */
const named = (groups: readonly (readonly Admitted<Node>[])[], taken: ReadonlySet<string>): readonly Group[] => {
  const names = groups.map((nodes) => (nodes[0] && poolLabelOf(nodes[0])) ?? stemOf(nodes));
  const labels = groups.map(([node]) => (node === undefined ? [] : labelsOf(node)));
  const used = new Set(taken);
  return groups.map((nodes, index) => {
    const name = names[index] ?? '';
    const others = labels.filter((_, other) => other !== index && names[other] === name);
    const own = labels[index]?.find((label) => others.some((all) => !all.includes(label)));
    const wanted = others.length === 0 || own === undefined ? name : `${name} ${own}`;
    let unique = wanted;
    for (let number = 2; used.has(unique); number++) unique = `${wanted} (${number})`;
    used.add(unique);
    return { name: unique, nodes };
  });
};

/** Groups nodes that have the same labels, taints and shape: the pools of a cluster that does not say which it has. */
export const likeNodes = (nodes: readonly Admitted<Node>[], taken: ReadonlySet<string>): readonly Group[] => {
  const byContent = new Map<string, Admitted<Node>[][]>();
  const groups: Admitted<Node>[][] = [];
  for (const node of nodes) {
    const shape = shapeOf(node);
    const taints = (node.spec?.taints ?? []).filter((taint) => !isPassing(taint));
    const exact = [
      shape.milliCPU,
      shape.pods,
      [...shape.scalars].sort(),
      taints.map(({ key, value, effect }) => [key, value, effect]),
    ];
    const content = JSON.stringify([labelsOf(node), exact]);
    const similar = byContent.get(content) ?? [];
    byContent.set(content, similar);
    const group = similar.find(([first]) => {
      const other = first && shapeOf(first);
      return other && isAbout(other.memory, shape.memory) && isAbout(other.ephemeralStorage, shape.ephemeralStorage);
    });
    if (group !== undefined) group.push(node);
    else {
      const made = [node];
      similar.push(made);
      groups.push(made);
    }
  }
  return named(groups, taken);
};
