import type { Service } from '../../api/generated/types.js';
import { type Admitted, refOf } from '../../api/object.js';
import type { FieldError } from '../../api/verdict.js';
import type { Cluster } from '../../cluster/cluster.js';
import type { Evidence } from '../finding.js';

const holds = ({ spec }: Admitted<Service>, value: string): boolean =>
  (spec?.ports ?? []).some(({ nodePort }) => String(nodePort) === value) ||
  String(spec?.healthCheckNodePort) === value ||
  (spec?.clusterIPs ?? []).includes(value);

/** The Service that holds a node port or address which the server refuses to another one as allocated. */
export const holderOf = (cluster: Cluster, { badValue, message }: FieldError): readonly Evidence[] => {
  if (!message.endsWith('already allocated')) return [];
  const value = /^\["([^"]+)"\]$/.exec(String(badValue))?.[1] ?? String(badValue);
  const holder = cluster.list('Service').find((service) => holds(service, value));
  return holder === undefined ? [] : [{ kind: 'object', object: refOf(holder), text: `holds ${value} already` }];
};
