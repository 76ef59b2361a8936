import type { ProxyEndpoint, ProxyPort } from './service-table.js';

/** What of a node decides which endpoints its traffic may use. */
export interface NodePlace {
  readonly name: string;
  /** `topology.kubernetes.io/zone`. */
  readonly zone?: string | undefined;
}

/** The endpoints of a port that traffic from one node may use. */
export interface Usable {
  readonly cluster: readonly ProxyEndpoint[];
  readonly local: readonly ProxyEndpoint[];
  /** Whether the port has a usable endpoint anywhere. */
  readonly any: boolean;
}

const isReady = (endpoint: ProxyEndpoint): boolean => endpoint.ready;
const isLeaving = (endpoint: ProxyEndpoint): boolean => endpoint.serving && endpoint.terminating;

/** Ready endpoints, or those that still serve while they terminate when none is ready (KEP-1669). */
const readyOrLeaving = (endpoints: readonly ProxyEndpoint[]): readonly ProxyEndpoint[] => {
  const ready = endpoints.filter(isReady);
  return ready.length > 0 ? ready : endpoints.filter((endpoint) => !endpoint.ready && isLeaving(endpoint));
};

/** Hints hold when every ready endpoint has one and one is for this place (KEP-2433, KEP-3015). */
const nearest = (ready: readonly ProxyEndpoint[], { name, zone }: NodePlace): readonly ProxyEndpoint[] => {
  if (ready.every(({ forNodes }) => forNodes.length > 0)) {
    const sameNode = ready.filter(({ forNodes }) => forNodes.includes(name));
    if (sameNode.length > 0) return sameNode;
  }
  if (zone !== undefined && ready.every(({ forZones }) => forZones.length > 0)) {
    const sameZone = ready.filter(({ forZones }) => forZones.includes(zone));
    if (sameZone.length > 0) return sameZone;
  }
  return ready;
};

/** Which endpoints of the port a node uses, by readiness, traffic policy and hints. */
export const usableFrom = ({ endpoints, internalLocal, externalLocal, external }: ProxyPort, node: NodePlace): Usable => {
  const usable = readyOrLeaving(endpoints);
  const usesLocal = internalLocal || (externalLocal && external);
  // Short-circuited traffic of Pods uses cluster endpoints even when the external policy is Local.
  const usesCluster = !internalLocal || external;
  return {
    cluster: !usesCluster ? [] : usable.some(isReady) ? nearest(usable, node) : usable,
    local: usesLocal ? readyOrLeaving(endpoints.filter(({ nodeName }) => nodeName === node.name)) : [],
    any: usable.length > 0,
  };
};
