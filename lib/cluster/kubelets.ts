import type { Pod, PodStatus } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { Stored } from '../apiserver/kinds.js';
import type { ApiServer } from '../apiserver/server.js';
import { type Change, keyOf } from '../apiserver/store.js';
import type { ContainerBehaviour } from '../kubelet/behaviour.js';
import type { KubeletHost } from '../kubelet/host.js';

/** What runs Pods: the kubelets of all nodes. */
export interface PodRunner {
  /** A Pod was bound to a node, or its spec, labels or deletion changed. */
  podChanged(pod: Admitted<Pod>): void;
  podRemoved(pod: Admitted<Pod>): void;
}

/** Addresses of Pods: each node has a range of 1,022 in 10.128.0.0/9, given out in turn. */
class PodAddresses {
  readonly #nodes = new Map<string, { readonly range: number; last: number }>();
  readonly #held = new Map<string, string>();

  allocate(pod: Admitted<Pod>): string {
    const node = pod.spec?.nodeName ?? '';
    const known = this.#nodes.get(node);
    const addresses = known ?? { range: this.#nodes.size, last: 1 };
    if (known === undefined) this.#nodes.set(node, addresses);
    for (let tries = 0, at = addresses.last; tries < 1022; tries++) {
      at = (at % 1022) + 1;
      const offset = addresses.range * 1024 + at;
      const address = `10.${128 + (offset >> 16)}.${(offset >> 8) & 255}.${offset & 255}`;
      if (this.#held.has(address)) continue;
      addresses.last = at;
      this.#held.set(address, pod.metadata.uid);
      return address;
    }
    return '';
  }

  release(pod: Pod): void {
    const address = pod.status?.podIP;
    if (address !== undefined && this.#held.get(address) === pod.metadata?.uid) this.#held.delete(address);
  }
}

/** Connects the kubelets to the API server: they hear of the Pods bound to nodes that are up. */
export class Kubelets {
  readonly #api: ApiServer;
  readonly #runner: PodRunner;
  readonly #isHidden: (pod: Stored) => boolean;
  readonly #addresses = new PodAddresses();
  /** The last change of each Pod they were not told of yet, by uid: a name may come again. */
  #news = new Map<string, Change>();
  readonly #down = new Set<string>();
  /** What the kubelets last said of each Pod, by uid: others overwrite it while a node is down. */
  readonly #reported = new Map<string, PodStatus>();

  constructor(
    api: ApiServer,
    behaviour: (pod: Admitted<Pod>, container: string) => ContainerBehaviour,
    createRunner: (host: KubeletHost) => PodRunner,
    isHidden: (pod: Stored) => boolean,
  ) {
    this.#api = api;
    this.#isHidden = isHidden;
    this.#runner = createRunner(this.#hostOf(behaviour));
    api.store.watch(this.#observe, ['Pod']);
  }

  /** Tells the kubelets what changed; returns how many Pods that were. */
  run(): number {
    const changes = this.#news;
    if (changes.size === 0) return 0;
    this.#news = new Map();
    for (const { type, key, object } of changes.values()) {
      const pod = object as Admitted as Admitted<Pod>;
      const { uid } = pod.metadata;
      if (type === 'deleted') {
        this.#addresses.release(pod);
        this.#reported.delete(uid);
        this.#runner.podRemoved(pod);
        continue;
      }
      const current = this.#api.store.get(key) as Admitted<Pod> | undefined;
      if (current?.metadata.uid === uid && !this.#down.has(pod.spec?.nodeName ?? '')) this.#runner.podChanged(current);
    }
    return changes.size;
  }

  /** A node that is down runs nothing and answers nothing; coming back, it looks at its Pods again. */
  setDown(node: string, down: boolean): void {
    if (down) {
      this.#down.add(node);
      return;
    }
    this.#down.delete(node);
    for (const pod of this.#api.store.list('Pod')) {
      if (pod.spec?.nodeName !== node) continue;
      const reported = this.#reported.get(pod.metadata.uid);
      if (reported !== undefined) this.#api.updateStatus(pod, reported);
      this.#news.set(pod.metadata.uid, { type: 'modified', key: keyOf(pod), object: pod as Admitted as Stored });
    }
  }

  isDown(node: string): boolean {
    return this.#down.has(node);
  }

  readonly #observe = (change: Change): void => {
    const { previous, object, type } = change;
    const { spec } = object as Admitted<Pod>;
    if (spec?.nodeName === undefined || this.#isHidden(object)) return;
    const isNews =
      type !== 'modified' ||
      previous === undefined ||
      previous.spec !== object.spec ||
      previous.metadata.deletionTimestamp !== object.metadata.deletionTimestamp ||
      previous.metadata.deletionGracePeriodSeconds !== object.metadata.deletionGracePeriodSeconds ||
      previous.metadata.labels !== object.metadata.labels ||
      previous.metadata.annotations !== object.metadata.annotations;
    if (isNews) this.#news.set(object.metadata.uid, change);
  };

  #hostOf(behaviour: (pod: Admitted<Pod>, container: string) => ContainerBehaviour): KubeletHost {
    const api = this.#api;
    return {
      clock: api.clock,
      node: (name) => api.store.find('Node', undefined, name),
      get: (kind, namespace, name) => api.store.find(kind, namespace, name),
      services: (namespace) => api.store.list('Service', namespace),
      behaviour,
      allocatePodIP: (pod) => this.#addresses.allocate(pod),
      updateStatus: (pod, status: PodStatus) => {
        this.#reported.set(pod.metadata.uid, status);
        if (!this.#down.has(pod.spec?.nodeName ?? '')) api.updateStatus(pod, status);
      },
      remove: (pod) => {
        if (!this.#down.has(pod.spec?.nodeName ?? '')) api.finish(pod);
      },
      event: api.record.bind(api),
      note: api.note.bind(api),
    };
  }
}
