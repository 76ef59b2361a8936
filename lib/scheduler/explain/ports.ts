import type { Container, PodSpec } from '../../api/generated/types.js';
import { type HostPort, HostPorts, hostPortsOf } from '../host-ports.js';
import type { NodeInfo } from '../node-info.js';
import type { Edit, Fact, Remedy } from './explanation.js';
import { type Explainer, firstOf, once, podsAt, type Question } from './question.js';

const portText = ({ ip, protocol, port }: HostPort): string => `${ip === '0.0.0.0' ? '' : `${ip}:`}${port}/${protocol}`;

const isHeldBy = (port: HostPort, held: readonly HostPort[]): boolean => {
  const ports = new HostPorts();
  ports.add(held);
  return ports.conflicts(port);
};

interface Place {
  readonly list: 'containers' | 'initContainers';
  readonly container: number;
  readonly index: number;
  readonly name: string;
}

/** Where a spec writes the host port. */
const placeOf = (spec: PodSpec, wanted: HostPort): Place | undefined => {
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [container, { name, ports = [] }] of (spec[list] ?? []).entries()) {
      const index = ports.findIndex((port) => port.hostPort === wanted.port && (port.protocol ?? 'TCP') === wanted.protocol);
      if (index >= 0) return { list, container, index, name };
    }
  }
  return undefined;
};

const withHostPort = (spec: PodSpec, { list, container, index }: Place, hostPort: number | undefined): PodSpec => {
  const edited = (one: Container): Container => ({
    ...one,
    ports: (one.ports ?? []).map((port, at) => {
      if (at !== index) return port;
      const { hostPort: _, ...rest } = port;
      return hostPort === undefined ? rest : { ...rest, hostPort };
    }),
  });
  return { ...spec, [list]: (spec[list] ?? []).map((one, at) => (at === container ? edited(one) : one)) };
};

/** The next port that is free on all nodes. */
const freePort = (nodes: readonly NodeInfo[], port: HostPort): number | undefined => {
  for (let other = port.port + 1; other <= Math.min(port.port + 100, 65_535); other++)
    if (!nodes.some((node) => node.hostPorts.conflicts({ ...port, port: other }))) return other;
  return undefined;
};

const remediesOf = ({ pod, cache }: Question, port: HostPort): readonly Remedy[] => {
  const place = placeOf(pod.spec, port);
  // On the host's network every port of a container is one of the host.
  if (place === undefined || pod.spec.hostNetwork === true) return [];
  const field = `${place.list}[${place.container}].ports[${place.index}].hostPort`;
  const edit = (text: string, hostPort: number | undefined): Edit => ({
    kind: 'template',
    text,
    field,
    ...(hostPort !== undefined && { value: hostPort }),
    to: (spec) => withHostPort(spec, place, hostPort),
  });
  const other = freePort(cache.nodes, port);
  return [
    ...(other === undefined
      ? []
      : [once(3, edit(`use hostPort ${other} instead of ${port.port} (container ${place.name})`, other))]),
    once(5, edit(`use no hostPort ${port.port} (container ${place.name}): a Service of type NodePort reaches it too`, undefined)),
  ];
};

/** NodePorts: host ports that another Pod of the node holds. */
export const ports: Explainer = {
  facts: ({ pod }, { nodes }) =>
    pod.hostPorts.flatMap((port): readonly Fact[] => {
      const taken = nodes.filter((node) => node.hostPorts.conflicts(port));
      if (taken.length === 0) return [];
      const { first, more } = firstOf(podsAt(taken, ({ spec }) => isHeldBy(port, hostPortsOf(spec))));
      return [{ kind: 'hostPort', port: portText(port), heldBy: first, more }];
    }),
  remedies: (question, { nodes }) =>
    question.pod.hostPorts
      .filter((port) => nodes.some((node) => node.hostPorts.conflicts(port)))
      .flatMap((port) => remediesOf(question, port)),
};
