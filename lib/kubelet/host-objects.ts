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

// Functions and not private methods, which make objects dear: there are two for every Pod.
const namespaceOf = ({ pod }: HostedPod): string => pod.metadata.namespace ?? '';
const nodeOf = ({ host, pod }: HostedPod): Admitted<Node> | undefined => host.node(pod.spec?.nodeName ?? '');

/** The objects that one Pod refers to, as its host has them and with the kubelet's words for those it has not. */
export class HostObjects implements EnvironmentSource, VolumeSource {
  readonly #of: HostedPod;

  constructor(of: HostedPod) {
    this.#of = of;
  }

  get podIPs(): readonly string[] {
    const { podIP } = this.#of;
    return podIP === undefined ? [] : [podIP];
  }

  get hostIPs(): readonly string[] {
    const { addresses = [] } = nodeOf(this.#of)?.status ?? {};
    return addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
  }

  get allocatable(): Readonly<Record<string, Quantity>> {
    return nodeOf(this.#of)?.status?.allocatable ?? {};
  }

  configMap(name: string): Lookup<ConfigMap> {
    return lookup('ConfigMap', name, this.#of.host.get('ConfigMap', namespaceOf(this.#of), name));
  }

  secret(name: string): Lookup<Secret> {
    return lookup('Secret', name, this.#of.host.get('Secret', namespaceOf(this.#of), name));
  }

  claim(name: string): PersistentVolumeClaim | undefined {
    return this.#of.host.get('PersistentVolumeClaim', namespaceOf(this.#of), name);
  }

  services(): readonly Service[] {
    const master = this.#of.host.get('Service', 'default', 'kubernetes');
    const own: readonly Service[] = this.#of.host.services(namespaceOf(this.#of));
    return master === undefined || own.includes(master) ? own : [...own, master];
  }
}
