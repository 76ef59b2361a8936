import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PodStatus,
  Service,
  StorageClass,
} from '../api/generated/types.js';
import { type Admitted, groupOf, type ObjectRef, refKey } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import { csiVolumeOf } from './csi-migration.js';
import { getOrInsert } from './get-or-insert.js';
import { ImageStates } from './image-states.js';
import { labelOf, labelPairs } from './labels.js';
import { isSameToPods, NodeInfo } from './node-info.js';
import { Nominations } from './nominations.js';
import { countsAlike, isStill, PodInfo, podKey } from './pod-info.js';
import { VolumeIndex } from './volume-index.js';
import type { PersistentDisk } from './volumes.js';
import { Workloads, workloadKindOf } from './workloads.js';

/** Kinds that plugins look up as they are, by group and kind. No two have the same name. */
interface Listed {
  '/Namespace': Namespace;
  '/PersistentVolume': PersistentVolume;
  '/PersistentVolumeClaim': PersistentVolumeClaim;
  'policy/PodDisruptionBudget': PodDisruptionBudget;
  'storage.k8s.io/CSIDriver': CSIDriver;
  'storage.k8s.io/CSINode': CSINode;
  'storage.k8s.io/CSIStorageCapacity': CSIStorageCapacity;
  'storage.k8s.io/StorageClass': StorageClass;
}
type Lists = { readonly [Kind in keyof Listed]: Map<string, Admitted<Listed[Kind]>> };

const emptyLists = (): Lists => ({
  '/Namespace': new Map(),
  '/PersistentVolume': new Map(),
  '/PersistentVolumeClaim': new Map(),
  'policy/PodDisruptionBudget': new Map(),
  'storage.k8s.io/CSIDriver': new Map(),
  'storage.k8s.io/CSINode': new Map(),
  'storage.k8s.io/CSIStorageCapacity': new Map(),
  'storage.k8s.io/StorageClass': new Map(),
});

/** The group of each of them. */
const listedGroups: ReadonlyMap<string, string> = new Map(
  Object.keys(emptyLists()).map((kind) => {
    const slash = kind.indexOf('/');
    return [kind.slice(slash + 1), kind.slice(0, slash)];
  }),
);

const nameOf = (ref: { readonly namespace?: string | undefined; readonly name: string }): string =>
  ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;

const put = <T>(groups: Map<string, Map<string, T>>, group: string, key: string, value: T): void => {
  getOrInsert(groups, group, () => new Map<string, T>()).set(key, value);
};

/** Is told, after the fact, what changes on nodes. */
export interface CacheWatch {
  podAdded(pod: PodInfo, node: NodeInfo): void;
  podRemoved(pod: PodInfo, node: NodeInfo): void;
  /** Only its status changed. */
  podReplaced(before: Admitted<Pod>, after: Admitted<Pod>, node: NodeInfo): void;
  /** A Pod began or ceased to wait for others on the node to end; the node may not exist. */
  nominationChanged(nodeName: string): void;
  /** A node came, went or was exchanged for what it is now. Its Pods have been removed and added one by one. */
  nodeChanged(before: NodeInfo | undefined, after: NodeInfo | undefined): void;
}

/** Takes one out of its group, and the group away once it is empty. */
const drop = <T>(groups: Map<string, Map<string, T>>, group: string, key: string): void => {
  const members = groups.get(group);
  if (members?.delete(key) && members.size === 0) groups.delete(group);
};

const noLabels: Labels = {};
const noStatus: PodStatus = {};

const selects = (wanted: Labels, labels: Labels): boolean => {
  for (const key of Object.keys(wanted)) if (labelOf(labels, key) !== wanted[key]) return false;
  return true;
};

