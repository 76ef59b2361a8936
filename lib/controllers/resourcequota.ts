import type { ResourceQuota } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { releasedAt } from '../apiserver/quota/pods.js';
import { evaluatorOf, kindsUsing } from '../apiserver/quota/registry.js';
import { covers } from '../apiserver/quota/scopes.js';
import { plus, resourceListOf, type Usage, usageOf, usageText, zero } from '../apiserver/quota/usage.js';
import type { GroupKind, Store } from '../apiserver/store.js';
import { type Controller, type ControllerContext, keyFor, splitKey } from './controller.js';

type Quota = Admitted<ResourceQuota>;

const kindsOf = (hard: Usage, store: Store): readonly GroupKind[] => {
  const kinds = new Map<string, GroupKind>();
  for (const name of hard.keys()) for (const kind of kindsUsing(name, store)) kinds.set(`${kind.apiVersion}/${kind.kind}`, kind);
  return [...kinds.values()];
};

/** What all objects of the namespace that the quota covers use of its resources. */
const usedOf = (quota: Quota, hard: Usage, { store, clock }: ControllerContext): Usage => {
  const counted = new Set([...hard.keys()].filter((name) => kindsUsing(name, store).length > 0));
  // Pods of one template use the same: added up once.
  const times = new Map<Usage, number>();
  for (const kind of kindsOf(hard, store)) {
    const evaluator = evaluatorOf(kind, store);
    if (evaluator === undefined) continue;
    for (const object of store.list(kind, quota.metadata.namespace)) {
      if (!covers(quota, evaluator, object)) continue;
      const usage = evaluator.usage(object, clock.now);
      times.set(usage, (times.get(usage) ?? 0) + 1);
    }
  }
  let total: Usage = new Map([...counted].map((name) => [name, zero]));
  for (const [usage, count] of times) total = plus(total, usage, count);
  // What nobody can count stays as it was.
  const before = usageOf(quota.status?.used);
  return new Map(
    [...hard.keys()].flatMap((name) => {
      const amount = (counted.has(name) ? total : before).get(name);
      return amount === undefined ? [] : [[name, amount]];
    }),
  );
};

/** Seconds until the next Pod that hangs in its deletion no longer counts. */
const nextRelease = (quota: Quota, { store, clock }: ControllerContext): number | undefined => {
  let next: number | undefined;
  for (const pod of store.list('Pod', quota.metadata.namespace)) {
    const at = releasedAt(pod);
    if (at !== undefined && at >= clock.now && (next === undefined || at < next)) next = at;
  }
  return next === undefined ? undefined : (next - clock.now) / 1000 + 1;
};

const count = (key: string, context: ControllerContext): void => {
  const quota = context.store.find('ResourceQuota', ...splitKey(key));
  if (quota === undefined) return;
  const hard = usageOf(quota.spec?.hard);
  const used = usedOf(quota, hard, context);
  context.api.updateStatus(quota, { ...quota.status, hard: resourceListOf(hard), used: resourceListOf(used) });
  const seconds = nextRelease(quota, context);
  if (seconds !== undefined) context.after(seconds, key);
};

const isCounted = ({ spec, status }: ResourceQuota): boolean => {
  const [hard, known, used] = [usageOf(spec?.hard), usageOf(status?.hard), usageOf(status?.used)];
  return (
    usageText(hard, [...hard.keys()]) === usageText(known, [...known.keys()]) && [...hard.keys()].every((name) => used.has(name))
  );
};

/**
 * Counts what a new or changed quota is about. Others make objects in the same moment and must keep to it already; a cluster takes some
 * milliseconds for that, in which it refuses nothing.
 */
export const resourceQuotaController: Controller = {
  name: 'resourcequota-controller',
  kinds: ['ResourceQuota'],
  immediate: true,
  keysFor: ({ type, object, previous }) => {
    if (type === 'deleted' || previous?.spec === object.spec) return [];
    return isCounted(object as ResourceQuota) ? [] : [keyFor(object)];
  },
  reconcile: count,
};

/** Counts again when objects go or shrink. What is made or grows was counted by admission. */
export const resourceQuotaReplenishment: Controller = {
  name: 'resourcequota-controller',
  serves: ['ResourceQuota'],
  keysFor: ({ type, object, previous }, store) => {
    const { namespace } = object.metadata;
    if (type === 'added' || namespace === undefined || store.count('ResourceQuota', namespace) === 0) return [];
    const evaluator = evaluatorOf(object, store);
    if (evaluator === undefined) return [];
    if (type === 'modified' && (previous === undefined || !evaluator.altered?.(object, previous))) return [];
    return store
      .list('ResourceQuota', namespace)
      .filter(({ spec }) => [...usageOf(spec?.hard).keys()].some((name) => evaluator.counts(name)))
      .map(keyFor);
  },
  reconcile: count,
};
