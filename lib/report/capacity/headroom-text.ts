import { refText } from '../../api/object.js';
import type { Bottleneck, Headroom, Limit, Shortage } from '../../cluster/capacity.js';
import { writeAmount } from '../../scheduler/amount.js';
import { factText, few, plural, podText } from '../explain/fact.js';
import type { Page } from '../map/text.js';
import { visible, wrap } from '../paint.js';

const indented = (text: string, { width }: Page, indent: number, hanging = indent): readonly string[] =>
  wrap(visible(text), width - hanging).map((line, index) => `${' '.repeat(index === 0 ? indent : hanging)}${line}`);

/** The part of kube-scheduler's message that is about the nodes and not about preemption. */
export const shortMessage = (message: string): string =>
  message.replace(/\.(?: no new claims to deallocate,)? preemption: .*$/s, '');

const amountsText = ({ resource, asked, free, node, nodeFree, nodeSize, heldBy }: Shortage, nodes: number): string => {
  const amount = (value: number): string => writeAmount(resource, value);
  const holders = heldBy.map(
    ({ workload, pods, amount: held }) =>
      `${podText(workload)} ${amount(held)}${pods === 1 || resource === 'pods' ? '' : ` (${plural(pods, 'Pod')})`}`,
  );
  if (resource === 'pods') return `${node} runs ${nodeSize - nodeFree} Pods of at most ${nodeSize}: ${few(holders)}`;
  const left = nodes === 1 ? '' : `; ${amount(free)} is left on all of them together`;
  return `asks ${amount(asked)}; most is free on ${node}: ${amount(nodeFree)} of ${amount(nodeSize)}${holders.length === 0 ? '' : `, held by ${few(holders)}`}${left}`;
};

const bottleneckLines = ({ reason, nodes, pools, shortage, facts, ruledOut }: Bottleneck, page: Page): readonly string[] => [
  ...indented(`${ruledOut ? 'never: ' : ''}${reason} on ${plural(nodes, 'node')} of ${few(pools)}`, page, 4, 6),
  ...(shortage === undefined ? [] : indented(amountsText(shortage, nodes), page, 6, 8)),
  ...facts.flatMap((fact) => indented(factText(fact), page, 6, 8)),
];

/** Why there are not more, in one sentence. */
const limitText = (limit: Limit): string => {
  switch (limit.kind) {
    case 'scheduling':
      return limit.more === 0 ? 'no node has room for one' : `nodes have room for ${limit.more}`;
    case 'quota': {
      const resources = limit.resources.map(
        ({ resource, used, hard, asked }) => `${resource} ${used} of ${hard} used, a replica takes ${asked}`,
      );
      return `${refText(limit.quota)} leaves ${limit.more}: ${resources.join('; ')}`;
    }
    case 'autoscaler':
      return `${refText(limit.autoscaler)} leaves ${limit.more}: maxReplicas is ${limit.maxReplicas}`;
    case 'refused':
      return `${limit.more === 0 ? 'none can be had' : `no more than ${limit.more} can be had`}: ${limit.message}`;
    case 'daemon':
      return 'a DaemonSet has one Pod on each node that it is for, and no replicas';
    case 'cap':
      return `${limit.more} were tried, and all have room; more are not tried`;
  }
};

const schedulingLines = (limit: Limit, page: Page): readonly string[] => {
  if (limit.kind !== 'scheduling') return [];
  const { bottlenecks, evicts, message } = limit;
  const budgets =
    evicts === undefined || evicts.pdbViolations === 0 ? '' : `, ${evicts.pdbViolations} against a PodDisruptionBudget`;
  const eviction =
    evicts === undefined
      ? []
      : indented(
          `one more would evict ${plural(evicts.pods.length, 'Pod')} of lower priority on ${evicts.node}: ${few(evicts.pods)}${budgets}`,
          page,
          4,
          6,
        );
  return [
    ...bottlenecks.flatMap((bottleneck) => bottleneckLines(bottleneck, page)),
    ...(bottlenecks.length === 0 ? indented(shortMessage(message), page, 4) : []),
    ...eviction,
  ];
};

/** How many more replicas fit, and why not more: what binds first comes first. */
export const headroomLines = (headroom: Headroom, page: Page): readonly string[] => {
  const { workload, replicas, pending, more, limits, limitedBy, withOneNodeMore } = headroom;
  const { bold, green, red } = page.paint;
  const waiting = pending === 0 ? '' : `, ${pending} of them without a node`;
  const answer =
    limitedBy.kind === 'cap'
      ? `at least ${more} more fit`
      : more === 0
        ? 'none more fits'
        : `${more} more ${more === 1 ? 'fits' : 'fit'}`;
  const gains = (withOneNodeMore ?? []).map(
    ({ pool, more: gain }) => `${gain === 0 ? 'none' : `${gain} more`} with one of ${pool}`,
  );
  return [
    bold(visible(refText(workload))),
    `  ${plural(replicas, 'replica')}${waiting}; ${more === 0 ? red(answer) : green(answer)}`,
    ...limits.flatMap((limit) => [...indented(limitText(limit), page, 2, 4), ...schedulingLines(limit, page)]),
    ...(gains.length === 0 ? [] : indented(`one node more: ${gains.join(', ')}`, page, 2, 4)),
  ];
};