/** What the scheduler knows of the cluster. */
export class Cache {
  readonly #watch: CacheWatch | undefined;
  #version = 0;
  #budgets = 0;
  readonly lists = emptyLists();
  readonly images = new ImageStates();
  readonly #nodes = new Map<string, NodeInfo>();
  #ordered: readonly NodeInfo[] | undefined;
  /** Where each Pod counts: bound to a node that may not exist (yet). */
  readonly #bound = new Map<string, PodInfo>();
  readonly #homeless = new Map<string, Map<string, PodInfo>>();
  readonly nominations = new Nominations();
  readonly volumes = new VolumeIndex();
  readonly workloads = new Workloads();
  /** Per claim, how many Pods on known nodes use it. */
  readonly #claimUsers = new Map<string, number>();
  readonly #volumesOn = new Map<string, number>();
  #mostVolumes = 0;
  #volumeLimits: ReadonlyMap<string, number> | undefined;
  /** Services under one label of their selector, so that a Pod finds its own without asking all. */
  readonly #services = new Map<string, Map<string, Admitted<Service>>>();
  readonly #serviceAt = new Map<string, string>();
  /** What came since somebody last asked for any: Pods without siblings, as the first of all workloads are, do not. */
  readonly #newServices: Admitted<Service>[] = [];

  constructor(watch?: CacheWatch) {
    this.#watch = watch;
  }

  /** Grows with every change that a decision may depend on. */
  get version(): number {
    return this.#version;
  }

  /** Grows when PodDisruptionBudgets change. */
  get budgets(): number {
    return this.#budgets;
  }

  /** All nodes in ascending order of their names. */
  get nodes(): readonly NodeInfo[] {
    this.#ordered ??= [...this.#nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#ordered;
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  /** `before`: what the object was when it came here last, and `key`: its `refKey`, where the caller knows. */
  upsert(object: Admitted, before?: Admitted, key?: string): void {
    const { kind } = object;
    if (object.apiVersion !== 'v1') this.#upsertListed(object, before);
    else if (kind === 'Pod') this.#upsertPod(object as Admitted<Pod>, key);
    else if (kind === 'Node') this.#upsertNode(object as Admitted<Node>);
    else if (kind === 'Service') this.#upsertService(object as Admitted<Service>, before);
    else this.#upsertListed(object, before);
  }

  remove(ref: ObjectRef): void {
    const { kind } = ref;
    if (ref.apiVersion !== 'v1') this.#removeListed(ref);
    else if (kind === 'Pod') this.#removePod(ref);
    else if (kind === 'Node') this.#removeNode(ref.name);
    else if (kind === 'Service') this.#removeService(nameOf(ref));
    else this.#removeListed(ref);
  }

  #upsertListed(object: Admitted<{ readonly spec?: unknown }>, before: Admitted<{ readonly spec?: unknown }> | undefined): void {
    const workload = workloadKindOf(object);
    if (workload !== undefined) {
      // Controllers write their status with every Pod; plugins look at their specs only.
      if ((before === undefined || before.spec !== object.spec) && this.workloads.put(workload, object)) this.#version++;
      return;
    }
    const list = this.#listOf(object);
    if (list === undefined) return;
    const name = nameOf(object.metadata);
    this.#version++;
    this.#changeListed(object.kind, list.get(name), object);
    list.set(name, object);
  }

