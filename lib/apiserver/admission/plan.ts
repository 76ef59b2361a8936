import { groupOf } from '../../api/object.js';
import type { GroupKind, Store } from '../store.js';
import type { AdmissionPlugin } from './plugin.js';

/** The plugins, by what they do, that have something to say of the objects of one kind. */
export interface Plan {
  /** Those of the mutating phase of a creation. */
  readonly creating: readonly AdmissionPlugin[];
  readonly admitPod: readonly NonNullable<AdmissionPlugin['admitPod']>[];
  readonly validate: readonly NonNullable<AdmissionPlugin['validate']>[];
  readonly validateDelete: readonly NonNullable<AdmissionPlugin['validateDelete']>[];
  readonly warn: readonly NonNullable<AdmissionPlugin['warn']>[];
  /** Policies may change the object. */
  readonly mutates: boolean;
  /** Definitions serve kinds: this may be one of them. */
  readonly mayBeCustom: boolean;
  /** Policies may ask who makes a request: nobody else does. */
  readonly asksUser: boolean;
}

const concerns = ({ kinds }: AdmissionPlugin, { apiVersion, kind }: GroupKind): boolean =>
  kinds === undefined || kinds.some((own) => own.kind === kind && groupOf(own.apiVersion) === groupOf(apiVersion));

const planOf = (plugins: readonly AdmissionPlugin[], object: GroupKind, store: Store): Plan => {
  const standing = plugins.filter(({ ruledBy }) => ruledBy === undefined || store.count(ruledBy) > 0);
  const concerned = standing.filter((plugin) => concerns(plugin, object));
  const mutates = store.count('MutatingAdmissionPolicyBinding') > 0;
  return {
    creating: concerned.filter(({ refuse, admit }) => refuse !== undefined || admit !== undefined),
    admitPod: standing.flatMap(({ admitPod }) => admitPod ?? []),
    validate: concerned.flatMap(({ validate }) => validate ?? []),
    validateDelete: concerned.flatMap(({ validateDelete }) => validateDelete ?? []),
    warn: concerned.flatMap(({ warn }) => warn ?? []),
    mutates,
    mayBeCustom: store.count('CustomResourceDefinition') > 0,
    asksUser: mutates || store.count('ValidatingAdmissionPolicyBinding') > 0,
  };
};

/** The plans of all kinds; they hold until the cluster gets its first object of a kind or loses its last. */
export class Plans {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #store: Store;
  /** Kind -> apiVersion -> plan. */
  readonly #known = new Map<string, Map<string, Plan>>();

  constructor(plugins: readonly AdmissionPlugin[], store: Store) {
    this.#plugins = plugins;
    this.#store = store;
    store.onCensus(() => this.#known.clear());
  }

  of(object: GroupKind): Plan {
    return this.#known.get(object.kind)?.get(object.apiVersion) ?? this.#make(object);
  }

  #make(object: GroupKind): Plan {
    const plan = planOf(this.#plugins, object, this.#store);
    const versions = this.#known.get(object.kind) ?? new Map<string, Plan>();
    this.#known.set(object.kind, versions.set(object.apiVersion, plan));
    return plan;
  }
}
