import { copyOf } from '../api/extended.js';
import type { Service, ServicePort, ServiceSpec } from '../api/generated/types.js';
import type { Admitted, KubeObject } from '../api/object.js';
import { invalid } from '../api/refusal.js';
import { clusterIPsOf } from '../api/validate/service.js';
import type { FieldError, Verdict } from '../api/verdict.js';
import { hash32 } from './identity.js';
import { internalError } from './refusals.js';
import { withFamilies } from './service-families.js';
import { keyOf, type Store } from './store.js';

/** Service range 10.96.0.0/16; addresses are drawn above the first 256, which are kept for chosen ones (KEP-3070). */
const addresses = { first: 257, last: 65_534 };
/** Node ports 30000-32767; ports are drawn above the first 86, which are kept for chosen ones (KEP-3668). */
const ports = { lowest: 30_000, first: 30_086, last: 32_767 };

const addressOf = (offset: number): string => `10.96.${offset >> 8}.${offset & 255}`;

const invalidValue = (field: string, badValue: string | number, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  badValue,
  detail,
  message: `${field}: Invalid value: ${badValue}: ${detail}`,
});

const usesNodePorts = ({ type }: ServiceSpec): boolean => type === 'NodePort' || type === 'LoadBalancer';

/** Whether ports are drawn for those that name none. */
const drawsNodePorts = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean =>
  type === 'NodePort' || allocateLoadBalancerNodePorts !== false;

const isFaulty = (families: ServiceSpec | readonly FieldError[]): families is readonly FieldError[] => Array.isArray(families);

interface NodePorts {
  readonly ports?: readonly ServicePort[];
  readonly healthCheckNodePort?: number;
}

/** A spec that nobody else has seen yet. */
type SpecDraft = { -readonly [Field in keyof ServiceSpec]: ServiceSpec[Field] };

const unchanged: NodePorts = {};

const portsFull = 'failed to allocate a nodePort: range is full';

/** Cluster addresses and node ports of Services: chosen ones are checked, missing ones derived from the Service's name. */
export class ServiceAllocation {
  /** What is taken -> key of the Service that holds it. */
  readonly #addresses = new Map<string, string>();
  readonly #nodePorts = new Map<number, string>();
  /** Chosen by objects still to come: never drawn for another. */
  readonly #reserved = new Set<string | number>();

  constructor(store: Store) {
    store.watch(
      ({ type, key, object, previous }) => {
        if (previous?.spec === object.spec && type !== 'deleted') return;
        if (previous !== undefined) this.#release(previous as Admitted as Admitted<Service>);
        if (type !== 'deleted') this.#hold(object as Admitted as Admitted<Service>, key);
      },
      ['Service'],
    );
  }

  /** Keeps what the Services of a set of manifests choose from being drawn for others of the set. */
  reserve(manifests: readonly { readonly object: KubeObject | null | undefined }[]): void {
    for (let i = 0; i < manifests.length; i++) {
      const object = manifests[i]?.object;
      if (object?.kind !== 'Service' || object.apiVersion !== 'v1') continue;
      const spec = object.spec as ServiceSpec | null | undefined;
      if (typeof spec?.clusterIP === 'string') this.#reserved.add(spec.clusterIP);
      if (!Array.isArray(spec?.ports)) continue;
      for (const port of spec.ports as readonly ServicePort[]) {
        if (typeof port?.nodePort === 'number') this.#reserved.add(port.nodePort);
      }
    }
  }

  /**
   * The Service with everything allocated, or the server's refusal. Nothing is held until it is stored. A dry run asks less: not whether
   * an address is taken, nor whether a port is in range.
   */
  allocate(service: Admitted<Service>, previous?: Admitted<Service>, dryRun = false): Verdict<Admitted<Service>> {
    const before = previous?.spec;
    if (service.spec === undefined || service.spec.type === 'ExternalName') return { ok: true, value: service, warnings: [] };
    const families = withFamilies(service.spec, before);
    if (isFaulty(families)) return invalid(service as KubeObject, families);
    const chosen = clusterIPsOf(families)[0];
    // An address stays: validation says so to whoever changes it.
    const isKept = before !== undefined && before.type !== 'ExternalName';
    const fault = chosen === undefined || isKept ? undefined : this.#addressFault(chosen, service, dryRun);
    if (fault !== undefined) return invalid(service as KubeObject, [fault]);
    const address = chosen ?? this.#drawAddress(seedOf(service));
    if (address === undefined) return internalError('failed to allocate a serviceIP: range is full');
    // Where families were added, this is a copy already.
    const spec: SpecDraft = families === service.spec ? copyOf(families) : families;
    spec.clusterIP = families.clusterIP || address;
    spec.clusterIPs = families.clusterIPs ?? [address];
    const allocated = this.#allocateNodePorts(spec, service, before, dryRun);
    if (allocated === unchanged) return { ok: true, value: { ...service, spec }, warnings: [] };
    if ('refused' in allocated)
      return typeof allocated.refused === 'string'
        ? internalError(allocated.refused)
        : invalid(service as KubeObject, [allocated.refused]);
    return { ok: true, value: { ...service, spec: { ...spec, ...allocated } }, warnings: [] };
  }