  #removeListed(ref: ObjectRef): void {
    const workload = workloadKindOf(ref);
    if (workload !== undefined) {
      if (this.workloads.remove(workload, ref.namespace ?? '', ref.name)) this.#version++;
      return;
    }
    const list = this.#listOf(ref);
    const name = nameOf(ref);
    const before = list?.get(name);
    if (list === undefined || before === undefined) return;
    list.delete(name);
    this.#changeListed(ref.kind, before, undefined);
    this.#version++;
  }

  #listOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Map<string, Admitted> | undefined {
    const group = listedGroups.get(kind);
    if (group === undefined || group !== groupOf(apiVersion)) return undefined;
    return this.lists[`${group}/${kind}` as keyof Listed] as Map<string, Admitted>;
  }

  /** Whether a Pod on a known node uses the claim (`namespace/name`). */
  isClaimUsed(claim: string): boolean {
    return (this.#claimUsers.get(claim) ?? 0) > 0;
  }

  /** No node has ever had Pods with more volumes than this that may have to be attached. */
  get mostVolumes(): number {
    return this.#mostVolumes;
  }

  /** Per CSI driver, the least number of volumes that a node which has it can attach. */
  get volumeLimits(): ReadonlyMap<string, number> {
    if (this.#volumeLimits === undefined) {
      const limits = new Map<string, number>();
      for (const { spec } of this.lists['storage.k8s.io/CSINode'].values()) {
        for (const { name, allocatable } of spec.drivers) {
          if (allocatable?.count !== undefined) limits.set(name, Math.min(limits.get(name) ?? Infinity, allocatable.count));
        }
      }
      this.#volumeLimits = limits;
    }
    return this.#volumeLimits;
  }

  namespaceLabels(namespace: string): Labels {
    return this.lists['/Namespace'].get(namespace)?.metadata.labels ?? noLabels;
  }

  /** Services of the namespace whose selector matches the labels. */
  servicesOf(namespace: string, labels: Labels): readonly Admitted<Service>[] {
    const found: Admitted<Service>[] = [];
    if (this.#newServices.length > 0) this.#placeServices();
    if (this.#services.size === 0) return found;
    for (const pair of labelPairs(labels)) {
      const services = this.#services.get(`${namespace}/${pair}`);
      if (services === undefined) continue;
      for (const service of services.values()) if (selects(service.spec?.selector ?? noLabels, labels)) found.push(service);
    }
    return found;
  }

  #changeListed(kind: string, before: Admitted | undefined, after: Admitted | undefined): void {
    if (kind === 'PodDisruptionBudget') this.#budgets++;
    else if (kind === 'CSINode') this.#volumeLimits = undefined;
    else if (kind === 'PersistentVolume') this.volumes.change(before as PersistentDisk, after as PersistentDisk);
  }

  #upsertPod(pod: Admitted<Pod>, known?: string): void {
    const { phase, nominatedNodeName: nominated } = pod.status ?? noStatus;
    const nodeName = pod.spec?.nodeName;
    // Pods that come before any has a node.
    if (!(nodeName || nominated) && this.#bound.size === 0 && this.nominations.size === 0) return;
    const key = known ?? podKey(pod);
    const before = this.#bound.get(key);
    if (phase === 'Succeeded' || phase === 'Failed' || !(nodeName || nominated)) {
      this.#forgetPod(key, before);
      return;
    }
    const node = nodeName ? this.#nodes.get(nodeName) : undefined;
    if (node !== undefined && before !== undefined && isStill(before, pod)) {
      const replaced = before.pod;
      before.pod = pod;
      this.#version++;
      this.#watch?.podReplaced(replaced, pod, node);
      return;
    }
    const info = new PodInfo(pod, before, key);
    if (node !== undefined && before !== undefined && before.spec.nodeName === nodeName && countsAlike(before, info)) {
      this.#bound.set(key, info);
      node.replacePod(info);
      this.#version++;
      this.#watch?.podReplaced(before.pod, pod, node);
      return;
    }
    this.#forgetPod(key, before);
    if (nodeName) {
      this.#bound.set(key, info);
      if (node === undefined) put(this.#homeless, nodeName, key, info);
      else this.#settle(node, info);
    } else if (nominated) {
      this.nominations.add(info, nominated);
      this.#version++;
      this.#watch?.nominationChanged(nominated);
    }
  }

  #removePod(ref: ObjectRef): void {
    const key = refKey(ref);
    this.#forgetPod(key, this.#bound.get(key));
  }

  #forgetPod(key: string, bound: PodInfo | undefined): void {
    const nominatedTo = this.nominations.size === 0 ? undefined : this.nominations.remove(key);
    if (nominatedTo !== undefined) {
      this.#version++;
      this.#watch?.nominationChanged(nominatedTo);
    }
    if (bound === undefined) return;
    this.#bound.delete(key);
    const { nodeName = '' } = bound.spec;
    const node = this.#nodes.get(nodeName);
    if (node === undefined) drop(this.#homeless, nodeName, key);
    else this.#unsettle(node, bound);
  }

  #settle(node: NodeInfo, pod: PodInfo): void {
    node.addPod(pod);
    this.#countClaims(pod, node, 1);
    this.#version++;
    this.#watch?.podAdded(pod, node);
  }

  #unsettle(node: NodeInfo, pod: PodInfo): void {
    node.removePod(pod);
    this.#countClaims(pod, node, -1);
    this.#version++;
    this.#watch?.podRemoved(pod, node);
  }

  #countClaims(pod: PodInfo, { name }: NodeInfo, sign: 1 | -1): void {
    const { volumes: all } = pod.spec;
    for (let index = 0; all !== undefined && index < all.length; index++) {
      const volume = all[index];
      if (volume === undefined) continue;
      const { persistentVolumeClaim } = volume;
      if (persistentVolumeClaim !== undefined || volume.ephemeral !== undefined || csiVolumeOf(volume) !== undefined) {
        const volumes = (this.#volumesOn.get(name) ?? 0) + sign;
        this.#volumesOn.set(name, volumes);
        this.#mostVolumes = Math.max(this.#mostVolumes, volumes);
      }
      if (persistentVolumeClaim === undefined) continue;
      const claim = `${pod.namespace}/${persistentVolumeClaim.claimName}`;
      this.#claimUsers.set(claim, (this.#claimUsers.get(claim) ?? 0) + sign);
    }
  }

  #upsertNode(node: Admitted<Node>): void {
    const before = this.#nodes.get(node.metadata.name);
    if (before !== undefined && isSameToPods(before.node, node)) return;
    const info = new NodeInfo(node);
    this.#takeNode(info.name);
    this.#nodes.set(info.name, info);
    this.#changeImages(before?.node, node);
    for (const pod of this.#homeless.get(info.name)?.values() ?? []) this.#settle(info, pod);
    this.#homeless.delete(info.name);
    this.#changedNode(before, info);
  }

  #removeNode(name: string): void {
    const before = this.#takeNode(name);
    if (before === undefined) return;
    this.#changeImages(before.node, undefined);
    this.#changedNode(before, undefined);
  }

  #changeImages(before: Admitted<Node> | undefined, after: Admitted<Node> | undefined): void {
    if (before?.status?.images === after?.status?.images) return;
    if (before !== undefined) this.images.remove(before.metadata.name, before.status?.images ?? []);
    if (after !== undefined) this.images.add(after.metadata.name, after.status?.images ?? []);
  }

  #changedNode(before: NodeInfo | undefined, after: NodeInfo | undefined): void {
    this.#ordered = undefined;
    this.#version++;
    this.#watch?.nodeChanged(before, after);
  }

  /** Takes the node out; its Pods wait for it to come back. */
  #takeNode(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name);
    if (info === undefined) return undefined;
    this.#nodes.delete(name);
    for (const pod of [...info.pods.values()]) {
      this.#unsettle(info, pod);
      put(this.#homeless, name, pod.key, pod);
    }
    return info;
  }

  #upsertService(service: Admitted<Service>, before: Admitted<Service> | undefined): void {
    if (before !== undefined && before.spec === service.spec) return;
    this.#version++;
    this.#newServices.push(service);
  }

  #placeServices(): void {
    for (const service of this.#newServices) {
      const name = nameOf(service.metadata);
      this.#dropService(name);
      const namespace = service.metadata.namespace ?? 'default';
      let at: string | undefined;
      // Under the label that fewest others have chosen: some labels are on everything.
      for (const pair of labelPairs(service.spec?.selector ?? noLabels)) {
        const place = `${namespace}/${pair}`;
        if (at === undefined || this.#servicesAt(place) < this.#servicesAt(at)) at = place;
      }
      if (at === undefined) continue;
      this.#serviceAt.set(name, at);
      put(this.#services, at, name, service);
    }
    this.#newServices.length = 0;
  }

  #servicesAt(place: string): number {
    return this.#services.get(place)?.size ?? 0;
  }

  #removeService(name: string): void {
    this.#placeServices();
    this.#version++;
    this.#dropService(name);
  }

  #dropService(name: string): void {
    const at = this.#serviceAt.get(name);
    if (at === undefined) return;
    this.#serviceAt.delete(name);
    drop(this.#services, at, name);
  }
}
