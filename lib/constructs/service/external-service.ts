import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { listed, PlimsollError } from '../error.js';
import type { DeepPartial } from '../merge.js';
import { type ObjectProps, pathOf, Resource } from '../resource.js';
import { type ExternalPort, externalPorts } from './external-port.js';
import { type Backend, type OfferedPort, Service } from './service.js';

export interface ExternalServiceProps<K extends string> extends ObjectProps, Pick<k8s.ServiceSpec, 'externalIPs' | 'clusterIP'> {
  /** Addresses outside the cluster, all IPv4 or all IPv6. */
  readonly addresses: readonly string[];
  readonly ports: { readonly [N in K]: ExternalPort };
  /** Its DNS name leads to the addresses themselves (`clusterIP: None`). */
  readonly headless?: boolean | undefined;
  readonly plain?: DeepPartial<k8s.ServiceSpec> | undefined;
}

const addressType = (path: string, addresses: readonly string[]): 'IPv4' | 'IPv6' => {
  const six = addresses.filter((address) => address.includes(':')).length;
  if (addresses.length === 0) throw new PlimsollError(path, 'names no address; write addresses: [<IP>]');
  if (six > 0 && six < addresses.length)
    throw new PlimsollError(path, 'mixes IPv4 and IPv6 addresses; make one Service for each');
  return six > 0 ? 'IPv6' : 'IPv4';
};

/**
 * A name and address inside the cluster for addresses outside: a Service without selector, and an EndpointSlice of its name.
 *
 * @example
 * const db = new ExternalService(chart, 'db', { addresses: ['192.0.2.42'], ports: { pg: 5432 } });
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors
 */
export class ExternalService<K extends string = never> extends Service<K> {
  readonly #props: ExternalServiceProps<K>;

  constructor(scope: Construct, id: string, props: ExternalServiceProps<K>) {
    const type = addressType(pathOf(scope, id), props.addresses);
    const { servicePorts, outside } = externalPorts(props.ports);
    const clusterIP = props.headless === true ? 'None' : props.clusterIP;
    super(scope, id, props, { clusterIP, externalIPs: props.externalIPs, ports: servicePorts });
    this.#props = props;

    const labels = { 'kubernetes.io/service-name': this.name };
    const slice = {
      addressType: type,
      endpoints: props.addresses.map((address) => ({ addresses: [address] })),
      ports: [...outside].map(([name, { port, protocol }]) => ({ name, port, protocol })),
    };
    new Resource(
      this,
      'endpoints',
      { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
      { name: this.name, namespace: this.namespace, labels },
      slice,
    );
  }

  protected override offered(): ReadonlyMap<string, OfferedPort> {
    return externalPorts(this.#props.ports).offered;
  }

  override backend(port: string | number): Backend {
    const { offered, outside } = externalPorts(this.#props.ports);
    const [name] = [...offered].find(([key, options]) => key === port || options.port === port) ?? [];
    const options = name === undefined ? undefined : outside.get(name);
    if (options === undefined) throw new PlimsollError(this, `has no port '${port}'; its ports: ${listed(offered.keys())}`);
    return { kind: 'addresses', addresses: this.#props.addresses, port: options };
  }
}
