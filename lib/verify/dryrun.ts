import { decode } from '../api/decode.js';
import type { Pod } from '../api/generated/types.js';
import { type Admitted, type KubeObject, type ObjectRef, refKey, refOf } from '../api/object.js';
import { resourceOf } from '../api/resources.js';
import type { ClusterEvent } from '../apiserver/event.js';
import { Cluster } from '../cluster/cluster.js';
import type { Manifest } from '../manifest/manifest.js';
import { order } from '../manifest/order.js';
import { assume } from './assumed.js';
import { connectionsOf } from './connections.js';
import { customScopes } from './custom-scopes.js';
import { referencesOf } from './references.js';
import type { Connection, DryRun } from './rule.js';
import { runningOf } from './running.js';
import type { VerifyInput } from './verify.js';
import { networkOf } from './view.js';

/** Identity in the cluster: the API server puts a namespaced object without a namespace into `default`. */
const clusterRefs = (objects: Iterable<KubeObject>): ((manifest: Manifest) => ObjectRef) => {
  const isCustomNamespaced = customScopes(objects);
  return ({ object }) => {
    const ref = refOf(object);
    const known = resourceOf(object.apiVersion, object.kind)?.namespaced ?? isCustomNamespaced(object);
    return { ...ref, namespace: (known ?? ref.namespace !== undefined) ? (ref.namespace ?? 'default') : undefined };
  };
};

const byObject = (events: readonly ClusterEvent[]): ReadonlyMap<string, readonly ClusterEvent[]> => {
  const all = new Map<string, ClusterEvent[]>();
  for (const event of events) {
    const key = refKey(event.object);
    const list = all.get(key);
    if (list === undefined) all.set(key, [event]);
    else list.push(event);
  }
  return all;
};

/** A dry run before it is judged: nobody is blamed yet. */
export type SettledRun = Omit<DryRun, 'blamed'>;

/** Runs the input in a simulated cluster until nothing changes any more. */
export const dryRun = (input: VerifyInput): SettledRun => {
  const running = runningOf(input.against);
  const declared = input.cluster ?? {};
  const config = running.live.length === 0 ? declared : { ...declared, snapshot: [declared.snapshot ?? [], running.live] };
  const cluster = new Cluster(config);
  const ordered = order(input.manifests);
  const clusterRef = clusterRefs([
    ...cluster.list({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }),
    ...[...running.applied, ...input.manifests].map(({ object }) => object),
  ]);
  const refs = ordered.manifests.map((manifest) => ({ manifest, ref: clusterRef(manifest) }));
  const byKey = new Map(refs.map(({ manifest, ref }) => [refKey(ref), manifest]));
  // What the server cannot decode is refused; its fields may be anything, so nobody else looks at them.
  const decoded = ordered.manifests.map(({ object }) => decode(object));
  const wellFormed = refs.flatMap(({ ref }, index) => {
    const read = decoded[index];
    return read?.ok ? [{ object: read.value, ref }] : [];
  });
  const references = wellFormed.flatMap(({ object, ref }) => referencesOf(object, ref));

  const storageKnown =
    cluster.list('StorageClass').length > 0 ||
    input.manifests.some(({ object }) => object.kind === 'StorageClass') ||
    config.snapshot !== undefined;
  const assumed = assume(
    wellFormed,
    references,
    config,
    (ref) => byKey.has(refKey(ref)) || cluster.get(ref) !== undefined,
    storageKnown,
  );
  cluster.apply(assumed.map(({ object }): Manifest => ({ object, provenance: {} })));
  if (running.applied.length > 0) {
    input.progress?.(`running the ${running.applied.length} objects that were applied before`);
    cluster.apply(order(running.applied).manifests, { behaviours: input.behaviours });
    cluster.settle({ progress: input.progress });
  }
  input.progress?.(`admitting ${input.manifests.length} objects`);
  const results = cluster.apply(ordered.manifests, { behaviours: input.behaviours, decoded });
  input.progress?.('running the cluster until nothing changes');
  cluster.settle({ progress: input.progress });

  let events: ReadonlyMap<string, readonly ClusterEvent[]> | undefined;
  let connections: readonly Connection[] | undefined;
  let pods: readonly Admitted<Pod>[] | undefined;
  let network: DryRun['network'] | undefined;
  const run: SettledRun = {
    input,
    config,
    cluster,
    results,
    assumed,
    references,
    accepted: results.filter(({ outcome }) => outcome !== 'refused').map(({ manifest }) => manifest),
    world: config.world ?? 'open',
    cycle: ordered.cycle,
    refOf: clusterRef,
    manifestOf: (ref) => byKey.get(refKey(ref)),
    eventsOf: (ref) => {
      events ??= byObject(cluster.events);
      return events.get(refKey(ref)) ?? [];
    },
    get pods() {
      pods ??= cluster.list('Pod').filter((pod) => byKey.has(refKey(refOf(cluster.controllerOf(pod)))));
      return pods;
    },
    get network() {
      network ??= networkOf(cluster, config);
      return network;
    },
    get connections() {
      connections ??= connectionsOf(run);
      return connections;
    },
  };
  return run;
};
