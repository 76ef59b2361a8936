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
  /** What it last said of a Pod. */
  reported(uid: string): PodStatus | undefined;
}

interface NodeAddresses {
  readonly range: number;
  last: number;
  /** Uids of the Pods that have them, by place in the range. */
  readonly holders: (string | undefined)[];
}

const addressOf = (range: number, at: number): string => {
  const offset = range * 1024 + at;
  return `10.${128 + (offset >> 16)}.${(offset >> 8) & 255}.${offset & 255}`;
};

/** Where in its range an address is. */
const placeOf = (address: string): number => {
  const [, , third = '', fourth = ''] = address.split('.');
  return ((Number(third) & 3) << 8) | Number(fourth);
};

/** Addresses of Pods: each node has a range of 1,022 in 10.128.0.0/9, given out in turn. */
class PodAddresses {
  readonly #nodes = new Map<string, NodeAddresses>();

  allocate(pod: Admitted<Pod>): string {
    const node = pod.spec?.nodeName ?? '';
    let addresses = this.#nodes.get(node);
    if (addresses === undefined) {
      addresses = { range: this.#nodes.size, last: 1, holders: [] };
      this.#nodes.set(node, addresses);
    }
    const { range, holders } = addresses;
    for (let tries = 0, at = addresses.last; tries < 1022; tries++) {
      at = (at % 1022) + 1;
      if (holders[at] !== undefined) continue;
      addresses.last = at;
      holders[at] = pod.metadata.uid;
      return addressOf(range, at);
    }
    return '';
  }

  release(pod: Admitted<Pod>): void {
    const address = pod.status?.podIP;
    const addresses = this.#nodes.get(pod.spec?.nodeName ?? '');
    if (address === undefined || addresses === undefined) return;
    const { range, holders } = addresses;
    const at = placeOf(address);
    if (holders[at] === pod.metadata.uid && addressOf(range, at) === address) holders[at] = undefined;
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
    for (const { type, object } of changes.values()) {
      const pod = object as Admitted as Admitted<Pod>;
      const { uid } = pod.metadata;
      if (type === 'deleted') {
        this.#addresses.release(pod);
        this.#runner.podRemoved(pod);
        continue;
      }
      const current = this.#api.store.find('Pod', pod.metadata.namespace, pod.metadata.name);
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
      // Others overwrote it while the node was down.
      const reported = this.#runner.reported(pod.metadata.uid);
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
    if (spec?.nodeName === undefined) return;
    const isNews =
      type !== 'modified' ||
      previous === undefined ||
      previous.spec !== object.spec ||
      previous.metadata.deletionTimestamp !== object.metadata.deletionTimestamp ||
      previous.metadata.deletionGracePeriodSeconds !== object.metadata.deletionGracePeriodSeconds ||
      previous.metadata.labels !== object.metadata.labels ||
      previous.metadata.annotations !== object.metadata.annotations;
    if (isNews && !this.#isHidden(object)) this.#news.set(object.metadata.uid, change);
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
