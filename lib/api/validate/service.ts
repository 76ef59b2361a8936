import type { Service, ServicePort, ServiceSpec } from '../generated/types.js';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../names.js';
import { validateProtocol } from './container.js';
import type { Faults } from './faults.js';
import { portNumber } from './format.js';
import { addressFaults, cidrFaults, parseAddress, specialAddressFaults } from './ip.js';
import { validateLabels } from './labels.js';
import { metadataPath } from './metadata.js';
import { validatePort } from './numbers.js';
import { Path } from './path.js';

const at = Path.of('spec');

/** The addresses of a Service as the server sees them: the list follows the single field. */
export const clusterIPsOf = (spec: ServiceSpec): readonly string[] =>
  spec.clusterIPs ?? (spec.clusterIP === undefined || spec.clusterIP === '' ? [] : [spec.clusterIP]);

export const isHeadless = (spec: ServiceSpec): boolean => {
  const addresses = clusterIPsOf(spec);
  return addresses.length === 1 && addresses[0] === 'None';
};

const validatePorts = (spec: ServiceSpec, faults: Faults): void => {
  const ports = spec.ports ?? [];
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const place = at.child('ports').index(index);
    const { name = '', appProtocol, targetPort } = port;
    if (name === '') {
      if (ports.length > 1) faults.required(place.child('name'));
    } else {
      faults.invalidEach(place.child('name'), name, dns1123Label(name));
      if (names.has(name)) faults.duplicate(place.child('name'), name);
      names.add(name);
    }
    faults.invalidEach(place.child('port'), port.port, portNumber(port.port));
    validateProtocol(port.protocol, place.child('protocol'), faults);
    if (targetPort !== undefined) validatePort(targetPort, place.child('targetPort'), faults);
    if (appProtocol !== undefined) faults.invalidEach(place.child('appProtocol'), appProtocol, qualifiedName(appProtocol));
    if (spec.type === 'ClusterIP' && (port.nodePort ?? 0) !== 0) {
      faults.forbidden(place.child('nodePort'), "may not be used when `type` is 'ClusterIP'");
    }
  }
  validateUniquePorts(ports, faults);
};

const validateUniquePorts = (ports: readonly ServicePort[], faults: Faults): void => {
  const nodePorts = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, { protocol = '', port, nodePort = 0 }] of ports.entries()) {
    const place = at.child('ports').index(index);
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
  const seen = new Set<string>();
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    const place = at.child('ipFamilies').index(index);
    if (!families.includes(family)) faults.notSupported(place, family, families);
    if (seen.has(family)) faults.duplicate(place, family);
    seen.add(family);
  }
  const policy = spec.ipFamilyPolicy;
  if (policy !== undefined && !familyPolicies.includes(policy))
    faults.notSupported(at.child('ipFamilyPolicy'), policy, familyPolicies);
};

/** The rules of addresses and their families among themselves; what allocates addresses asks them first. */
export const validateClusterIPs = (spec: ServiceSpec, faults: Faults): void => {
  const place = at.child('clusterIPs');
  const addresses = clusterIPsOf(spec);
  const { clusterIP = '', ipFamilies = [] } = spec;
  if (clusterIP !== '' && addresses[0] !== clusterIP) faults.invalid(place, addresses, 'first value must match `clusterIP`');
  if (clusterIP === '' && addresses.length > 0)
    faults.invalid(place, addresses, 'must be empty when `clusterIP` is not specified');
  validateAddressFamilies(spec, faults);
  let malformed = false;
  for (const [index, address] of addresses.entries()) {
    if (index === 0 && address === 'None') {
      if (addresses.length === 1) continue;
      faults.invalid(place, addresses, "'None' must be the first and only value");
      malformed = true;
      continue;
    }
    const texts = addressFaults(address);
    faults.invalidEach(place.index(index), address, texts);
    malformed ||= texts.length > 0;
  }
  if (addresses.length > 2) faults.invalid(place, addresses, 'may only hold up to 2 values');
  if (malformed) return;
  const found = addresses.map((address) => parseAddress(address)?.family);
  if (addresses.length > 1 && new Set(found).size < 2) {
    faults.invalid(place, addresses, 'may specify no more than one IP for each IP family');
  }
  if (isHeadless(spec)) return;
  for (const [index, family] of ipFamilies.slice(0, addresses.length).entries()) {
    if (families.includes(family) && found[index] !== family) {
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
  const ranges = spec.loadBalancerSourceRanges ?? [];
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

const validateTraffic = (spec: ServiceSpec, faults: Faults): void => {
  const external = spec.externalTrafficPolicy ?? '';
  const isExternal =
    spec.type === 'NodePort' ||
    spec.type === 'LoadBalancer' ||
    (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);
  const place = at.child('externalTrafficPolicy');
  if (!isExternal) {
    if (external !== '') faults.invalid(place, external, 'may only be set for externally-accessible services');
  } else if (external === '') faults.required(place);
  else if (!policies.includes(external)) faults.notSupported(place, external, policies);
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
  if ((spec.ports ?? []).length === 0 && !isHeadless(spec) && type !== 'ExternalName') faults.required(at.child('ports'));
  if (isHeadless(spec) && (type === 'LoadBalancer' || type === 'NodePort')) {
    faults.invalid(at.child('clusterIPs').index(0), 'None', `may not be set to 'None' for ${type} services`);
  }
  if (type === 'ExternalName') validateExternalName(spec, faults);
  validatePorts(spec, faults);
  validateLabels(spec.selector, at.child('selector'), faults);
  validateAffinity(spec, faults);
  if (type !== 'ExternalName') validateClusterIPs(spec, faults);
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    const texts = addressFaults(address);
    faults.invalidEach(at.child('externalIPs').index(index), address, texts.length > 0 ? texts : specialAddressFaults(address));
  }
  if (type === '') faults.required(at.child('type'));
  else if (!types.includes(type)) faults.notSupported(at.child('type'), type, types);
  validateLoadBalancer(object, spec, faults);
  validateTraffic(spec, faults);
};
