import type { NodeUtilization, PoolUtilization, Share, Shares, Utilization } from '../../cluster/capacity.js';
import { writeAmount } from '../../scheduler/amount.js';
import { table } from '../map/table.js';
import type { Page } from '../map/text.js';

const partOf = ({ requested, allocatable }: Share): number =>
  allocatable === 0 ? (requested > 0 ? 1 : 0) : requested / allocatable;

const shareText = (resource: string, share: Share | undefined): string => {
  if (share === undefined) return '';
  const { requested, allocatable } = share;
  const part = allocatable === 0 ? '' : ` ${Math.round(100 * partOf(share))}%`;
  return `${writeAmount(resource, requested)}/${writeAmount(resource, allocatable)}${part}`;
};

const resourcesOf = (all: readonly { readonly resources: Shares }[]): readonly string[] => [
  ...new Set(all.flatMap(({ resources }) => Object.keys(resources))),
];

/** More nodes than this are not listed one by one: the fullest say most. */
const mostNodes = 20;

const fullness = ({ resources }: NodeUtilization): number => Math.max(...Object.values(resources).map(partOf));

const rowOf = (name: string, resources: Shares, names: readonly string[]): readonly string[] => [
  name,
  ...names.map((resource) => shareText(resource, Object.hasOwn(resources, resource) ? resources[resource] : undefined)),
  '',
];

const poolName = ({ name, nodes }: PoolUtilization): string => `${name} (${nodes})`;

/** What Pods request of pools and nodes, as tables. */
export const utilizationLines = ({ pools, nodes }: Utilization, page: Page): readonly string[] => {
  const resources = resourcesOf(pools);
  const shown = nodes.length <= mostNodes ? nodes : nodes.toSorted((a, b) => fullness(b) - fullness(a)).slice(0, mostNodes / 2);
  const nodeName = ({ name, unschedulable }: NodeUtilization): string => (unschedulable ? `${name} (cordoned)` : name);
  return [
    ...table(
      ['pool (nodes)', ...resources, ''],
      pools.map((pool) => rowOf(poolName(pool), pool.resources, resources)),
      page,
    ),
    '',
    ...table(
      [shown.length < nodes.length ? `fullest of ${nodes.length} nodes` : 'node', ...resources, ''],
      shown.map((node) => rowOf(nodeName(node), node.resources, resources)),
      page,
    ),
  ];
};
