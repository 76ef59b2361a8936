import type { ResourceQuota } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { addQuantities, compareQuantities } from '../../api/quantity.js';
import type { Stored } from '../kinds.js';
import type { Evaluator } from '../quota/evaluator.js';
import { evaluatorOf } from '../quota/registry.js';
import { covers } from '../quota/scopes.js';
import { consumed, increase, plus, resourceListOf, type Usage, usageOf, usageText, zero } from '../quota/usage.js';
import { forbidden } from '../refusals.js';
import type { Store } from '../store.js';
import type { AdmissionPlugin } from './plugin.js';

type Quota = Admitted<ResourceQuota>;

/** What quotas will have in use once the object is stored. */
type Charges = readonly (readonly [quota: Quota, used: Usage])[];

const nothing: Charges = [];

/** Quotas that count the object, or why one cannot count it. */
const concerned = (quotas: readonly Quota[], evaluator: Evaluator, object: Stored): readonly Quota[] | string => {
  const found: Quota[] = [];
  for (const quota of quotas) {
    const resources = [...usageOf(quota.status?.hard).keys()].filter((name) => evaluator.counts(name));
    if (resources.length === 0 || !covers(quota, evaluator, object)) continue;
    const fault = evaluator.constraint?.(resources, object);
    if (fault !== undefined) return `failed quota: ${quota.metadata.name}: ${fault}`;
    const used = usageOf(quota.status?.used);
    if (!resources.every((name) => used.has(name)))
      return `status unknown for quota: ${quota.metadata.name}, resources: ${resources.sort().join()}`;
    found.push(quota);
  }
  return found;
};

/** Why the quota does not allow so much more. */
const excess = ({ metadata, status }: Quota, requested: Usage): string | undefined => {
  const [hard, used] = [usageOf(status?.hard), usageOf(status?.used)];
  const exceeded = [...requested].flatMap(([name, amount]) => {
    const limit = hard.get(name) ?? zero;
    return compareQuantities(addQuantities(used.get(name) ?? zero, amount), limit) > 0 ? [name] : [];
  });
  if (exceeded.length === 0) return undefined;
  const [asked, before, limited] = [requested, used, hard].map((usage) => usageText(usage, exceeded));
  return `exceeded quota: ${metadata.name}, requested: ${asked}, used: ${before}, limited: ${limited}`;
};

const chargesFor = (object: Stored, store: Store, quotas: readonly Quota[], previous: Stored | undefined): Charges | string => {
  const evaluator = evaluatorOf(object, store);
  if (evaluator === undefined) return nothing;
  if (previous !== undefined && !evaluator.judgesUpdate?.(object, previous)) return nothing;
  const counting = concerned(quotas, evaluator, object);
  if (typeof counting === 'string' || counting.length === 0) return counting as string | Charges;
  // Who is being deleted may be changed, not made: no Pod is past its grace period here.
  const usage = evaluator.usage(object, 0);
  const charges: [Quota, Usage][] = [];
  for (const quota of counting) {
    const isCounted = previous !== undefined && covers(quota, evaluator, previous);
    const more = isCounted ? increase(usage, evaluator.usage(previous, 0)) : usage;
    const requested = consumed(more, usageOf(quota.status?.hard));
    if (requested.size === 0) continue;
    const refusal = excess(quota, requested);
    if (refusal !== undefined) return refusal;
    charges.push([quota, plus(usageOf(quota.status?.used), requested)]);
  }
  return charges;
};

/** ResourceQuota: what is made or grows fits what the quotas of its namespace leave, and is counted at once. */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  ruledBy: 'ResourceQuota',
  validate: (object, { store, dryRun }, previous) => {
    const { namespace } = object.metadata;
    if (namespace === undefined || store.count('ResourceQuota', namespace) === 0) return undefined;
    const charges = chargesFor(object, store, store.list('ResourceQuota', namespace), previous);
    if (typeof charges === 'string') return forbidden(object, charges);
    // A name that is taken is refused after this: nothing is stored then.
    if (dryRun || (previous === undefined && store.namesake(object) !== undefined)) return undefined;
    for (const [quota, used] of charges) {
      const status = { ...quota.status, used: resourceListOf(used) };
      store.put({ ...(quota as Admitted as Stored), status });
    }
    return undefined;
  },
};
