import type { DaemonSet, Node, Pod } from '../../api/generated/types.js';
import { type Admitted, refKey, refOf } from '../../api/object.js';
import { fitOf, specFor } from '../../controllers/daemonset/node-fit.js';
import { podOf } from '../../controllers/pods.js';
import type { Cluster } from '../cluster.js';

/** The Pods that DaemonSets put on further nodes. */
export class Daemons {
  readonly #cluster: Cluster;
  readonly #sets: readonly Admitted<DaemonSet>[];
  /** The first Pod of each, as the server admits it; undefined if it does not. */
  readonly #models = new Map<string, Admitted<Pod> | undefined>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#sets = cluster.list('DaemonSet').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  on(node: Admitted<Node>): readonly Admitted<Pod>[] {
    return this.#sets.flatMap((set): readonly Admitted<Pod>[] => {
      const spec = set.spec?.template.spec;
      if (spec === undefined || !fitOf(spec, node).shouldRun) return [];
      const model = this.#modelOf(set, node);
      if (model === undefined) return [];
      const name = `${set.metadata.name}-${node.metadata.name}`;
      const { affinity } = specFor(spec, node.metadata.name);
      const metadata = { ...model.metadata, name, uid: `${set.metadata.uid}-${name}` };
      return [
        { ...model, metadata, spec: { ...model.spec, containers: model.spec?.containers ?? [], affinity } } as Admitted<Pod>,
      ];
    });
  }

  #modelOf(set: Admitted<DaemonSet>, node: Admitted<Node>): Admitted<Pod> | undefined {
    const key = refKey(refOf(set));
    if (!this.#models.has(key)) {
      const template = set.spec?.template;
      const spec = template?.spec && specFor(template.spec, node.metadata.name);
      const verdict = spec && this.#cluster.tryCreate(podOf({ ...template, spec }, set, { name: `${set.metadata.name}-more` }));
      this.#models.set(key, verdict?.ok ? (verdict.value as Admitted as Admitted<Pod>) : undefined);
    }
    return this.#models.get(key);
  }
}