  #addressFault(address: string, service: Admitted<Service>, dryRun: boolean): FieldError | undefined {
    if (address === 'None') return undefined;
    const failed = (why: string) => invalidValue('spec.clusterIPs', `["${address}"]`, `failed to allocate IP ${address}: ${why}`);
    const offset = offsetOf(address);
    if (offset === undefined || offset === 0 || offset === 65_535) {
      return failed(
        dryRun
          ? `the provided IP (${address}) is not in the valid range. The range of valid IPs is 10.96.0.0/16`
          : 'the provided network does not match the current range',
      );
    }
    if (dryRun) return undefined;
    const holder = this.#addresses.get(address);
    return holder === undefined || holder === keyOf(service) ? undefined : failed('provided IP is already allocated');
  }

  #drawAddress(seed: string): string | undefined {
    const size = addresses.last - addresses.first + 1;
    const start = hash32(seed) % size;
    for (let i = 0; i < size; i++) {
      const address = addressOf(addresses.first + ((start + i) % size));
      if (!this.#addresses.has(address) && !this.#reserved.has(address)) return address;
    }
    return undefined;
  }

  #allocateNodePorts(
    spec: ServiceSpec,
    service: Admitted<Service>,
    before: ServiceSpec | undefined,
    dryRun: boolean,
  ): NodePorts | { readonly refused: FieldError | string } {
    if (!usesNodePorts(spec)) {
      // A Service that stops being a NodePort gives its ports back, unless its author chose them anew (then validation speaks).
      if (before === undefined || !usesNodePorts(before) || spec.ports === undefined) return unchanged;
      return { ports: spec.ports.map(({ nodePort: _nodePort, ...port }) => port) };
    }
    const owner = keyOf(service);
    const seed = seedOf(service);
    const own = new Set<number>();
    // Ports of one number (TCP and UDP) share their node port.
    const byPort = new Map<number, number>();
    const allocated: ServicePort[] = [];
    for (const [index, port] of (spec.ports ?? []).entries()) {
      const kept = before?.ports?.find(
        (other) => other.port === port.port && (other.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
      );
      const shared = byPort.get(port.port);
      const chosen = port.nodePort || shared || kept?.nodePort;
      if (chosen === undefined && !drawsNodePorts(spec)) {
        allocated.push(port);
        continue;
      }
      const isNew = chosen === undefined || chosen !== shared;
      const detail = chosen === undefined || !isNew ? undefined : this.#nodePortFault(chosen, owner, own, dryRun);
      if (detail !== undefined) return { refused: invalidValue(`spec.ports[${index}].nodePort`, chosen ?? 0, detail) };
      const nodePort = chosen ?? this.#drawNodePort(`${seed}/${port.port}`, own);
      if (nodePort === undefined) return { refused: portsFull };
      own.add(nodePort);
      if (shared === undefined) byPort.set(port.port, nodePort);
      allocated.push({ ...port, nodePort });
    }
    if (spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') return { ports: allocated };
    const { healthCheckNodePort: asked } = spec;
    const detail = asked ? this.#nodePortFault(asked, owner, own, dryRun) : undefined;
    if (detail !== undefined) return { refused: `failed to allocate requested HealthCheck NodePort ${asked}: ${detail}` };
    const healthCheckNodePort = asked || this.#drawNodePort(`${seed}/health`, own);
    return healthCheckNodePort === undefined ? { refused: portsFull } : { ports: allocated, healthCheckNodePort };
  }

  #nodePortFault(port: number, owner: string, own: ReadonlySet<number>, dryRun: boolean): string | undefined {
    if (!dryRun && (port < ports.lowest || port > ports.last)) {
      return `provided port is not in the valid range. The range of valid ports is ${ports.lowest}-${ports.last}`;
    }
    const holder = this.#nodePorts.get(port);
    return (holder !== undefined && holder !== owner) || own.has(port) ? 'provided port is already allocated' : undefined;
  }

  #drawNodePort(seed: string, own: ReadonlySet<number>): number | undefined {
    const size = ports.last - ports.first + 1;
    const start = hash32(seed) % size;
    for (let i = 0; i < size; i++) {
      const drawn = ports.first + ((start + i) % size);
      if (!this.#nodePorts.has(drawn) && !this.#reserved.has(drawn) && !own.has(drawn)) return drawn;
    }
    return undefined;
  }

  #hold({ spec }: Admitted<Service>, owner: string): void {
    for (const address of spec?.clusterIPs ?? []) if (address !== 'None') this.#addresses.set(address, owner);
    const { ports, healthCheckNodePort } = spec ?? {};
    for (const { nodePort } of ports ?? []) if (nodePort !== undefined) this.#nodePorts.set(nodePort, owner);
    if (healthCheckNodePort) this.#nodePorts.set(healthCheckNodePort, owner);
  }

  #release(service: Admitted<Service>): void {
    for (const address of service.spec?.clusterIPs ?? []) this.#addresses.delete(address);
    const { ports, healthCheckNodePort } = service.spec ?? {};
    for (const { nodePort } of ports ?? []) if (nodePort !== undefined) this.#nodePorts.delete(nodePort);
    if (healthCheckNodePort) this.#nodePorts.delete(healthCheckNodePort);
  }
}

/** What is drawn follows from the Service's name. */
const seedOf = ({ metadata }: Admitted<Service>): string => `${metadata.namespace}/${metadata.name}`;

/** The place of an address in 10.96.0.0/16, if it is one. */
const offsetOf = (address: string): number | undefined => {
  const parts = /^10\.96\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  return parts === null ? undefined : Number(parts[1]) * 256 + Number(parts[2]);
};
