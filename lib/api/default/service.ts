import type { EndpointSlice, Endpoints, Service, ServiceSpec } from '../generated/types.js';
import { at, each, fill } from './fill.js';

const hourlyAffinitySeconds = 10800;

const isExternal = (spec: ServiceSpec): boolean =>
  spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);

const affinity = (spec: ServiceSpec): ServiceSpec => {
  if (spec.sessionAffinity === 'None') {
    const { sessionAffinityConfig, ...rest } = spec;
    return sessionAffinityConfig === undefined ? spec : rest;
  }
  if (spec.sessionAffinity !== 'ClientIP' || spec.sessionAffinityConfig?.clientIP?.timeoutSeconds !== undefined) return spec;
  return { ...spec, sessionAffinityConfig: { clientIP: { timeoutSeconds: hourlyAffinitySeconds } } };
};

const serviceSpec = (written: ServiceSpec): ServiceSpec => {
  const typed = affinity(fill(written, { type: 'ClusterIP', sessionAffinity: 'None' }));
  const spec = fill(typed, {
    ...(isExternal(typed) ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(typed.type === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' }),
    ...(typed.type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
  });
  return at(
    spec,
    'ports',
    each((port) => {
      const filled = fill(port, { protocol: 'TCP' });
      return filled.targetPort === 0 || filled.targetPort === '' || filled.targetPort === undefined
        ? { ...filled, targetPort: filled.port }
        : filled;
    }),
  );
};

export const service = (value: Service): Service =>
  at(at(value, 'spec', serviceSpec), 'status', (status) =>
    at(status, 'loadBalancer', (balancer) =>
      at(
        balancer,
        'ingress',
        each((ingress) =>
          value.spec?.type !== 'LoadBalancer' || ingress.ip === undefined ? ingress : fill(ingress, { ipMode: 'VIP' }),
        ),
      ),
    ),
  );

export const endpoints = (value: Endpoints): Endpoints =>
  at(
    value,
    'subsets',
    each((subset) =>
      at(
        subset,
        'ports',
        each((port) => fill(port, { protocol: 'TCP' })),
      ),
    ),
  );

export const endpointSlice = (value: EndpointSlice): EndpointSlice =>
  at(
    value,
    'ports',
    each((port) => fill(port, { name: '', protocol: 'TCP' })),
  );
