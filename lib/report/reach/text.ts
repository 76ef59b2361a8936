import { type Paint, paint, visible, wrap } from '../paint.js';
import type { ReachAnswer, ReachHop, ReachReport } from './reach.js';

export interface ReachTextOptions {
  readonly colour?: boolean;
  /** Columns of the terminal; default 110. */
  readonly width?: number;
  /** Which of several Apps this is. */
  readonly title?: string | undefined;
}

const names: Readonly<Record<ReachHop['at'], string>> = {
  client: 'client',
  dns: 'name',
  service: 'Service',
  ingress: 'Ingress',
  egress: 'egress policy',
  endpoint: 'endpoint',
  'policy-ingress': 'ingress policy',
  container: 'container',
  ready: 'readiness',
};

const outcomes: Readonly<Record<ReachAnswer['outcome'], string>> = {
  arrives: 'arrives',
  assumed: 'arrives, as far as is known',
  partly: 'does not always arrive',
  blocked: 'does not arrive',
};

const column = 17;

const marks: Readonly<Record<ReachHop['outcome'], readonly [string, 'green' | 'yellow' | 'red']>> = {
  passed: ['ok', 'green'],
  assumed: ['assumed', 'yellow'],
  blocked: ['BLOCKED', 'red'],
};

/** `isPast`: beyond the hop that breaks; it says what else would stand in the way. */
const hopLines = ({ at, outcome, text }: ReachHop, isPast: boolean, ink: Paint, width: number): readonly string[] => {
  const [word, colour] = marks[outcome];
  return wrap(visible(text), width - 4 - column - 9).map((line, index) => {
    const [head, state] = index === 0 ? [names[at].padEnd(column), word.padEnd(9)] : [' '.repeat(column), ' '.repeat(9)];
    return isPast ? ink.dim(`    ${head}${state}${line}`) : `    ${head}${ink[colour](state)}${line}`;
  });
};

const answerLines = (
  { from, to, outcome, clients, arriving, hops, fix }: ReachAnswer,
  ink: Paint,
  width: number,
): readonly string[] => {
  const some = clients > 1 ? ` (${arriving} of ${clients} Pods that were asked arrive)` : '';
  const verdict = outcome === 'blocked' || outcome === 'partly' ? ink.red(outcomes[outcome]) : ink.green(outcomes[outcome]);
  const last = hops.findIndex((hop) => hop.outcome === 'blocked');
  const advice =
    fix === undefined
      ? []
      : wrap(`${visible(fix.text)}${fix.verified ? ' (verified)' : ''}`, width - 10).map(
          (line, index) => `    ${index === 0 ? ink.green('fix   ') : '      '}${line}`,
        );
  return [
    `  ${ink.bold(visible(`${from} -> ${to}`))}  ${verdict}${some}`,
    '',
    ...hops.flatMap((hop, index) => hopLines(hop, last >= 0 && index > last, ink, width)),
    ...(advice.length === 0 ? [] : ['', ...advice]),
    '',
  ];
};

/** The answer that people read: the way hop by hop, where it breaks, and what would mend it. */
export const reachText = ({ answers }: ReachReport, options: ReachTextOptions = {}): string => {
  const ink = paint(options.colour ?? false);
  const width = Math.max(60, options.width ?? 110);
  return [
    ...(options.title === undefined ? [] : [`  ${ink.bold(visible(options.title))}`, '']),
    ...answers.flatMap((answer) => answerLines(answer, ink, width)),
  ].join('\n');
};
