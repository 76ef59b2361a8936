import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { Endpoint } from '../destination.js';
import { listed, PlimsollError } from '../error.js';
import { type DeepPartial, merge } from '../merge.js';
import type { PortOptions, Protocol } from '../pod/port.js';
import { type ObjectProps, Resource } from '../resource.js';
import type { ResolvedTarget } from '../target.js';

/** A port that a Service offers. */
export interface OfferedPort {
  /** Name in the YAML. */
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol | undefined;
  readonly appProtocol: string | undefined;
}

/** What a port of a Service leads to. */
export type Backend =
  | { readonly kind: 'pods'; readonly target: ResolvedTarget; readonly port: () => PortOptions }
  | { readonly kind: 'addresses'; readonly addresses: readonly string[]; readonly port: PortOptions }
  | { readonly kind: 'name'; readonly host: string };

const schemes: ReadonlySet<string> = new Set(['http', 'https']);

/** A name in front of something. `Ports`: names of its ports. */
export abstract class Service<Ports extends string = string> extends Resource {
  constructor(
    scope: Construct,
    id: string,
    props: ObjectProps & { readonly plain?: DeepPartial<k8s.ServiceSpec> | undefined },
    spec: k8s.ServiceSpec,
  ) {
    super(scope, id, { apiVersion: 'v1', kind: 'Service' }, props, { spec: merge(spec, props.plain) });
  }

  /** The ports as `at` and `url` know them, by key: the first of each. */
  protected abstract offered(): ReadonlyMap<string, OfferedPort>;

  /** What a port, by name or number, leads to. */
  abstract backend(port: string | number): Backend;

  /** Its DNS name, valid in every namespace: `db.data.svc`. */
  get host(): string {
    return this.namespace === undefined ? this.name : `${this.name}.${this.namespace}.svc`;
  }

  /** A port of this Service, for calls, intents, policies and Ingresses. */
  at(port: Ports): Endpoint {
    const { name, protocol } = this.#find(port);
    return new Endpoint(this, name, protocol);
  }

  /**
   * Its URL for a port: `http://api.web.svc:80/path`. Without a scheme it is `http` or `https` for ports that are named (or say that they
   * speak) so, `tcp` otherwise, as in the variables that Kubernetes itself sets for Services.
   */
  url(port: Ports, options: { readonly scheme?: string; readonly path?: string } = {}): string {
    const { name, port: number, appProtocol = name } = this.#find(port);
    const { scheme = schemes.has(appProtocol) ? appProtocol : 'tcp', path = '' } = options;
    return `${scheme}://${this.host}:${number}${path}`;
  }

  #find(port: string): OfferedPort {
    const offered = this.offered();
    const found = offered.get(port);
    if (found === undefined) throw new PlimsollError(this, `has no port '${port}'; its ports: ${listed(offered.keys())}`);
    return found;
  }
}
