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
  ReplicaSet,
  ReplicationController,
  Service,
  StatefulSet,
  StorageClass,
} from '../api/generated/types.js';
import { type Admitted, groupOf, type ObjectRef, refOf } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import { getOrInsert } from './get-or-insert.js';
import { ImageStates } from './image-states.js';
import { labelOf } from './labels.js';
import { NodeInfo } from './node-info.js';
import { countsAlike, type PodInfo, podInfo } from './pod-info.js';

/** Kinds that plugins look up as they are, by group and kind. */
interface Listed {
  '/Namespace': Namespace;
  '/PersistentVolume': PersistentVolume;
  '/PersistentVolumeClaim': PersistentVolumeClaim;
  '/ReplicationController': ReplicationController;
  'apps/ReplicaSet': ReplicaSet;
  'apps/StatefulSet': StatefulSet;
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
  '/ReplicationController': new Map(),
  'apps/ReplicaSet': new Map(),
  'apps/StatefulSet': new Map(),
  'policy/PodDisruptionBudget': new Map(),
  'storage.k8s.io/CSIDriver': new Map(),
  'storage.k8s.io/CSINode': new Map(),
  'storage.k8s.io/CSIStorageCapacity': new Map(),
  'storage.k8s.io/StorageClass': new Map(),
});

const nameOf = (ref: { readonly namespace?: string | undefined; readonly name: string }): string =>
  ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;

const put = <T>(groups: Map<string, Map<string, T>>, group: string, key: string, value: T): void => {
  getOrInsert(groups, group, () => new Map<string, T>()).set(key, value);
};

const isFinished = (pod: Admitted<Pod>): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** What the scheduler knows of the cluster. */
export class Cache {
  readonly lists = emptyLists();
  readonly images = new ImageStates();
  readonly #nodes = new Map<string, NodeInfo>();
  #ordered: readonly NodeInfo[] | undefined;
  /** Where each Pod counts: bound to a node that may not exist (yet), or nominated to one. */
  readonly #bound = new Map<string, { readonly nodeName: string; readonly pod: PodInfo }>();
  readonly #homeless = new Map<string, Map<string, PodInfo>>();
  readonly #nominated = new Map<string, Map<string, PodInfo>>();
  readonly #nominations = new Map<string, string>();
  /** Per claim, how many Pods on known nodes use it. */
  readonly #claimUsers = new Map<string, number>();
  /** Services under one label of their selector, so that a Pod finds its own without asking all. */
  readonly #services = new Map<string, Map<string, Admitted<Service>>>();
  readonly #serviceAt = new Map<string, string>();

