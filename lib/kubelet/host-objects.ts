import type { ConfigMap, Node, PersistentVolumeClaim, Pod, Quantity, Secret, Service } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { EnvironmentSource, Lookup } from './environment.js';
import type { KubeletHost } from './host.js';
import type { VolumeSource } from './volumes.js';

const lookup = <T>(kind: string, name: string, found: T | undefined): Lookup<T> =>
  found === undefined ? { missing: `${kind.toLowerCase()} "${name}" not found` } : { found };

/** A Pod on its node. */
interface HostedPod {
  readonly host: KubeletHost;
  readonly pod: Admitted<Pod>;
  readonly podIP: string | undefined;
}

/** The objects that one Pod refers to, as its host has them and with the kubelet's words for those it has not. */
export class HostObjects implements EnvironmentSource, VolumeSource {
  readonly #of: HostedPod;
  readonly #host: KubeletHost;
  readonly #namespace: string;

  constructor(of: HostedPod) {
    this.#of = of;
    this.#host = of.host;
    this.#namespace = of.pod.metadata.namespace ?? '';
  }

  get podIPs(): readonly string[] {
    const { podIP } = this.#of;
    return podIP === undefined ? [] : [podIP];
  }

  get #node(): Admitted<Node> | undefined {
    return this.#host.node(this.#of.pod.spec?.nodeName ?? '');
  }

  get hostIPs(): readonly string[] {
    const { addresses = [] } = this.#node?.status ?? {};
    return addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
  }

  get allocatable(): Readonly<Record<string, Quantity>> {
    return this.#node?.status?.allocatable ?? {};
  }

  configMap(name: string): Lookup<ConfigMap> {
    return lookup('ConfigMap', name, this.#host.get('ConfigMap', this.#namespace, name));
  }

  secret(name: string): Lookup<Secret> {
    return lookup('Secret', name, this.#host.get('Secret', this.#namespace, name));
  }

  claim(name: string): PersistentVolumeClaim | undefined {
    return this.#host.get('PersistentVolumeClaim', this.#namespace, name);
  }

  services(): readonly Service[] {
    const master = this.#host.get('Service', 'default', 'kubernetes');
    const own: readonly Service[] = this.#host.services(this.#namespace);
    return master === undefined || own.includes(master) ? own : [...own, master];
  }
}
