import type { EndpointSlice, Endpoints, Service, ServicePort, ServiceSpec } from '../generated/types.js';
import { at, defaulting, each, fill } from './fill.js';

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

const withProtocol = defaulting<ServicePort>({ protocol: 'TCP' });

const servicePort = (port: ServicePort): ServicePort => {
  const filled = withProtocol(port);
  return filled.targetPort === 0 || filled.targetPort === '' || filled.targetPort === undefined
    ? { ...filled, targetPort: filled.port }
    : filled;
};

const fields = { ports: each(servicePort) };
const internal = { internalTrafficPolicy: 'Cluster' };
const external = { externalTrafficPolicy: 'Cluster', ...internal };

const reachedInside = defaulting<ServiceSpec>(internal, fields);
const reachedFromOutside = defaulting<ServiceSpec>(external, fields);
const balanced = defaulting<ServiceSpec>({ ...external, allocateLoadBalancerNodePorts: true }, fields);
const elsewhere = defaulting<ServiceSpec>({}, fields);

const kept = { type: 'ClusterIP', sessionAffinity: 'None' };
const typed = defaulting<ServiceSpec>(kept);
/** All at once, for the most common Services: each step by itself copies the spec. */
const common = defaulting<ServiceSpec>({ ...kept, ...internal }, fields);

const isCommon = ({ type, sessionAffinity, sessionAffinityConfig, externalIPs }: ServiceSpec): boolean =>
  type === undefined && sessionAffinity === undefined && sessionAffinityConfig === undefined && externalIPs === undefined;

const serviceSpec = (spec: ServiceSpec): ServiceSpec => (isCommon(spec) ? common(spec) : stepByStep(spec));

const stepByStep = (written: ServiceSpec): ServiceSpec => {
  const spec = affinity(typed(written));
  if (spec.type === 'ExternalName') return elsewhere(spec);
  if (spec.type === 'LoadBalancer') return balanced(spec);
  return isExternal(spec) ? reachedFromOutside(spec) : reachedInside(spec);
};

const serviceFields = defaulting<Service>({}, { spec: serviceSpec });

export const service = (value: Service): Service => {
  const filled = serviceFields(value);
  return value.status?.loadBalancer?.ingress === undefined
    ? filled
    : at(filled, 'status', (status) =>
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
};

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