  /** All nodes in ascending order of their names. */
  get nodes(): readonly NodeInfo[] {
    this.#ordered ??= [...this.#nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#ordered;
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  upsert(object: Admitted): void {
    const ref = refOf(object);
    const kind = `${groupOf(ref.apiVersion)}/${ref.kind}`;
    if (kind === '/Pod') this.#upsertPod(object as Admitted<Pod>);
    else if (kind === '/Node') this.#upsertNode(object as Admitted<Node>);
    else if (kind === '/Service') this.#upsertService(object as Admitted<Service>);
    else if (Object.hasOwn(this.lists, kind)) {
      (this.lists[kind as keyof Listed] as Map<string, Admitted>).set(nameOf(ref), object);
    }
  }

  remove(ref: ObjectRef): void {
    const kind = `${groupOf(ref.apiVersion)}/${ref.kind}`;
    if (kind === '/Pod') this.#forgetPod(nameOf(ref));
    else if (kind === '/Node') this.#removeNode(ref.name);
    else if (kind === '/Service') this.#removeService(nameOf(ref));
    else if (Object.hasOwn(this.lists, kind)) this.lists[kind as keyof Listed].delete(nameOf(ref));
  }

  /** Pods that wait for Pods on the node to end. */
  nominatedTo(nodeName: string): Iterable<PodInfo> {
    return this.#nominated.get(nodeName)?.values() ?? [];
  }

  get hasNominations(): boolean {
    return this.#nominations.size > 0;
  }

  /** Whether a Pod on a known node uses the claim (`namespace/name`). */
  isClaimUsed(claim: string): boolean {
    return (this.#claimUsers.get(claim) ?? 0) > 0;
  }

  namespaceLabels(namespace: string): Labels {
    return this.lists['/Namespace'].get(namespace)?.metadata.labels ?? {};
  }

  /** Services of the namespace whose selector matches the labels. */
  *servicesOf(namespace: string, labels: Labels): Iterable<Admitted<Service>> {
    if (this.#services.size === 0) return;
    for (const key of Object.keys(labels)) {
      const services = this.#services.get(`${namespace}/${key}=${labels[key]}`);
      for (const service of services?.values() ?? []) {
        const wanted = Object.entries(service.spec?.selector ?? {});
        if (wanted.every(([label, value]) => labelOf(labels, label) === value)) yield service;
      }
    }
  }

  #upsertPod(pod: Admitted<Pod>): void {
    const info = podInfo(pod);
    const nodeName = pod.spec?.nodeName;
    const before = this.#bound.get(info.key);
    const node = nodeName ? this.#nodes.get(nodeName) : undefined;
    if (node !== undefined && before?.nodeName === node.name && countsAlike(before.pod, info) && !isFinished(pod)) {
      this.#bound.set(info.key, { nodeName: node.name, pod: info });
      node.replacePod(info);
      return;
    }
    this.#forgetPod(info.key);
    if (isFinished(pod)) return;
    if (nodeName) {
      this.#bound.set(info.key, { nodeName, pod: info });
      if (node === undefined) put(this.#homeless, nodeName, info.key, info);
      else this.#settle(node, info);
    } else if (pod.status?.nominatedNodeName) {
      this.#nominations.set(info.key, pod.status.nominatedNodeName);
      put(this.#nominated, pod.status.nominatedNodeName, info.key, info);
    }
  }

  #forgetPod(key: string): void {
    const nomination = this.#nominations.get(key);
    if (nomination !== undefined) {
      this.#nominations.delete(key);
      this.#nominated.get(nomination)?.delete(key);
    }
    const bound = this.#bound.get(key);
    if (bound === undefined) return;
    this.#bound.delete(key);
    const node = this.#nodes.get(bound.nodeName);
    if (node === undefined) this.#homeless.get(bound.nodeName)?.delete(key);
    else this.#unsettle(node, bound.pod);
  }

  #settle(node: NodeInfo, pod: PodInfo): void {
    node.addPod(pod);
    this.#countClaims(pod, 1);
  }

  #unsettle(node: NodeInfo, pod: PodInfo): void {
    node.removePod(pod);
    this.#countClaims(pod, -1);
  }

  #countClaims(pod: PodInfo, sign: 1 | -1): void {
    for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
      if (persistentVolumeClaim === undefined) continue;
      const claim = `${pod.namespace}/${persistentVolumeClaim.claimName}`;
      this.#claimUsers.set(claim, (this.#claimUsers.get(claim) ?? 0) + sign);
    }
  }

  #upsertNode(node: Admitted<Node>): void {
    const info = new NodeInfo(node);
    this.#removeNode(info.name);
    this.#nodes.set(info.name, info);
    this.images.add(info.name, node.status?.images ?? []);
    for (const pod of this.#homeless.get(info.name)?.values() ?? []) this.#settle(info, pod);
    this.#homeless.delete(info.name);
    this.#ordered = undefined;
  }

  #removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info === undefined) return;
    this.#nodes.delete(name);
    this.images.remove(name, info.node.status?.images ?? []);
    for (const pod of [...info.pods.values()]) {
      this.#unsettle(info, pod);
      put(this.#homeless, name, pod.key, pod);
    }
    this.#ordered = undefined;
  }

  #upsertService(service: Admitted<Service>): void {
    const name = nameOf(refOf(service));
    this.#removeService(name);
    const [first] = Object.entries(service.spec?.selector ?? {});
    if (first === undefined) return;
    const at = `${service.metadata.namespace ?? 'default'}/${first[0]}=${first[1]}`;
    this.#serviceAt.set(name, at);
    put(this.#services, at, name, service);
  }

  #removeService(name: string): void {
    const at = this.#serviceAt.get(name);
    if (at === undefined) return;
    this.#serviceAt.delete(name);
    this.#services.get(at)?.delete(name);
  }
}
