import type { Namespace, Pod } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import type { Labels } from '../../api/selector.js';
import type { Address } from '../address.js';
import { entry } from '../entry.js';
import { type Protocol, protocolOf } from '../protocol.js';
import type { Described } from './described.js';

/** One end of a connection, as policies see it. Without `pod` it is an address outside the cluster, or of a node. */
export interface End {
  /** The address that the connection uses; ipBlocks look at it. */
  readonly address?: Address | undefined;
  /** Outside, at an address that nobody here knows: every ipBlock may hold it. */
  readonly anyAddress?: boolean | undefined;
  /** A Pod of which nothing is known: every selector of other namespaces may take it. */
  readonly anyNamespace?: boolean | undefined;
  readonly pod?: PodEnd | undefined;
  /** Pods that do not exist but could. */
  readonly described?: Described | undefined;
}

export interface PodEnd {
  readonly namespace: string;
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
  readonly spec: Pod['spec'];
}

const noLabels: Labels = {};

/** Labels of namespaces by name. Every namespace has its name as a label, whether its object is known or not. */
export const namespaceLabels = (namespaces: readonly Admitted<Namespace>[]): ((name: string) => Labels) => {
  const byName = new Map<string, Labels>();
  for (const { metadata } of namespaces) {
    byName.set(metadata.name, { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name });
  }
  return (name) => {
    const known = byName.get(name) ?? { 'kubernetes.io/metadata.name': name };
    byName.set(name, known);
    return known;
  };
};

export const podEnd = (pod: Pod, labelsOf: (namespace: string) => Labels): PodEnd => {
  const namespace = pod.metadata?.namespace ?? 'default';
  return { namespace, labels: pod.metadata?.labels ?? noLabels, namespaceLabels: labelsOf(namespace), spec: pod.spec };
};

/** A port that containers of a Pod declare. */
export interface DeclaredPort {
  readonly container: string;
  readonly name?: string | undefined;
  readonly port: number;
  readonly protocol: Protocol;
  /** The port of the node that leads here. */
  readonly hostPort?: number | undefined;
}

const declared = new WeakMap<object, readonly DeclaredPort[]>();

/** Ports of the containers that run beside each other: main containers, then sidecars. */
export const declaredPorts = (spec: Pod['spec']): readonly DeclaredPort[] => {
  if (spec === undefined) return [];
  return entry(declared, spec, () => {
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
    return [...spec.containers, ...sidecars].flatMap((container) =>
      (container.ports ?? []).map(({ name, containerPort, protocol, hostPort }) => ({
        container: container.name,
        name,
        port: containerPort,
        protocol: protocolOf(protocol),
        hostPort,
      })),
    );
  });
};
