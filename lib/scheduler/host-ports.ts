import type { Container, PodSpec } from '../api/generated/types.js';
import { getOrInsert } from './get-or-insert.js';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

const none: readonly HostPort[] = [];

const anyIP = '0.0.0.0';

/** The host ports a Pod holds while it runs: of its containers and restartable init containers. */
export const hostPortsOf = (spec: PodSpec): readonly HostPort[] => {
  let ports = none;
  for (const container of spec.containers) ports = withPorts(ports, container);
  for (const container of spec.initContainers ?? [])
    if (container.restartPolicy === 'Always') ports = withPorts(ports, container);
  return ports;
};

const withPorts = (others: readonly HostPort[], { ports = [] }: Container): readonly HostPort[] => {
  let all = others;
  for (const { hostPort = 0, hostIP, protocol } of ports) {
    if (hostPort > 0) all = [...all, { ip: hostIP || anyIP, protocol: protocol || 'TCP', port: hostPort }];
  }
  return all;
};

/** The host ports in use on one node, counted, because Pods placed by hand may share one. */
export class HostPorts {
  readonly #ips = new Map<string, Map<string, number>>();

  add(ports: readonly HostPort[]): void {
    for (const port of ports) {
      const held = getOrInsert(this.#ips, port.ip, () => new Map<string, number>());
      const key = `${port.protocol}/${port.port}`;
      held.set(key, (held.get(key) ?? 0) + 1);
    }
  }

  remove(ports: readonly HostPort[]): void {
    for (const port of ports) {
      const held = this.#ips.get(port.ip);
      const key = `${port.protocol}/${port.port}`;
      const count = held?.get(key) ?? 0;
      if (count > 1) held?.set(key, count - 1);
      else held?.delete(key);
    }
  }

  /** The wildcard address conflicts with every address. */
  conflicts(port: HostPort): boolean {
    const key = `${port.protocol}/${port.port}`;
    if (port.ip !== anyIP) return this.#ips.get(anyIP)?.has(key) === true || this.#ips.get(port.ip)?.has(key) === true;
    for (const held of this.#ips.values()) if (held.has(key)) return true;
    return false;
  }
}
