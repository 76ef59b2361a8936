import { groupOf } from '../../api/object.js';
import { apiVersionOf, resourceOf, resources } from '../../api/resources.js';
import type { GroupKind, Store } from '../store.js';
import { persistentVolumeClaims } from './claims.js';
import { resourceClaims } from './devices.js';
import type { Evaluator } from './evaluator.js';
import { pods } from './pods.js';
import { services } from './services.js';
import { one } from './usage.js';

const special = new Map<string, Evaluator>([
  ['/Pod', pods],
  ['/Service', services],
  ['/PersistentVolumeClaim', persistentVolumeClaims],
  ['resource.k8s.io/ResourceClaim', resourceClaims],
]);

/** Kinds of the core group that quotas also know without `count/`. */
const short = new Map([
  ['configmaps', 'ConfigMap'],
  ['replicationcontrollers', 'ReplicationController'],
  ['resourcequotas', 'ResourceQuota'],
  ['secrets', 'Secret'],
]);

/** What is never counted: Events, and what is answered but not stored. */
const isCountable = (kind: string, verbs: readonly string[]): boolean =>
  kind !== 'Event' && ['list', 'create', 'watch', 'delete'].every((verb) => verbs.includes(verb));

const objectCount = (names: readonly string[]): Evaluator => {
  const usage = new Map(names.map((name) => [name, one]));
  return { counts: (resource) => usage.has(resource), usage: () => usage };
};

const counters = new Map<string, Evaluator>();

const counterOf = (plural: string, group: string): Evaluator => {
  const name = group === '' ? `count/${plural}` : `count/${plural}.${group}`;
  const known = counters.get(name);
  if (known !== undefined) return known;
  const made = objectCount(group === '' && short.has(plural) ? [name, plural] : [name]);
  counters.set(name, made);
  return made;
};

const definitionsIn = (store: Store, group: string) =>
  store.list('CustomResourceDefinition').filter(({ spec }) => spec?.group === group && spec.scope === 'Namespaced');

/** What measures the objects of a kind; undefined for a kind that is never counted. */
export const evaluatorOf = ({ apiVersion, kind }: GroupKind, store: Store): Evaluator | undefined => {
  const group = groupOf(apiVersion);
  const found = special.get(`${group}/${kind}`);
  if (found !== undefined) return found;
  const builtIn = resourceOf(apiVersion, kind) ?? resources.find((other) => other.group === group && other.kind === kind);
  if (builtIn !== undefined) return isCountable(kind, builtIn.verbs) ? counterOf(builtIn.plural, group) : undefined;
  const plural = definitionsIn(store, group).find(({ spec }) => spec?.names?.kind === kind)?.spec.names.plural;
  return plural === undefined ? undefined : counterOf(plural, group);
};

const core = (kind: string): GroupKind => ({ apiVersion: 'v1', kind });

/** The kind of `count/<plural>.<group>`, if the server stores objects of it in namespaces. */
const countedKind = (name: string, store: Store): GroupKind | undefined => {
  const dot = name.indexOf('.');
  const [plural, group] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
  const builtIn = resources.find((resource) => resource.group === group && resource.plural === plural && resource.namespaced);
  if (builtIn !== undefined)
    return isCountable(builtIn.kind, builtIn.verbs) ? { apiVersion: apiVersionOf(builtIn), kind: builtIn.kind } : undefined;
  const names = definitionsIn(store, group).find(({ spec }) => spec?.names?.plural === plural)?.spec.names;
  // The store knows an object by group and kind whatever its version.
  return names === undefined ? undefined : { apiVersion: `${group}/v1`, kind: names.kind };
};

/** The kinds whose objects use a resource; none when nothing is known by that name. */
export const kindsUsing = (resource: string, store: Store): readonly GroupKind[] => {
  const found: GroupKind[] = [];
  for (const [key, evaluator] of special) {
    const [group = '', kind = ''] = key.split('/');
    if (evaluator.counts(resource)) found.push(group === '' ? core(kind) : { apiVersion: `${group}/v1`, kind });
  }
  if (found.length > 0) return found;
  const counted = resource.startsWith('count/') ? countedKind(resource.slice('count/'.length), store) : undefined;
  const kind = short.get(resource);
  if (kind !== undefined) return [core(kind)];
  return counted === undefined ? [] : [counted];
};
