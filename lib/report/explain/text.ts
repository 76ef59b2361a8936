import { refText } from '../../api/object.js';
import type { Explanation, Loss } from '../../cluster/explain.js';
import type { Obstacle } from '../../scheduler/explain/explanation.js';
import type { Page } from '../map/text.js';
import { paint, visible, wrap } from '../paint.js';
import { factText, few, plural, podText } from './fact.js';
import { briefPlacement, placementLines } from './placement-text.js';

export interface ExplainTextOptions {
  readonly colour?: boolean;
  /** Columns of the terminal; default 110. */
  readonly width?: number;
  /** Which of several Apps this is. */
  readonly title?: string | undefined;
}

const indented = (text: string, page: Page, indent: number, hanging = indent): readonly string[] =>
  wrap(visible(text), page.width - hanging).map((line, index) => `${' '.repeat(index === 0 ? indent : hanging)}${line}`);

const obstacleLines = ({ reason, nodes, alsoOn, facts }: Obstacle, page: Page): readonly string[] => {
  const also = alsoOn.length === 0 ? '' : nodes.length === 0 ? '' : `, and behind another reason on ${few(alsoOn)}`;
  const count = nodes.length === 0 ? `behind another reason on ${few(alsoOn)}` : `${plural(nodes.length, 'node')}: ${few(nodes)}`;
  return [
    ...indented(`${reason}  (${count}${also})`, page, 6, 8),
    ...facts.flatMap((fact) => indented(factText(fact), page, 8, 10)),
  ];
};

const changeLines = ({ changes }: Explanation, page: Page): readonly string[] => {
  const whole = changes.some(({ fits, of }) => fits === of);
  if (changes.length === 0) return ['    no change was found that makes it fit'];
  return [
    whole
      ? '    would fit with any one of these, smallest first (the scheduler was asked again with each)'
      : '    no change was found that makes all of them fit; some would with any one of these',
    ...changes.flatMap(({ text, fits, of }) =>
      indented(`${page.paint.green('-')} ${text}${fits < of ? ` (only ${fits} of ${of} then)` : ''}`, page, 6, 8),
    ),
  ];
};

const lossText = ({ workload, evicted, wanted, placed, budgets }: Loss, happened: boolean): string => {
  const who = few(evicted.map(podText));
  const after =
    workload === undefined
      ? `${evicted.length === 1 ? 'a bare Pod' : 'bare Pods'}: nothing replaces ${evicted.length === 1 ? 'it' : 'them'}`
      : `${refText(workload)} ${happened ? 'has' : 'would have'} a node for ${placed} of ${plural(wanted, 'Pod')}`;
  return `${who}: ${after}${budgets.length === 0 ? '' : `; in ${budgets.map(refText).join(', ')}`}`;
};

const preemptionLines = ({ preemption }: Explanation, page: Page): readonly string[] => {
  if (preemption === undefined) return [];
  const { happened, node, pdbViolations, losses } = preemption;
  const count = losses.reduce((sum, { evicted }) => sum + evicted.length, 0);
  const budgets =
    pdbViolations === 0
      ? 'no PodDisruptionBudget violated'
      : `${plural(pdbViolations, 'eviction')} against a PodDisruptionBudget`;
  return [
    ...indented(
      `${happened ? 'made' : 'would make'} room on ${node} by evicting ${plural(count, 'Pod')} of lower priority (${budgets})`,
      page,
      4,
    ),
    ...losses.flatMap((loss) => indented(lossText(loss, happened), page, 6, 8)),
  ];
};

const headOf = ({ pods, outcome, node }: Explanation): string => {
  const count = plural(pods.length, 'Pod');
  if (node !== undefined) {
    return outcome === 'preassigned' ? `${count} on ${node}: came with this node, nobody scheduled it` : `${count} on ${node}`;
  }
  switch (outcome) {
    case 'scheduled':
      return `${count} that the scheduler has not seen yet`;
    case 'unschedulable':
      return `${count} without a node: ${pods.length === 1 ? 'it fits' : 'they fit'} on none`;
    case 'preempting':
      return `${count} waiting for evicted Pods to end`;
    case 'gated':
      return `${count} held back by scheduling gates`;
    case 'ignored':
      return `${count} left to another scheduler`;
    default:
      return `${count}: ${outcome}`;
  }
};

const isWaiting = ({ node, outcome }: Explanation): boolean =>
  node === undefined && (outcome === 'unschedulable' || outcome === 'gated' || outcome === 'ignored');

const refusalLines = ({ node, obstacles }: Explanation, page: Page): readonly string[] => [
  ...(node === undefined || obstacles.length === 0 ? [] : ['    nodes that did not come into question']),
  ...obstacles.flatMap((obstacle) => obstacleLines(obstacle, page)),
];

/** `isBrief`: of a Pod with a node, only what made the difference. */
const explanationLines = (explanation: Explanation, page: Page, isBrief: boolean): readonly string[] => {
  const { node, message, pods } = explanation;
  const head = headOf(explanation);
  return [
    ...indented(
      `${node === undefined ? page.paint.red(head) : page.paint.green(head)}${page.paint.dim(`  ${few(pods.map(podText), 3)}`)}`,
      page,
      2,
      4,
    ),
    ...(message === undefined ? [] : indented(message, page, 4)),
    ...(isBrief ? briefPlacement(explanation) : [...placementLines(explanation, page), ...refusalLines(explanation, page)]),
    ...preemptionLines(explanation, page),
    ...(isWaiting(explanation) ? changeLines(explanation, page) : []),
    ...(isBrief ? [] : ['']),
  ];
};

/** Explanations for people, workload by workload. Of several Pods with nodes the first has its points told in full. */
export const explainText = (explanations: readonly Explanation[], options: ExplainTextOptions = {}): string => {
  const page: Page = { paint: paint(options.colour ?? false), width: Math.max(60, options.width ?? 110) };
  const lines: string[] = options.title === undefined ? [] : [page.paint.bold(visible(options.title)), ''];
  let before: string | undefined;
  let placed = 0;
  for (const explanation of explanations) {
    const name = refText(explanation.workload);
    if (name !== before) {
      if (placed > 1) lines.push('');
      lines.push(page.paint.bold(visible(name)));
      placed = 0;
    }
    before = name;
    if (explanation.node !== undefined) placed++;
    lines.push(...explanationLines(explanation, page, placed > 1));
  }
  return `${lines.join('\n').trimEnd()}\n`;
};
