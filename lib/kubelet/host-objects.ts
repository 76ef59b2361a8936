import type { ConfigMap, PersistentVolumeClaim, Pod, Quantity, Secret, Service } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { EnvironmentSource, Lookup } from './environment.js';
import type { KubeletHost } from './host.js';
import type { VolumeSource } from './volumes.js';

const lookup = <T>(kind: string, name: string, found: T | undefined): Lookup<T> =>
  found === undefined ? { missing: `${kind.toLowerCase()} "${name}" not found` } : { found };

/** The objects that one Pod refers to, as its host has them and with the kubelet's words for those it has not. */
export class HostObjects implements EnvironmentSource, VolumeSource {
  readonly #host: KubeletHost;
  readonly #pod: Admitted<Pod>;
  readonly #namespace: string;
  readonly #podIP: string | undefined;

  constructor(host: KubeletHost, pod: Admitted<Pod>, podIP: string | undefined) {
    this.#host = host;
    this.#pod = pod;
    this.#namespace = pod.metadata.namespace ?? '';
    this.#podIP = podIP;
  }

  get podIPs(): readonly string[] {
    return this.#podIP === undefined ? [] : [this.#podIP];
  }

  get hostIPs(): readonly string[] {
    const { addresses = [] } = this.#host.node(this.#pod.spec?.nodeName ?? '')?.status ?? {};
    return addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
  }

  get allocatable(): Readonly<Record<string, Quantity>> {
    return this.#host.node(this.#pod.spec?.nodeName ?? '')?.status?.allocatable ?? {};
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
