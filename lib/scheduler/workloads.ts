import type { ReplicaSet, ReplicationController, StatefulSet } from '../api/generated/types.js';
import { type Admitted, groupOf } from '../api/object.js';

/** Controllers whose Pods are spread, and their groups. */
const groups = { ReplicationController: '', ReplicaSet: 'apps', StatefulSet: 'apps' } as const;

interface Workload {
  readonly ReplicationController: ReplicationController;
  readonly ReplicaSet: ReplicaSet;
  readonly StatefulSet: StatefulSet;
}
type WorkloadKind = keyof Workload;
/** Of one kind, by namespace and name. */
type Names = Map<string, Map<string, Admitted<{ readonly spec?: unknown }>>>;

/** Its kind, of an object that is one. */
export const workloadKindOf = ({
  apiVersion,
  kind,
}: {
  readonly apiVersion: string;
  readonly kind: string;
}): WorkloadKind | undefined => {
  if (kind !== 'ReplicaSet' && kind !== 'StatefulSet' && kind !== 'ReplicationController') return undefined;
  return groupOf(apiVersion) === groups[kind] ? kind : undefined;
};

/** The controllers whose Pods are spread over nodes. */
export class Workloads {
  readonly #names: Readonly<Record<WorkloadKind, Names>> = {
    ReplicationController: new Map(),
    ReplicaSet: new Map(),
    StatefulSet: new Map(),
  };

  get<K extends WorkloadKind>(kind: K, namespace: string, name: string): Admitted<Workload[K]> | undefined {
    return this.#names[kind].get(namespace)?.get(name) as Admitted<Workload[K]> | undefined;
  }

  /** Whether its spec is news. */
  put(kind: WorkloadKind, object: Admitted<{ readonly spec?: unknown }>): boolean {
    const { namespace = '', name } = object.metadata;
    let names = this.#names[kind].get(namespace);
    if (names === undefined) {
      names = new Map();
      this.#names[kind].set(namespace, names);
    }
    const isNews = names.get(name)?.spec !== object.spec;
    names.set(name, object);
    return isNews;
  }

  /** Whether it was there. */
  remove(kind: WorkloadKind, namespace: string, name: string): boolean {
    return this.#names[kind].get(namespace)?.delete(name) ?? false;
  }
}
