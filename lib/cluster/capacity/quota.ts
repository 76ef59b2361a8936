import { refOf } from '../../api/object.js';
import { compareQuantities, formatQuantity } from '../../api/quantity.js';
import type { Stored } from '../../apiserver/kinds.js';
import { persistentVolumeClaims } from '../../apiserver/quota/claims.js';
import type { Evaluator } from '../../apiserver/quota/evaluator.js';
import { pods } from '../../apiserver/quota/pods.js';
import { covers } from '../../apiserver/quota/scopes.js';
import { consumed, plus, type Usage, usageOf, zero } from '../../apiserver/quota/usage.js';
import type { Cluster } from '../cluster.js';
import type { Limit } from './limit.js';
import { largest } from './search.js';

const evaluators = new Map<string, Evaluator>([
  ['Pod', pods],
  ['PersistentVolumeClaim', persistentVolumeClaims],
]);

/** What the quotas of a namespace leave for replicas that each consist of these objects, where that is less than `cap`. */
export const quotaLimits = (cluster: Cluster, objects: readonly Stored[], cap: number): readonly Limit[] => {
  const namespace = objects[0]?.metadata.namespace;
  return cluster.list('ResourceQuota', { namespace }).flatMap((quota): readonly Limit[] => {
    const [hard, used] = [usageOf(quota.status?.hard), usageOf(quota.status?.used)];
    let each: Usage = new Map();
    for (const object of objects) {
      const evaluator = evaluators.get(object.kind);
      if (evaluator !== undefined && covers(quota, evaluator, object))
        each = plus(each, consumed(evaluator.usage(object, 0), hard));
    }
    const exceeded = (replicas: number): readonly string[] => {
      const after = plus(used, each, replicas);
      return [...each.keys()].filter((name) => compareQuantities(after.get(name) ?? zero, hard.get(name) ?? zero) > 0);
    };
    const more = largest(cap, (replicas) => exceeded(replicas).length === 0);
    if (more === cap) return [];
    const text = (usage: Usage, name: string): string => formatQuantity(usage.get(name) ?? zero);
    const resources = exceeded(more + 1).map((resource) => ({
      resource,
      hard: text(hard, resource),
      used: text(used, resource),
      asked: text(each, resource),
    }));
    return [{ kind: 'quota', more, quota: refOf(quota), resources }];
  });
};
