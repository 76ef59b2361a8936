import type { Pod } from '../../../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../../../api/object.js';
import { type Bottleneck, headroom, type Limit } from '../../../cluster/capacity.js';
import { writeAmount } from '../../../scheduler/amount.js';
import type { Evidence } from '../../finding.js';
import type { IntentOf } from '../../intent.js';
import { moreNodes } from '../../more-nodes.js';
import type { Draft, DryRun } from '../../rule.js';
import { schedulingFixes } from '../../scheduling-fixes.js';
import { broken, nobody } from './draft.js';

const isOver = ({ metadata, status }: Pod): boolean =>
  metadata?.deletionTimestamp !== undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** How many Pods the workload wants, where that is written; a StatefulSet makes them one after the other. */
const wanted = ({ cluster }: DryRun, workload: ObjectRef, made: number): number => {
  const object = cluster.get(workload);
  const { replicas } = (object?.spec ?? {}) as { readonly replicas?: number };
  return typeof replicas === 'number' ? Math.max(replicas, made) : made;
};

const bottleneckText = ({ reason, nodes, pools, shortage }: Bottleneck): string => {
  const where = `${nodes} ${nodes === 1 ? 'node' : 'nodes'}${pools.length === 0 ? '' : ` of ${pools.join(', ')}`}`;
  if (shortage === undefined) return `${where}: ${reason}`;
  const { resource, asked, node, nodeFree, heldBy } = shortage;
  const holders = heldBy.slice(0, 3).map(({ workload, amount }) => `${refText(workload)} ${writeAmount(resource, amount)}`);
  const held = holders.length === 0 ? '' : `, held by ${holders.join(', ')}`;
  return `${where}: ${reason}, asks ${writeAmount(resource, asked)}, free ${writeAmount(resource, nodeFree)} (${node})${held}`;
};

const limitEvidence = (workload: ObjectRef, limit: Limit): readonly Evidence[] => {
  switch (limit.kind) {
    case 'scheduling':
      return limit.bottlenecks.map((each) => ({
        kind: 'object',
        object: workload,
        text: `finds no room on ${bottleneckText(each)}`,
      }));
    case 'quota':
      return limit.resources.map(({ resource, hard, used, asked }) => ({
        kind: 'object',
        object: limit.quota,
        text: `allows ${hard} of ${resource}; ${used} are used, one replica asks ${asked}`,
      }));
    default:
      return [];
  }
};

const limitText = (limit: Limit): string => {
  switch (limit.kind) {
    case 'scheduling':
    case 'refused':
      return limit.message;
    case 'quota':
      return `${refText(limit.quota)} allows no more`;
    default:
      return 'it has one Pod for each node';
  }
};

const waitingText = (run: DryRun, pod: Admitted<Pod>): string => {
  const decision = run.cluster.decisions.get(refKey(refOf(pod)));
  return decision?.message ?? decision?.outcome ?? 'it was not scheduled';
};

/** `fits`: every replica has a node, and (placed for trial, without evicting anybody) so many more would find one. */
export const fits = (run: DryRun, intent: IntentOf<'fits'>): readonly Draft[] => {
  const { workload, more } = intent;
  const code = 'intent/fits';
  const pods = run.cluster.podsOf(workload).filter((pod) => !isOver(pod));
  const total = wanted(run, workload, pods.length);
  const waiting = pods.filter(({ spec }) => spec?.nodeName === undefined);
  const [first] = waiting;
  if (first !== undefined) {
    return [
      broken(run, intent, workload, {
        code,
        message: `${refText(workload)} must fit, but ${waiting.length} of its ${total} Pods ${waiting.length === 1 ? 'has' : 'have'} no node: ${waitingText(run, first)}`,
        evidence: waiting.slice(0, 5).map((pod) => ({ kind: 'object', object: refOf(pod), text: waitingText(run, pod) })),
        fixes: () => run.cluster.explain(workload).flatMap((explanation) => schedulingFixes(run, explanation)),
      }),
    ];
  }
  const needed = total - pods.length + more;
  if (needed === 0) return total === 0 && run.cluster.podsOf(workload).length === 0 ? nobody(run, intent, workload) : [];
  const { limits } = headroom(run.cluster, workload, { limit: needed });
  // An autoscaler that makes no more replicas does not keep them from fitting.
  const [limit] = limits.filter(({ kind }) => kind !== 'autoscaler' && kind !== 'cap');
  if (limit === undefined || limit.more >= needed) return [];
  const message =
    more === 0
      ? `${refText(workload)} must fit, but only ${pods.length + limit.more} of its ${total} Pods would: ${limitText(limit)}`
      : `${refText(workload)} must have room for ${more} more ${more === 1 ? 'replica' : 'replicas'}, but ${Math.max(0, limit.more - total + pods.length)} would fit: ${limitText(limit)}`;
  return [
    broken(run, intent, workload, { code, message, evidence: limitEvidence(workload, limit), fixes: () => moreNodes(run) }),
  ];
};
