import type { IngressClass, NetworkPolicy, NetworkPolicyPort } from '../generated/types.js';
import { at, each, fill } from './fill.js';

const ports = each((port: NetworkPolicyPort) => fill(port, { protocol: 'TCP' }));

/** A policy that names no type isolates incoming traffic, and outgoing traffic if it has rules for it. */
export const networkPolicy = (value: NetworkPolicy): NetworkPolicy =>
  at(value, 'spec', (spec) => {
    const egress = spec.egress !== undefined && spec.egress.length > 0;
    const filled = fill(spec, { policyTypes: egress ? ['Ingress', 'Egress'] : ['Ingress'] });
    return at(
      at(
        filled,
        'ingress',
        each((rule) => at(rule, 'ports', ports)),
      ),
      'egress',
      each((rule) => at(rule, 'ports', ports)),
    );
  });

export const ingressClass = (value: IngressClass): IngressClass =>
  at(value, 'spec', (spec) => at(spec, 'parameters', (parameters) => fill(parameters, { scope: 'Cluster' })));
