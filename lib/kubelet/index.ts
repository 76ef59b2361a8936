import type { Pod, PodStatus } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { KubeletHost } from './host.js';
import type { OpenPorts } from './pod.js';
import { PodWorker } from './worker.js';

export { listensOn } from './port.js';
export { volumeData } from './volume-data.js';

/** Seconds from the binding of a Pod to the start of its first containers. */
const startSeconds = 1;

/**
 * The kubelets of all nodes, on simulated time: they start the containers of bound Pods, watch over them and report.
 * Images always exist; what containers do is what was declared for them, or what their commands obviously do.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
export class Kubelet {
  readonly #host: KubeletHost;
  readonly #workers = new Map<string, PodWorker>();
  readonly #nodePorts = new Map<string, OpenPorts>();
  #newcomers: PodWorker[] = [];

  constructor(host: KubeletHost) {
    this.#host = host;
  }

  /** A Pod was bound to a node, or a bound Pod changed (its spec, or it is to be deleted). */
  podChanged(pod: Admitted<Pod>): void {
    const worker = this.#workers.get(pod.metadata.uid);
    if (worker !== undefined) {
      worker.update(pod);
      return;
    }
    const { nodeName } = pod.spec ?? {};
    const leaving = pod.metadata.deletionTimestamp !== undefined;
    // A Pod that names a node that is not there has no kubelet.
    if (nodeName === undefined || (!leaving && this.#host.node(nodeName) === undefined)) return;
    const newcomer = new PodWorker(this.#host, pod, this.#portsOf(pod));
    this.#workers.set(pod.metadata.uid, newcomer);
    if (leaving) newcomer.update(pod);
    else this.#startLater(newcomer);
  }

  /** A Pod is gone from the API: nothing of it goes on. */
  podRemoved(pod: Admitted<Pod>): void {
    this.#workers.get(pod.metadata.uid)?.forget();
    this.#workers.delete(pod.metadata.uid);
  }

  /** The status that was last reported of a Pod. */
  reported(uid: string): PodStatus | undefined {
    return this.#workers.get(uid)?.reported;
  }

  /** Pods that come together start together: one timer for all of them. */
  #startLater(worker: PodWorker): void {
    this.#newcomers.push(worker);
    if (this.#newcomers.length > 1) return;
    this.#host.clock.after(startSeconds, () => {
      const workers = this.#newcomers;
      this.#newcomers = [];
      for (const each of workers) each.sync();
    });
  }

  /** Pods on the network of their node share its ports. */
  #portsOf(pod: Admitted<Pod>): OpenPorts | undefined {
    const { nodeName = '', hostNetwork } = pod.spec ?? {};
    if (hostNetwork !== true) return undefined;
    const ports = this.#nodePorts.get(nodeName) ?? new Map();
    this.#nodePorts.set(nodeName, ports);
    return ports;
  }
}
