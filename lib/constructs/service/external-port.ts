import type * as k8s from '../../api/generated/types.js';
import type { PortOptions, Protocol } from '../pod/port.js';
import type { OfferedPort } from './service.js';

/** A port of something outside the cluster. */
export type ExternalPort =
  | number
  | {
      readonly port: number;
      /** The port out there, where it differs. */
      readonly target?: number | undefined;
      readonly protocol?: Protocol | undefined;
      readonly appProtocol?: string | undefined;
    };

interface ExternalPorts {
  readonly offered: ReadonlyMap<string, OfferedPort>;
  readonly servicePorts: readonly k8s.ServicePort[];
  /** The ports out there, by name. */
  readonly outside: ReadonlyMap<string, PortOptions>;
}

export const externalPorts = (ports: object | undefined): ExternalPorts => {
  const offered = new Map<string, OfferedPort>();
  const outside = new Map<string, PortOptions>();
  const servicePorts: k8s.ServicePort[] = [];
  for (const [name, value] of Object.entries<ExternalPort>({ ...ports })) {
    const { port, target, protocol, appProtocol }: Exclude<ExternalPort, number> =
      typeof value === 'number' ? { port: value } : value;
    offered.set(name, { name, port, protocol, appProtocol });
    outside.set(name, { port: target ?? port, protocol });
    servicePorts.push({ name, port, targetPort: target, protocol, appProtocol });
  }
  return { offered, servicePorts, outside };
};
