import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import type { DeepPartial } from '../merge.js';
import type { ObjectProps } from '../resource.js';
import { type ExternalPort, externalPorts } from './external-port.js';
import { type Backend, type OfferedPort, Service } from './service.js';

export interface ExternalNameServiceProps<K extends string> extends ObjectProps {
  /** DNS name outside the cluster. */
  readonly externalName: string;
  /** Ports that answer there; Kubernetes does not need them, `at` and `url` do. */
  readonly ports?: { readonly [N in K]: ExternalPort } | undefined;
  readonly plain?: DeepPartial<k8s.ServiceSpec> | undefined;
}

/**
 * A name inside the cluster for a host outside (a CNAME record).
 *
 * @example
 * new ExternalNameService(chart, 'db', { externalName: 'my.database.example.com', ports: { pg: 5432 } });
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#externalname
 */
export class ExternalNameService<K extends string = never> extends Service<K> {
  readonly #externalName: string;
  readonly #offered: ReadonlyMap<string, OfferedPort>;

  constructor(scope: Construct, id: string, props: ExternalNameServiceProps<K>) {
    const { offered, servicePorts } = externalPorts(props.ports);
    const spec: k8s.ServiceSpec = {
      type: 'ExternalName',
      externalName: props.externalName,
      ...(props.ports === undefined ? {} : { ports: servicePorts }),
    };
    super(scope, id, props, spec);
    this.#externalName = props.externalName;
    this.#offered = offered;
  }

  protected override offered(): ReadonlyMap<string, OfferedPort> {
    return this.#offered;
  }

  override backend(): Backend {
    return { kind: 'name', host: this.#externalName };
  }
}
