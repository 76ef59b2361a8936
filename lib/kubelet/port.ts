import type { Container, ContainerPort, Pod } from '../api/generated/types.js';
import type { ContainerBehaviour } from './behaviour.js';
import { commandEnd } from './command.js';

export interface Listener {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

const none: readonly Listener[] = [];

const listenerOf = ({ containerPort, protocol }: ContainerPort): Listener => ({
  port: containerPort,
  protocol: protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP',
});

/** Ports that a running container listens on: as declared for the simulator, otherwise its container ports. */
export const listeners = (container: Container, behaviour: ContainerBehaviour): readonly Listener[] => {
  if (behaviour.listens !== undefined) return behaviour.listens.map(({ port, protocol = 'TCP' }) => ({ port, protocol }));
  if (container.ports === undefined || typeof commandEnd(container) === 'object') return none;
  return container.ports.map(listenerOf);
};

/**
 * Nothing is said about this container's ports, neither by its manifest nor to the simulator: containerPort is only
 * informational, so it may listen anywhere.
 */
export const listensAnywhere = (container: Container, behaviour: ContainerBehaviour): boolean =>
  behaviour.listens === undefined && (container.ports ?? []).length === 0 && typeof commandEnd(container) !== 'object';

/** The number of a port given by number or by the name of one of the container's ports. */
export const portNumber = (container: Container, port: number | string): number | undefined => {
  if (typeof port === 'number') return port;
  const named = (container.ports ?? []).find(({ name }) => name === port)?.containerPort;
  return named ?? (/^\d+$/u.test(port) ? Number(port) : undefined);
};

/**
 * The running container that answers at `localhost:port` inside the Pod, and at the Pod's address: containers of a Pod share
 * one network. Undefined when none listens there.
 */
export const listensOn = (
  pod: Pod,
  behaviour: (container: string) => ContainerBehaviour,
  port: number,
  protocol: Listener['protocol'] = 'TCP',
): string | undefined => {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const running = new Set(statuses.flatMap(({ name, state }) => (state?.running === undefined ? [] : [name])));
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find(
    (container) =>
      running.has(container.name) &&
      listeners(container, behaviour(container.name)).some(
        (listener) => listener.port === port && listener.protocol === protocol,
      ),
  )?.name;
};
