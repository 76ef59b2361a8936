import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { listed, PlimsollError } from '../error.js';
import { intendsOf, type ServerIntends } from '../intends.js';
import { type DeepPartial, without } from '../merge.js';
import type { PortOptions, Protocol } from '../pod/port.js';
import { callOf, rememberEarly } from '../provenance.js';
import { metadataFields, namespaceOf, type ObjectProps, pathOf } from '../resource.js';
import { portOf, type ResolvedTarget, resolveTarget, sameNamespace, type Target } from '../target.js';
import { type Backend, type OfferedPort, Service } from './service.js';

export interface ServicePortOptions {
  readonly port: number;
  /** Name in the YAML. Default: the key, which is the name of the Pods' port. */
  readonly name?: string | undefined;
  /** Number of the Pods' port, for Pods that name none. */
  readonly target?: number | undefined;
  /** Default: the protocol of the Pods' port. */
  readonly protocol?: Protocol | undefined;
  readonly appProtocol?: string | undefined;
}

export interface NodePortOptions extends ServicePortOptions {
  /** Port of every node that leads here, 30000 to 32767. Default: the cluster chooses. */
  readonly nodePort?: number | undefined;
}

/** Without ports the mapped type would be `{}`, which takes anything. */
type OfferedPorts<P extends string, K extends string, Options> = [P] extends [never]
  ? { readonly [port: string]: 'declare it in ports of a container' }
  : { readonly [N in K]: number | Options | readonly Options[] };

/** Fields of the spec that every Service with Pods has. */
type Shared = 'externalIPs' | 'publishNotReadyAddresses' | 'sessionAffinityConfig';

/** What every Service with Pods behind it takes. `P`: ports that the Pods declare; `K`: those that the Service offers. */
export interface SelectingServiceProps<P extends string, K extends NoInfer<P>, Options>
  extends ObjectProps,
    Pick<k8s.ServiceSpec, Shared> {
  /** The Pods behind it. */
  readonly to: Target<P>;
  /** Ports by the names that the Pods give them: the Service's own number, or more; a list offers one port several times. */
  readonly ports: OfferedPorts<P, K, Options>;
  /** A fixed address inside the cluster. Default: the cluster chooses. */
  readonly clusterIP?: string | undefined;
  /** `Local`: only Pods on the node of the client. */
  readonly internalTrafficPolicy?: 'Cluster' | 'Local' | undefined;
  readonly sessionAffinity?: 'ClientIP' | 'None' | undefined;
  readonly trafficDistribution?: 'PreferClose' | 'PreferSameZone' | 'PreferSameNode' | undefined;
  readonly ipFamilies?: readonly ('IPv4' | 'IPv6')[] | undefined;
  readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack' | undefined;
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.ServiceSpec> | undefined;
}

interface AnyServiceProps extends ObjectProps, Omit<k8s.ServiceSpec, 'ports'> {
  readonly to: Target;
  readonly ports: object;
  readonly plain?: DeepPartial<k8s.ServiceSpec> | undefined;
}

/** Props that are not plain fields of the spec. */
const reshapedFields: ReadonlySet<string> = new Set([...metadataFields, 'to', 'ports', 'plain']);

interface PortEntry {
  readonly key: string;
  readonly options: NodePortOptions;
}

type PortProps = Readonly<Record<string, number | NodePortOptions | readonly NodePortOptions[]>>;

const portEntries = (ports: PortProps): readonly PortEntry[] => {
  const entries: PortEntry[] = [];
  for (const key of Object.keys(ports)) {
    const value = ports[key] as PortProps[string];
    if (typeof value === 'number') entries.push({ key, options: { port: value } });
    else if ('port' in value) entries.push({ key, options: value });
    else for (const options of value) entries.push({ key, options });
  }
  // A copy has no room for further ones.
  return entries.slice();
};

type Declared = Readonly<Record<string, PortOptions>>;

/** Unless the Service says the number, the Pods must declare the port. */
const checkDeclared = (path: string, entries: readonly PortEntry[], target: ResolvedTarget, declared: Declared): void => {
  for (const { key, options } of entries) {
    if (options.target !== undefined || Object.hasOwn(declared, key)) continue;
    throw new PlimsollError(path, `${target.text} declares no port '${key}'; declared: ${listed(Object.keys(declared))}`);
  }
};

const servicePorts = (entries: readonly PortEntry[], declared: Declared | undefined): readonly k8s.ServicePort[] =>
  entries.map(({ key, options }) => {
    const podPort = portOf(declared, key);
    const { port, name = key, nodePort, appProtocol, target, protocol = podPort?.protocol } = options;
    return { name, port, targetPort: target ?? (podPort === undefined ? port : key), protocol, nodePort, appProtocol };
  });

/** What has to wait for Pods that may still change. */
const atSynth = (target: ResolvedTarget, entries: readonly PortEntry[]): object => ({
  selector: Lazy.any({ produce: () => target.labels() }),
  ports: Lazy.any({ produce: () => servicePorts(entries, target.ports()) }),
});

/** A Service that selects Pods. */
export abstract class SelectingService<K extends string = string> extends Service<K> {
  readonly #target: ResolvedTarget;
  readonly #entries: readonly PortEntry[];

  constructor(scope: Construct, id: string, type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | undefined, props: AnyServiceProps) {
    rememberEarly(new.target, callOf(new.target));
    const path = pathOf(scope, id);
    const target = resolveTarget(props.to);
    sameNamespace(path, 'selects Pods', namespaceOf(scope, props), target);
    const entries = portEntries((props.ports ?? {}) as PortProps);
    const declared = target.known ? target.ports() : undefined;
    if (declared !== undefined) checkDeclared(path, entries, target, declared);
    const spec = without(props, reshapedFields);
    spec.type = type;
    if (target.known) {
      spec.selector = target.labels();
      spec.ports = servicePorts(entries, declared);
    } else Object.assign(spec, atSynth(target, entries));
    super(scope, id, props, spec);
    this.#target = target;
    this.#entries = entries;
  }

  /** What must be true of those who connect; verified at every synth. */
  get intends(): ServerIntends<K> {
    return intendsOf<K>(this, (port) => this.at(port).port);
  }

  protected override offered(): ReadonlyMap<string, OfferedPort> {
    const declared = this.#target.known ? this.#target.ports() : undefined;
    const offered = new Map<string, OfferedPort>();
    for (const { key, options } of this.#entries) {
      const { port, name = key, protocol, appProtocol } = options;
      if (!offered.has(key)) offered.set(key, { name, port, protocol: protocol ?? portOf(declared, key)?.protocol, appProtocol });
    }
    return offered;
  }

  override backend(name: string | number): Backend {
    const entry = this.#entries.find(({ key, options }) => (options.name ?? key) === name || options.port === name);
    if (entry === undefined)
      throw new PlimsollError(this, `has no port '${name}'; its ports: ${listed(this.#entries.map(({ key }) => key))}`);
    const { key, options } = entry;
    const { port, target: number, protocol } = options;
    const podPort = (): PortOptions => {
      const declared = portOf(this.#target.ports(), key);
      return { port: number ?? declared?.port ?? port, protocol: protocol ?? declared?.protocol };
    };
    return { kind: 'pods', target: this.#target, port: podPort };
  }
}
