import type { Service, ServicePort, ServiceSpec } from '../generated/types.js';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../names.js';
import { isProtocol, validateProtocol } from './container.js';
import type { Faults } from './faults.js';
import { portNumber } from './format.js';
import { addressFaults, cidrFaults, specialAddressFaults } from './ip.js';
import { validateLabels } from './labels.js';
import { metadataPath } from './metadata.js';
import { validatePort } from './numbers.js';
import { Path } from './path.js';

const at = Path.of('spec');
const portsPath = at.child('ports');
const none: readonly never[] = [];

/** The addresses of a Service as the server sees them: the list follows the single field. */
export const clusterIPsOf = (spec: ServiceSpec): readonly string[] =>
  spec.clusterIPs ?? (spec.clusterIP === undefined || spec.clusterIP === '' ? none : [spec.clusterIP]);

const isNone = (addresses: readonly string[]): boolean => addresses.length === 1 && addresses[0] === 'None';

export const isHeadless = (spec: ServiceSpec): boolean => isNone(clusterIPsOf(spec));

const validatePorts = (spec: ServiceSpec, faults: Faults): void => {
  const ports = spec.ports ?? none;
  const names = ports.length > 1 ? new Set<string>() : undefined;
  for (let index = 0; index < ports.length; index++) {
    const port = ports[index] as ServicePort;
    const place = portsPath.index(index);
    const { name = '', appProtocol, targetPort } = port;
    if (name === '') {
      if (ports.length > 1) faults.required(place.child('name'));
    } else {
      const texts = dns1123Label(name);
      if (texts.length > 0) faults.invalidEach(place.child('name'), name, texts);
      if (names?.has(name)) faults.duplicate(place.child('name'), name);
      names?.add(name);
    }
    const texts = portNumber(port.port);
    if (texts.length > 0) faults.invalidEach(place.child('port'), port.port, texts);
    if (!isProtocol(port.protocol)) validateProtocol(port.protocol, place.child('protocol'), faults);
    if (targetPort !== undefined) validatePort(targetPort, place.child('targetPort'), faults);
    if (appProtocol !== undefined) faults.invalidEach(place.child('appProtocol'), appProtocol, qualifiedName(appProtocol));
    if (spec.type === 'ClusterIP' && (port.nodePort ?? 0) !== 0) {
      faults.forbidden(place.child('nodePort'), "may not be used when `type` is 'ClusterIP'");
    }
  }
  if (ports.length > 1) validateUniquePorts(ports, faults);
};

const validateUniquePorts = (ports: readonly ServicePort[], faults: Faults): void => {
  const nodePorts = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, { protocol = '', port, nodePort = 0 }] of ports.entries()) {
    const place = portsPath.index(index);
    if (nodePort !== 0 && nodePorts.has(`${protocol} ${nodePort}`)) faults.duplicate(place.child('nodePort'), nodePort);
    nodePorts.add(`${protocol} ${nodePort}`);
    if (numbers.has(`${protocol} ${port}`)) faults.duplicate(place, { protocol, port });
    numbers.add(`${protocol} ${port}`);
  }
};

const validateExternalName = (spec: ServiceSpec, faults: Faults): void => {
  for (const field of ['clusterIPs', 'ipFamilies'] as const) {
    const list = field === 'clusterIPs' ? clusterIPsOf(spec) : (spec.ipFamilies ?? []);
    if (list.length > 0) faults.forbidden(at.child(field), 'may not be set for ExternalName services');
  }
  if (spec.ipFamilyPolicy !== undefined) faults.forbidden(at.child('ipFamilyPolicy'), 'may not be set for ExternalName services');
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') faults.required(at.child('externalName'));
  else faults.invalidEach(at.child('externalName'), name, dns1123Subdomain(name));
};

const validateAffinity = (spec: ServiceSpec, faults: Faults): void => {
  const affinity = spec.sessionAffinity ?? '';
  const config = at.child('sessionAffinityConfig');
  if (affinity === '') faults.required(at.child('sessionAffinity'));
  else if (affinity !== 'ClientIP' && affinity !== 'None')
    faults.notSupported(at.child('sessionAffinity'), affinity, ['ClientIP', 'None']);
  if (affinity === 'None' && spec.sessionAffinityConfig !== undefined) {
    faults.forbidden(config, 'must not be set when session affinity is None');
  }
  if (affinity !== 'ClientIP') return;
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (seconds === undefined) faults.required(config, 'when session affinity type is ClientIP');
  else if (seconds <= 0 || seconds > 86400) {
    faults.invalid(config.child('clientIP').child('timeoutSeconds'), seconds, 'must be greater than 0 and less than 86400');
  }
};

const families = ['IPv4', 'IPv6'];
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

const validateAddressFamilies = (spec: ServiceSpec, faults: Faults): void => {
  const { ipFamilies = none } = spec;
  for (let index = 0; index < ipFamilies.length; index++) {
    const family = ipFamilies[index] as string;
    if (!families.includes(family)) faults.notSupported(at.child('ipFamilies').index(index), family, families);
    if (ipFamilies.indexOf(family) < index) faults.duplicate(at.child('ipFamilies').index(index), family);
  }
  const policy = spec.ipFamilyPolicy;
  if (policy !== undefined && !familyPolicies.includes(policy))
    faults.notSupported(at.child('ipFamilyPolicy'), policy, familyPolicies);
};

/** Of an address that is well formed. */
const familyOf = (address: string): string => (address.includes(':') ? 'IPv6' : 'IPv4');

