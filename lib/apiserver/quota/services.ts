import type { Service } from '../../api/generated/types.js';
import { quantityOf } from '../../api/quantity.js';
import type { Stored } from '../kinds.js';
import type { Evaluator } from './evaluator.js';
import { one, zero } from './usage.js';

const names: ReadonlySet<string> = new Set(['count/services', 'services', 'services.loadbalancers', 'services.nodeports']);

/** The node ports that a Service will take, counted before they are given out. */
const nodePortsOf = ({ spec }: Service): number => {
  const { type, ports = [], allocateLoadBalancerNodePorts } = spec ?? {};
  if (type === 'NodePort') return ports.length;
  if (type !== 'LoadBalancer') return 0;
  return allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort).length : ports.length;
};

export const services: Evaluator = {
  counts: (resource) => names.has(resource),
  usage: (object) => {
    const service = object as Stored & Service;
    return new Map([
      ['count/services', one],
      ['services', one],
      ['services.loadbalancers', service.spec?.type === 'LoadBalancer' ? one : zero],
      ['services.nodeports', quantityOf(nodePortsOf(service))],
    ]);
  },
  judgesUpdate: () => true,
  altered: (object, previous) => object.spec !== previous.spec,
};
