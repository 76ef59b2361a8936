import type { Explanation } from '../../cluster/explain.js';
import { differences, type NodeScore } from '../../scheduler/explain/score-table.js';
import { table } from '../map/table.js';
import type { Page } from '../map/text.js';
import { few } from './fact.js';

/** Nodes that stand beside each other in a table. */
const mostColumns = 4;

const pointsText = (points: number): string => (points > 0 ? `+${points}` : String(points));

const cell = ({ plugins }: NodeScore, index: number): string => {
  const score = plugins[index];
  if (score === undefined) return '';
  const { raw, normalized, weighted } = score;
  return raw === normalized ? `${weighted}` : `${weighted} (${raw} -> ${normalized})`;
};

const scoreLines = (shown: readonly NodeScore[], page: Page): readonly string[] => {
  const [first] = shown;
  if (first === undefined) return [];
  const rows = first.plugins.flatMap(({ plugin, weight }, index) =>
    // A plugin that gives nothing to any of them only fills the page.
    shown.every(({ plugins }) => plugins[index]?.weighted === 0)
      ? []
      : [[plugin, `x${weight}`, ...shown.map((node) => cell(node, index)), '']],
  );
  const total = ['total', '', ...shown.map((node) => String(node.total)), ''];
  return table(['score', 'weight', ...shown.map(({ node }) => node), ''], [...rows, total], { ...page, indent: 6 });
};

const runnerUpText = (chosen: NodeScore, others: readonly NodeScore[]): string => {
  const equals = others.filter(({ total }) => total === chosen.total).map(({ node }) => node);
  if (equals.length > 0)
    return `${few(equals)} ${equals.length === 1 ? 'has' : 'have'} as many points: the first by name is taken (kube-scheduler takes one of them at random)`;
  const [next] = others;
  if (next === undefined) return 'no other node passed the filters';
  const why = differences(chosen, next).map(({ plugin, points }) => `${plugin} ${pointsText(points)}`);
  return `${chosen.total - next.total} ${chosen.total - next.total === 1 ? 'point' : 'points'} before ${next.node}: ${why.join(', ')}`;
};

interface Chosen {
  readonly chosen: NodeScore | undefined;
  readonly others: readonly NodeScore[];
  /** What made the difference. */
  readonly why: readonly string[];
}

const chosenOf = ({ node, placement }: Explanation): Chosen => {
  const scores = placement?.scores ?? [];
  const chosen = scores.find((score) => score.node === node);
  const others = scores.filter((score) => score !== chosen);
  return { chosen, others, why: chosen === undefined ? [] : [`      ${runnerUpText(chosen, others)}`] };
};

const elsewhereLines = ({ placement }: Explanation): readonly string[] => {
  const { elsewhere } = placement ?? {};
  if (elsewhere === undefined) return [];
  return [`    it would go ${elsewhere.node === undefined ? 'nowhere' : `to ${elsewhere.node}`} if it were scheduled now`];
};

/** What made the difference for the node of a Pod. */
export const briefPlacement = (explanation: Explanation): readonly string[] => [
  ...elsewhereLines(explanation),
  ...chosenOf(explanation).why,
];

/** Why a node was chosen: the points of it and of those that came next. */
export const placementLines = (explanation: Explanation, page: Page): readonly string[] => {
  const { placement } = explanation;
  if (placement === undefined) return [];
  const { chosen, others, why } = chosenOf(explanation);
  const moment =
    placement.asOf === 'placed'
      ? 'as the cluster stood when it was placed (Pods that came later are left out)'
      : 'as the cluster stands now';
  return [
    `    ${moment}`,
    ...elsewhereLines(explanation),
    ...scoreLines([...(chosen === undefined ? [] : [chosen]), ...others].slice(0, mostColumns), page),
    ...why,
  ];
};