/** The rules of addresses and their families among themselves; what allocates addresses asks them first. */
export const validateClusterIPs = (spec: ServiceSpec, faults: Faults): void => {
  const place = at.child('clusterIPs');
  const addresses = clusterIPsOf(spec);
  const { clusterIP = '', ipFamilies = none } = spec;
  if (clusterIP !== '' && addresses[0] !== clusterIP) faults.invalid(place, addresses, 'first value must match `clusterIP`');
  if (clusterIP === '' && addresses.length > 0)
    faults.invalid(place, addresses, 'must be empty when `clusterIP` is not specified');
  validateAddressFamilies(spec, faults);
  if (isNone(addresses)) return;
  let malformed = false;
  for (let index = 0; index < addresses.length; index++) {
    const address = addresses[index] as string;
    if (index === 0 && address === 'None') {
      faults.invalid(place, addresses, "'None' must be the first and only value");
      malformed = true;
      continue;
    }
    const texts = addressFaults(address);
    if (texts.length === 0) continue;
    faults.invalidEach(place.index(index), address, texts);
    malformed = true;
  }
  if (addresses.length > 2) faults.invalid(place, addresses, 'may only hold up to 2 values');
  if (malformed) return;
  if (addresses.length > 1 && new Set(addresses.map(familyOf)).size < 2) {
    faults.invalid(place, addresses, 'may specify no more than one IP for each IP family');
  }
  const most = Math.min(ipFamilies.length, addresses.length);
  for (let index = 0; index < most; index++) {
    const family = ipFamilies[index] as string;
    if (families.includes(family) && familyOf(addresses[index] as string) !== family) {
      faults.invalid(
        place.index(index),
        addresses[index],
        `expected an ${family} value as indicated by \`ipFamilies[${index}]\``,
      );
    }
  }
};

const sourceRanges = 'service.beta.kubernetes.io/load-balancer-source-ranges';

const validateLoadBalancer = (object: Service, spec: ServiceSpec, faults: Faults): void => {
  const balances = spec.type === 'LoadBalancer';
  const only = "may only be used when `type` is 'LoadBalancer'";
  const ranges = spec.loadBalancerSourceRanges ?? none;
  const annotation = object.metadata?.annotations?.[sourceRanges];
  if (ranges.length > 0) {
    // The server writes this field with a capital.
    const place = at.child('LoadBalancerSourceRanges');
    if (!balances) faults.forbidden(place, only);
    for (const [index, range] of ranges.entries()) faults.invalidEach(place.index(index), range.trim(), cidrFaults(range.trim()));
  } else if (annotation !== undefined) {
    const place = metadataPath.child('annotations').key(sourceRanges);
    if (!balances) faults.forbidden(place, only);
    for (const range of annotation.trim() === '' ? [] : annotation.split(','))
      faults.invalidEach(place, range.trim(), cidrFaults(range.trim()));
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !balances)
    faults.forbidden(at.child('allocateLoadBalancerNodePorts'), only);
  if (spec.loadBalancerClass === undefined) return;
  const place = at.child('loadBalancerClass');
  if (balances) faults.invalidEach(place, spec.loadBalancerClass, qualifiedName(spec.loadBalancerClass));
  else faults.forbidden(place, only);
};

const policies = ['Cluster', 'Local'];
const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

const externalPath = at.child('externalTrafficPolicy');

const validateTraffic = (spec: ServiceSpec, faults: Faults): void => {
  const external = spec.externalTrafficPolicy ?? '';
  const isExternal =
    spec.type === 'NodePort' ||
    spec.type === 'LoadBalancer' ||
    (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);
  if (!isExternal) {
    if (external !== '') faults.invalid(externalPath, external, 'may only be set for externally-accessible services');
  } else if (external === '') faults.required(externalPath);
  else if (!policies.includes(external)) faults.notSupported(externalPath, external, policies);
  const health = spec.healthCheckNodePort ?? 0;
  const needsHealth = spec.type === 'LoadBalancer' && external === 'Local';
  if (health !== 0 && !needsHealth) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    faults.invalid(at.child('healthCheckNodePort'), health, detail);
  } else if (health !== 0) faults.invalidEach(at.child('healthCheckNodePort'), health, portNumber(health));
  const internal = spec.internalTrafficPolicy;
  if (internal !== undefined && !policies.includes(internal))
    faults.notSupported(at.child('internalTrafficPolicy'), internal, policies);
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined && !distributions.includes(distribution)) {
    faults.notSupported(at.child('trafficDistribution'), distribution, distributions);
  }
};

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

/** What the validation alone says of a Service; addresses and node ports are given out before it, elsewhere. */
export const service = (object: Service, faults: Faults): void => {
  const spec = object.spec ?? {};
  const { type = '' } = spec;
  if ((spec.ports ?? none).length === 0 && type !== 'ExternalName' && !isHeadless(spec)) faults.required(portsPath);
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec)) {
    faults.invalid(at.child('clusterIPs').index(0), 'None', `may not be set to 'None' for ${type} services`);
  }
  if (type === 'ExternalName') validateExternalName(spec, faults);
  validatePorts(spec, faults);
  if (spec.selector !== undefined) validateLabels(spec.selector, at.child('selector'), faults);
  if (spec.sessionAffinity !== 'None' || spec.sessionAffinityConfig !== undefined) validateAffinity(spec, faults);
  if (type !== 'ExternalName') validateClusterIPs(spec, faults);
  if (spec.externalIPs !== undefined) {
    for (const [index, address] of spec.externalIPs.entries()) {
      const texts = addressFaults(address);
      faults.invalidEach(at.child('externalIPs').index(index), address, texts.length > 0 ? texts : specialAddressFaults(address));
    }
  }
  if (type === '') faults.required(at.child('type'));
  else if (!types.includes(type)) faults.notSupported(at.child('type'), type, types);
  validateLoadBalancer(object, spec, faults);
  validateTraffic(spec, faults);
};
