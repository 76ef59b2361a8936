import type { Service, ServicePort, ServiceSpec } from '../api/generated/types.js';
import type { Admitted, KubeObject } from '../api/object.js';
import { invalid } from '../api/refusal.js';
import type { FieldError, Verdict } from '../api/verdict.js';
import { hash32 } from './identity.js';
import { as } from './kinds.js';
import { internalError } from './refusals.js';
import type { Store } from './store.js';

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

const usesNodePorts = (spec: ServiceSpec): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);

/** Cluster addresses and node ports of Services: chosen ones are checked, missing ones derived from the Service's name. */
export class ServiceAllocation {
  /** What is taken -> `namespace/name` of the Service that holds it. */
  readonly #addresses = new Map<string, string>();
  readonly #nodePorts = new Map<number, string>();
  /** Chosen by objects still to come: never drawn for another. */
  readonly #reserved = new Set<string | number>();

  constructor(store: Store) {
    store.watch(({ type, object, previous }) => {
      const service = as('Service', object);
      if (service === undefined || (previous?.spec === object.spec && type !== 'deleted')) return;
      const before = previous && as('Service', previous);
      if (before !== undefined) this.#release(before);
      if (type !== 'deleted') this.#hold(service);
    });
  }

  /** Keeps what the Services of a set of manifests choose from being drawn for others of the set. */
  reserve(objects: Iterable<KubeObject | null | undefined>): void {
    for (const object of objects) {
      if (object?.kind !== 'Service' || object.apiVersion !== 'v1') continue;
      const spec = object.spec as ServiceSpec | null | undefined;
      if (typeof spec?.clusterIP === 'string') this.#reserved.add(spec.clusterIP);
      for (const port of Array.isArray(spec?.ports) ? (spec.ports as readonly ServicePort[]) : []) {
        if (typeof port?.nodePort === 'number') this.#reserved.add(port.nodePort);
      }
    }
  }

