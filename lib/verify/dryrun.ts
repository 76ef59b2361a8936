import { decode } from '../api/decode.js';
import type { Pod } from '../api/generated/types.js';
import { type Admitted, type KubeObject, refKey, refOf } from '../api/object.js';
import { RefMap } from '../api/ref-map.js';
import { resourceOf } from '../api/resources.js';
import type { Verdict } from '../api/verdict.js';
import type { ClusterEvent } from '../apiserver/event.js';
import { defaulted } from '../apiserver/judge.js';
import { Cluster } from '../cluster/cluster.js';
import type { Manifest } from '../manifest/manifest.js';
import { order } from '../manifest/order.js';
import { acceptedOf } from './accepted.js';
import { assume, claimingKinds, claimsDefault } from './assumed.js';
import { connectionsOf } from './connections.js';
import { customScopes } from './custom-scopes.js';
import { collectReferences, type Reference } from './references.js';
import type { Connection, DryRun } from './rule.js';
import { runningOf } from './running.js';
import type { VerifyInput } from './verify.js';
import { networkOf } from './view.js';

/** Identity in the cluster: the API server puts a namespaced object without a namespace into `default`. */
const clusterRefs = (objects: () => readonly KubeObject[]): DryRun['refOf'] => {
  let isCustomNamespaced: ReturnType<typeof customScopes> | undefined;
  // Who asks for an object mostly asks for one of the kind of the one before it.
  let lastVersion: string | undefined;
  let lastKind: string | undefined;
  let isNamespaced: boolean | undefined;
  return ({ object }) => {
    const ref = refOf(object);
    const { apiVersion, kind, namespace, name } = ref;
    if (kind !== lastKind || apiVersion !== lastVersion) {
      lastKind = kind;
      lastVersion = apiVersion;
      isNamespaced = resourceOf(apiVersion, kind)?.namespaced;
    }
    let namespaced = isNamespaced;
    if (namespaced === undefined) {
      isCustomNamespaced ??= customScopes(objects());
      namespaced = isCustomNamespaced(object) ?? namespace !== undefined;
    }
    if (namespaced && typeof namespace === 'string') return ref;
    return { apiVersion, kind, namespace: namespaced ? (namespace ?? 'default') : undefined, name };
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
  const definitions = cluster.list({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' });
  const clusterRef = clusterRefs(() => [
    ...definitions,
    ...running.applied.map(({ object }) => object),
    ...input.manifests.map(({ object }) => object),
  ]);
  const made = new RefMap<Manifest>();
  const complete: (Verdict<KubeObject> | undefined)[] = [];
  const namespaces = new Set<string>();
  const references: Reference[] = [];
  let defaultClass = false;
  for (let index = 0; index < ordered.manifests.length; index++) {
    const manifest = ordered.manifests[index];
    if (manifest === undefined) continue;
    const ref = clusterRef(manifest);
    const read = decode(manifest.object);
    made.set(ref, manifest);
    // Defaulted at once: what only decoding made is dropped while it is young.
    complete.push(defaulted(read));
    // What the server cannot decode is refused; its fields may be anything, so nobody else looks at them.
    if (!read.ok) continue;
    if (ref.namespace !== undefined) namespaces.add(ref.namespace);
    collectReferences(read.value, ref, references);
    if (claimingKinds.has(ref.kind)) defaultClass ||= claimsDefault(read.value);
  }
  const isStorageKnown = (): boolean =>
    cluster.list('StorageClass').length > 0 ||
    input.manifests.some(({ object }) => object.kind === 'StorageClass') ||
    config.snapshot !== undefined;
  const assumed = assume(
    { namespaces, references, defaultClass },
    config,
    (ref) => made.has(ref) || cluster.get(ref) !== undefined,
    isStorageKnown,
  );
  cluster.apply(assumed.map(({ object }): Manifest => ({ object, provenance: {} })));
  if (running.applied.length > 0) {
    input.progress?.(`running the ${running.applied.length} objects that were applied before`);
    cluster.apply(order(running.applied).manifests, { behaviours: input.behaviours });
    cluster.settle({ progress: input.progress });
  }
  input.progress?.(`admitting ${input.manifests.length} objects`);
  const results = cluster.apply(ordered.manifests, { behaviours: input.behaviours, defaulted: complete });
  // What was stored lives on by itself.
  complete.length = 0;
  input.progress?.('running the cluster until nothing changes');
  cluster.settle({ progress: input.progress });

  let events: ReadonlyMap<string, readonly ClusterEvent[]> | undefined;
  let connections: readonly Connection[] | undefined;
  let pods: readonly Admitted<Pod>[] | undefined;
  let network: DryRun['network'] | undefined;
  const { manifests: accepted, templates, byKind, groups } = acceptedOf(results);
  const run: SettledRun = {
    input,
    config,
    cluster,
    results,
    assumed,
    references,
    accepted,
    templates,
    distinct: made.size === input.manifests.length,
    world: config.world ?? 'open',
    cycle: ordered.cycle,
    acceptedOf: (kind) => byKind.get(kind) ?? [],
    hasGroup: (group) => groups.has(group),
    refOf: clusterRef,
    manifestOf: (ref) => made.get(ref),
    eventsOf: (ref) => {
      events ??= byObject(cluster.events);
      return events.get(refKey(ref)) ?? [];
    },
    get pods() {
      pods ??= cluster.list('Pod').filter((pod) => made.has(refOf(cluster.controllerOf(pod))));
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
