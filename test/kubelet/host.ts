import type { Container, Node, Pod, PodSpec, PodStatus } from '../../lib/api/generated/types.js';
import type { Admitted, ObjectRef } from '../../lib/api/object.js';
import { refKey, refOf } from '../../lib/api/object.js';
import { Clock, epoch } from '../../lib/apiserver/clock.js';
import type { Occurrence } from '../../lib/apiserver/event.js';
import type { ContainerBehaviour, PodBehaviour } from '../../lib/kubelet/behaviour.js';
import type { KubeletHost } from '../../lib/kubelet/host.js';
import { Kubelet } from '../../lib/kubelet/index.js';

interface Told {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly object: ObjectRef;
}

/** A tiny cluster around a kubelet: objects, Pods and what they were reported to be. */
export class FakeHost implements KubeletHost {
  readonly clock = new Clock();
  readonly kubelet = new Kubelet(this);
  readonly pods = new Map<string, Admitted<Pod>>();
  readonly history: { readonly at: number; readonly pod: string; readonly status: PodStatus }[] = [];
  readonly events: Told[] = [];
  readonly removed: string[] = [];
  readonly #objects = new Map<string, Admitted<Record<string, unknown>>>();
  readonly #behaviours = new Map<string, PodBehaviour>();
  #addresses = 0;

  node(name: string): Admitted<Node> | undefined {
    if (name === 'nowhere') return undefined;
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, uid: name },
      status: {
        addresses: [{ type: 'InternalIP', address: '192.168.0.1' }],
        allocatable: { cpu: '4', memory: '16Gi' },
        capacity: { cpu: '4', memory: '16Gi' },
      },
    };
  }

  get(kind: string, namespace: string, name: string): Admitted | undefined {
    return this.#objects.get(refKey({ apiVersion: 'v1', kind, namespace, name }));
  }

  services(): readonly Admitted[] {
    return [...this.#objects.values()].filter(({ kind }) => kind === 'Service');
  }

  behaviour(pod: Admitted<Pod>, container: string): ContainerBehaviour {
    return this.#behaviours.get(pod.metadata.name)?.[container] ?? {};
  }

  allocatePodIP(): string {
    return `10.0.0.${++this.#addresses}`;
  }

  updateStatus(pod: Admitted<Pod>, status: PodStatus): void {
    const { name } = pod.metadata;
    this.history.push({ at: (this.clock.now - epoch) / 1000, pod: name, status });
    const current = this.pods.get(name);
    if (current !== undefined) this.pods.set(name, { ...current, status });
  }

  remove(pod: Admitted<Pod>): void {
    this.removed.push(pod.metadata.name);
    this.pods.delete(pod.metadata.name);
    this.kubelet.podRemoved(pod);
  }

  event(event: Told): void {
    this.events.push(event);
  }

  note({ events }: Occurrence): void {
    this.events.push(...events);
  }

  add(kind: string, name: string, fields: Readonly<Record<string, unknown>>): void {
    const object = { apiVersion: 'v1', kind, metadata: { name, namespace: 'default', uid: name }, ...fields };
    this.#objects.set(refKey(refOf(object)), object);
  }

  /** Binds a Pod to `k8s-w1` unless its spec names another node. */
  bind(name: string, spec: PodSpec, behaviour: PodBehaviour = {}, metadata: Pod['metadata'] = {}): void {
    const pod: Admitted<Pod> = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', uid: `uid-${name}`, ...metadata, name } as Admitted<Pod>['metadata'],
      spec: { nodeName: 'k8s-w1', restartPolicy: 'Always', ...spec },
    };
    this.#behaviours.set(name, behaviour);
    this.pods.set(name, pod);
    this.kubelet.podChanged(pod);
  }

  change(name: string, change: (pod: Admitted<Pod>) => Admitted<Pod>): void {
    const pod = this.pods.get(name);
    if (pod === undefined) throw new Error(`no Pod ${name}`);
    const changed = change(pod);
    this.pods.set(name, changed);
    this.kubelet.podChanged(changed);
  }

  delete(name: string, graceSeconds = 30): void {
    this.change(name, (pod) => ({
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: this.clock.timestamp, deletionGracePeriodSeconds: graceSeconds },
    }));
  }

  /** Lets simulated time pass up to so many seconds after the start; returns how many tasks ran. */
  until(seconds: number): number {
    let tasks = 0;
    while (this.clock.step(epoch + seconds * 1000)) tasks++;
    this.clock.advanceTo(epoch + seconds * 1000);
    return tasks;
  }

  status(name: string): PodStatus {
    return this.pods.get(name)?.status ?? {};
  }

  container(pod: string, name: string) {
    const { containerStatuses = [], initContainerStatuses = [] } = this.status(pod);
    return [...initContainerStatuses, ...containerStatuses].find((status) => status.name === name);
  }

  condition(pod: string, type: string): string | undefined {
    return this.status(pod).conditions?.find((condition) => condition.type === type)?.status;
  }

  messages(reason: string): readonly string[] {
    return this.events.filter((event) => event.reason === reason).map(({ message }) => message);
  }

  /** What a container was reported to be, in order: `waiting PodInitializing`, `running`, `terminated OOMKilled 137`. */
  story(pod: string, name: string): readonly string[] {
    const states = this.history
      .filter((entry) => entry.pod === pod)
      .flatMap(({ status }) => [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
      .filter((status) => status.name === name)
      .map(({ state }) => {
        if (state?.waiting !== undefined) return `waiting ${state.waiting.reason}`;
        if (state?.terminated !== undefined) return `terminated ${state.terminated.reason} ${state.terminated.exitCode}`;
        return 'running';
      });
    return states.filter((state, index) => state !== states[index - 1]);
  }
}

export const nginx = (fields: Partial<Container> = {}): Container => ({
  name: 'nginx',
  image: 'nginx:1.27',
  ports: [{ containerPort: 80 }],
  ...fields,
});