  /** The Service with everything allocated, or the server's refusal. Nothing is held until it is stored. */
  allocate(service: Admitted<Service>, previous?: Admitted<Service>): Verdict<Admitted<Service>> {
    const owner = ownerOf(service);
    let spec = service.spec ?? {};
    if (spec.type === 'ExternalName') {
      const { clusterIP: _clusterIP, clusterIPs: _clusterIPs, ipFamilies: _families, ipFamilyPolicy: _policy, ...rest } = spec;
      return { ok: true, value: { ...service, spec: rest }, warnings: [] };
    }
    const chosen = spec.clusterIP || spec.clusterIPs?.[0] || previous?.spec?.clusterIP;
    const fault = familyFault(spec) ?? (chosen === undefined ? undefined : this.#addressFault(chosen, owner));
    if (fault !== undefined) return invalid(service as KubeObject, [fault]);
    const address = chosen ?? this.#drawAddress(owner);
    if (address === undefined) return internalError('failed to allocate a serviceIP: range is full');
    spec = {
      ...spec,
      clusterIP: address,
      clusterIPs: [address],
      ipFamilies: spec.ipFamilies ?? ['IPv4'],
      ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack',
    };
    const allocated = this.#allocateNodePorts(spec, owner, previous?.spec);
    if ('refused' in allocated)
      return allocated.refused === undefined
        ? internalError('failed to allocate a nodePort: range is full')
        : invalid(service as KubeObject, [allocated.refused]);
    return { ok: true, value: { ...service, spec: { ...spec, ...allocated } }, warnings: [] };
  }

  #addressFault(address: string, owner: string): FieldError | undefined {
    if (address === 'None') return undefined;
    if (address.includes(':'))
      return invalidValue('spec.clusterIPs[0]', `["${address}"]`, 'IPv6 is not configured on this cluster');
    // What is no address is refused by validation.
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(address)) return undefined;
    const failed = (why: string) => invalidValue('spec.clusterIPs', `["${address}"]`, `failed to allocate IP ${address}: ${why}`);
    const offset = offsetOf(address);
    if (offset === undefined || offset === 0 || offset === 65_535)
      return failed('the provided network does not match the current range');
    const holder = this.#addresses.get(address);
    return holder === undefined || holder === owner ? undefined : failed('provided IP is already allocated');
  }

  #drawAddress(owner: string): string | undefined {
    const size = addresses.last - addresses.first + 1;
    const start = hash32(owner) % size;
    for (let i = 0; i < size; i++) {
      const address = addressOf(addresses.first + ((start + i) % size));
      if (!this.#addresses.has(address) && !this.#reserved.has(address)) return address;
    }
    return undefined;
  }

  #allocateNodePorts(
    spec: ServiceSpec,
    owner: string,
    before: ServiceSpec | undefined,
  ):
    | { readonly ports?: readonly ServicePort[]; readonly healthCheckNodePort?: number }
    | { readonly refused: FieldError | undefined } {
    if (!usesNodePorts(spec)) {
      // A Service that stops being a NodePort gives its ports back, unless its author chose them anew (then validation speaks).
      if (before === undefined || !usesNodePorts(before) || spec.ports === undefined) return {};
      return { ports: spec.ports.map(({ nodePort: _nodePort, ...port }) => port) };
    }
    const own = new Set<number>();
    // Ports of one number (TCP and UDP) share their node port.
    const byPort = new Map<number, number>();
    const allocated: ServicePort[] = [];
    for (const [index, port] of (spec.ports ?? []).entries()) {
      const kept = before?.ports?.find(
        (other) => other.port === port.port && (other.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
      );
      const shared = byPort.get(port.port);
      const chosen = port.nodePort ?? shared ?? kept?.nodePort;
      const isNew = chosen === undefined || chosen !== shared;
      const detail = chosen === undefined || !isNew ? undefined : this.#nodePortFault(chosen, owner, own);
      if (detail !== undefined) return { refused: invalidValue(`spec.ports[${index}].nodePort`, chosen ?? 0, detail) };
      const nodePort = chosen ?? this.#drawNodePort(`${owner}/${port.port}`, own);
      if (nodePort === undefined) return { refused: undefined };
      own.add(nodePort);
      if (shared === undefined) byPort.set(port.port, nodePort);
      allocated.push({ ...port, nodePort });
    }
    const checks = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local' && !spec.healthCheckNodePort;
    const healthCheck = checks ? this.#drawNodePort(`${owner}/health`, own) : undefined;
    return { ports: allocated, ...(healthCheck !== undefined && { healthCheckNodePort: healthCheck }) };
  }

  #nodePortFault(port: number, owner: string, own: ReadonlySet<number>): string | undefined {
    if (port < ports.lowest || port > ports.last) {
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

  #hold(service: Admitted<Service>): void {
    const owner = ownerOf(service);
    for (const address of service.spec?.clusterIPs ?? []) if (address !== 'None') this.#addresses.set(address, owner);
    for (const port of nodePortsOf(service.spec)) this.#nodePorts.set(port, owner);
  }

  #release(service: Admitted<Service>): void {
    for (const address of service.spec?.clusterIPs ?? []) this.#addresses.delete(address);
    for (const port of nodePortsOf(service.spec)) this.#nodePorts.delete(port);
  }
}

const nodePortsOf = (spec: ServiceSpec | undefined): readonly number[] => [
  ...(spec?.ports ?? []).flatMap(({ nodePort }) => (nodePort === undefined ? [] : [nodePort])),
  ...(spec?.healthCheckNodePort ? [spec.healthCheckNodePort] : []),
];

/** The cluster has IPv4 only. */
const familyFault = ({ ipFamilyPolicy, ipFamilies = [] }: ServiceSpec): FieldError | undefined => {
  if (ipFamilyPolicy === 'RequireDualStack') {
    const detail = 'this cluster is not configured for dual-stack services';
    return {
      ...invalidValue('spec.ipFamilyPolicy', ipFamilyPolicy, detail),
      message: `spec.ipFamilyPolicy: Invalid value: "${ipFamilyPolicy}": ${detail}`,
    };
  }
  const at = ipFamilies.indexOf('IPv6');
  const field = `spec.ipFamilies[${at}]`;
  const detail = 'not configured on this cluster';
  return at < 0 ? undefined : { ...invalidValue(field, 'IPv6', detail), message: `${field}: Invalid value: "IPv6": ${detail}` };
};

const ownerOf = (service: Admitted<Service>): string => `${service.metadata.namespace}/${service.metadata.name}`;

/** The place of an address in 10.96.0.0/16, if it is one. */
const offsetOf = (address: string): number | undefined => {
  const parts = /^10\.96\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  return parts === null ? undefined : Number(parts[1]) * 256 + Number(parts[2]);
};
