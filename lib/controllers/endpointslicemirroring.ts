import type { DiscoveryV1EndpointPort, Endpoint, EndpointAddress, Endpoints, Service } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { canonicalAddress, type DesiredSlice, isIPv6, portsKey, sliceOf } from './endpointslice.js';

const maxAddresses = 1000;
/** Annotations that say something of the Endpoints object only. */
const own: ReadonlySet<string> = new Set([
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
]);

/** Whether the Endpoints are mirrored: they belong to a Service without selector, and nobody asked to leave them alone. */
const isMirrored = ({ metadata }: Admitted<Endpoints>, service: Admitted<Service> | undefined): boolean =>
  service !== undefined &&
  Object.keys(service.spec?.selector ?? {}).length === 0 &&
  metadata.labels?.['endpointslice.kubernetes.io/skip-mirror'] !== 'true' &&
  !Object.hasOwn(metadata.annotations ?? {}, 'control-plane.alpha.kubernetes.io/leader');

const endpointOf = ({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [canonicalAddress(ip)],
  conditions: { ready },
  ...(targetRef && { targetRef }),
  ...(nodeName && { nodeName }),
  ...(hostname && { hostname }),
});

const endpointKey = ({ addresses, hostname, targetRef }: Endpoint): string =>
  JSON.stringify([addresses, hostname, targetRef?.namespace, targetRef?.name]);

interface Group {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly ports: readonly DiscoveryV1EndpointPort[];
  /** A later entry of the same endpoint replaces an earlier one. */
  readonly endpoints: Map<string, Endpoint>;
}

/**
 * The EndpointSlices that mirror an Endpoints object, as the EndpointSliceMirroring controller makes them: one for
 * each address type and list of ports, of at most 1000 addresses of a subset.
 */
export const mirroredSlicesOf = (
  endpoints: Admitted<Endpoints>,
  service: Admitted<Service> | undefined,
): readonly DesiredSlice[] => {
  if (!isMirrored(endpoints, service)) return [];
  const groups = new Map<string, Group>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of endpoints.subsets ?? []) {
    const slicePorts = ports.map(({ name, port, protocol, appProtocol }) => ({
      name: name ?? '',
      protocol: protocol ?? 'TCP',
      port,
      ...(appProtocol && { appProtocol }),
    }));
    const found = [
      ...addresses.map((address) => endpointOf(address, true)),
      ...notReadyAddresses.map((address) => endpointOf(address, false)),
    ];
    for (const endpoint of found.slice(0, maxAddresses)) {
      const addressType = isIPv6(endpoint.addresses[0] ?? '') ? 'IPv6' : 'IPv4';
      const key = `${addressType} ${portsKey(slicePorts)}`;
      const group = groups.get(key) ?? { addressType, ports: slicePorts, endpoints: new Map() };
      groups.set(key, group);
      if (group.endpoints.size < maxAddresses) group.endpoints.set(endpointKey(endpoint), endpoint);
    }
  }
  const annotations = Object.entries(endpoints.metadata.annotations ?? {}).filter(([key]) => !own.has(key));
  const metadata = {
    labels: endpoints.metadata.labels ?? {},
    annotations: annotations.length === 0 ? undefined : Object.fromEntries(annotations),
  };
  return [...groups.values()].map((group) =>
    sliceOf(
      endpoints,
      { ...group, endpoints: [...group.endpoints.values()] },
      0,
      metadata,
      'endpointslicemirroring-controller.k8s.io',
    ),
  );
};
