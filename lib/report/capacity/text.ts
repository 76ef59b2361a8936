import { refText } from '../../api/object.js';
import type { Blocked, PendingPods, PoolSize, Size } from '../../cluster/capacity.js';
import { plural, podText } from '../explain/fact.js';
import { table } from '../map/table.js';
import { type MapTextOptions, type Page, pageOf, section } from '../map/text.js';
import { visible, wrap } from '../paint.js';
import { headroomLines, shortMessage } from './headroom-text.js';
import type { CapacityAnswer } from './json.js';
import { utilizationLines } from './utilization-text.js';

const blockedText = ({ pod, message }: Blocked): string => `${podText(pod)} fits nowhere (${shortMessage(message)})`;

const mostPending = 10;

const pendingLines = (pending: readonly PendingPods[], page: Page): readonly string[] => {
  const shown = pending.slice(0, mostPending);
  const more = pending.length - shown.length;
  return [
    ...shown.flatMap(({ workload, pods, message }) =>
      wrap(visible(`${plural(pods, 'Pod')} of ${refText(workload)}: ${shortMessage(message)}`), page.width - 4).map(
        (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
      ),
    ),
    ...(more > 0 ? [`  and of ${plural(more, 'other workload')}`] : []),
  ];
};

const sizeText = (size: Size | undefined): string => (size === undefined ? '?' : String(size.nodes));

/** What the numbers of one pool rest on. */
const remarkOf = ({ nodes, needed, smallest }: PoolSize): string => {
  if (needed === undefined || smallest === undefined) return 'too many Pods to try all: ask about this pool alone with --pool';
  const fewer = ({ nodes: size, short }: Size): readonly string[] =>
    short === undefined ? [] : [`with ${size - 1}, ${blockedText(short)}`];
  const [blocked] = needed.blocked;
  return [
    ...(needed.nodes > nodes ? fewer(needed) : []),
    ...(smallest.nodes !== needed.nodes || needed.nodes === nodes ? fewer(smallest) : []),
    ...(blocked === undefined
      ? []
      : [`${plural(needed.pending, 'Pod')} fit${needed.pending === 1 ? 's' : ''} nowhere at any size: ${blockedText(blocked)}`]),
  ].join('; ');
};

const poolLines = (pools: readonly PoolSize[], page: Page): readonly string[] => [
  ...table(
    ['pool', 'nodes', 'needed', 'smallest', ''],
    pools.map((pool) => [pool.pool, String(pool.nodes), sizeText(pool.needed), sizeText(pool.smallest), remarkOf(pool)]),
    page,
  ),
  ...wrap(
    'needed: for all Pods, those that run staying where they are; smallest: if every Pod were scheduled anew; the other pools as they are, DaemonSets on every new node. Each size was tried with the scheduler.',
    page.width - 2,
  ).map((line) => page.paint.dim(`  ${line}`)),
];

/** Capacity for people: utilization and pools, or the headroom of a workload. */
export const capacityText = ({ utilization, pending, pools, headroom }: CapacityAnswer, options: MapTextOptions = {}): string => {
  const page = pageOf(options);
  const lines = [
    ...(options.title === undefined ? [] : [page.paint.bold(visible(options.title)), '']),
    ...(utilization === undefined ? [] : section('Requested of allocatable', utilizationLines(utilization, page), page)),
    ...(pending === undefined || pending.length === 0 ? [] : section('Without a node', pendingLines(pending, page), page)),
    ...(pools === undefined ? [] : section('Pools', poolLines(pools, page), page)),
    ...(headroom === undefined ? [] : [...headroomLines(headroom, page), '']),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
};
