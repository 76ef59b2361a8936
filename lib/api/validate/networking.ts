import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressClass,
  IngressClassParametersReference,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  TypedLocalObjectReference,
} from '../generated/types.js';
import { dns1123Label, dns1123Subdomain, portName, wildcardDns1123Subdomain } from '../names.js';
import { validateDomainPath } from './domain-path.js';
import type { Faults } from './faults.js';
import { pathSegmentName, portNumber } from './format.js';
import { cidrFaults, contains, parseAddress, parseCidr } from './ip.js';
import { validateLabelSelector } from './labels.js';
import { Path } from './path.js';

const at = Path.of('spec');

const validateHost = (host: string, place: Path, faults: Faults): void =>
  faults.invalidEach(place, host, host.includes('*') ? wildcardDns1123Subdomain(host) : dns1123Subdomain(host));

const validateReference = (
  ref: TypedLocalObjectReference | IngressClassParametersReference,
  place: Path,
  faults: Faults,
): void => {
  const group = ref.apiGroup ?? undefined;
  if (group !== undefined) faults.invalidEach(place.child('apiGroup'), group, dns1123Subdomain(group));
  for (const field of ['kind', 'name'] as const) {
    if (ref[field] === '') faults.required(place.child(field));
    else faults.invalidEach(place.child(field), ref[field], pathSegmentName(ref[field]));
  }
};

const validateBackend = (backend: IngressBackend, place: Path, faults: Faults): void => {
  const { resource, service } = backend;
  if (resource !== undefined && service !== undefined) {
    faults.invalid(place, '', 'cannot set both resource and service backends');
    return;
  }
  if (resource !== undefined) {
    validateReference(resource, place.child('resource'), faults);
    return;
  }
  if (service === undefined) {
    faults.invalid(place, '', 'resource or service backend is required');
    return;
  }
  const to = place.child('service');
  if (service.name === '') faults.required(to.child('name'));
  else faults.invalidEach(to.child('name'), service.name, dns1123Label(service.name));
  const { name = '', number = 0 } = service.port ?? {};
  if (name !== '' && number !== 0) faults.invalid(place, '', 'cannot set both port name & port number');
  else if (name !== '') faults.invalidEach(to.child('port').child('name'), name, portName(name));
  else if (number !== 0) faults.invalidEach(to.child('port').child('number'), number, portNumber(number));
  else faults.required(place, 'port name or number is required');
};

const forbiddenInPaths = ['//', '/./', '/../', '%2f', '%2F'];
const forbiddenAtEnd = ['/..', '/.'];
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];

const validatePath = (entry: HTTPIngressPath, place: Path, faults: Faults): void => {
  const { path = '', pathType } = entry;
  if (pathType === '') {
    faults.required(place.child('pathType'), 'pathType must be specified');
    return;
  }
  const exact = pathType === 'Exact' || pathType === 'Prefix';
  if (!pathTypes.includes(pathType)) faults.notSupported(place.child('pathType'), pathType, pathTypes);
  else if (!path.startsWith('/') && (exact || path !== '')) faults.invalid(place.child('path'), path, 'must be an absolute path');
  if (exact) {
    for (const part of forbiddenInPaths) {
      if (path.includes(part)) faults.invalid(place.child('path'), path, `must not contain '${part}'`);
    }
    for (const end of forbiddenAtEnd)
      if (path.endsWith(end)) faults.invalid(place.child('path'), path, `cannot end with '${end}'`);
  }
  validateBackend(entry.backend, place.child('backend'), faults);
};

const classAnnotation = 'kubernetes.io/ingress.class';

export const ingress = (object: Ingress, faults: Faults): void => {
  const { rules = [], tls = [], defaultBackend, ingressClassName } = object.spec ?? {};
  if (rules.length === 0 && defaultBackend === undefined) {
    faults.invalid(at, rules, 'either `defaultBackend` or `rules` must be specified');
  }
  if (defaultBackend !== undefined) validateBackend(defaultBackend, at.child('defaultBackend'), faults);
  for (const [index, { host = '', http }] of rules.entries()) {
    const place = at.child('rules').index(index);
    if (host !== '') {
      if (parseAddress(host) !== undefined) faults.invalid(place.child('host'), host, 'must be a DNS name, not an IP address');
      validateHost(host, place.child('host'), faults);
    }
    if (http === undefined) continue;
    const paths = http.paths ?? [];
    if (paths.length === 0) faults.required(place.child('http').child('paths'));
    for (const [number, path] of paths.entries()) validatePath(path, place.child('http').child('paths').index(number), faults);
  }
  for (const [index, { hosts = [], secretName = '' }] of tls.entries()) {
    const place = at.child('tls').index(index);
    for (const [number, host] of hosts.entries()) validateHost(host, place.child('hosts').index(number), faults);
    if (secretName !== '') faults.invalidEach(place.child('secretName'), secretName, dns1123Subdomain(secretName));
  }
  if (ingressClassName === undefined) return;
  faults.invalidEach(at.child('ingressClassName'), ingressClassName, dns1123Subdomain(ingressClassName));
};

/** On create, the class must not be said in two ways that differ. */
export const ingressClassSaidOnce = (object: Ingress, faults: Faults): void => {
  const annotation = object.metadata?.annotations?.[classAnnotation];
  const name = object.spec?.ingressClassName;
  if (annotation === undefined || name === undefined || annotation === name) return;
  faults.invalid(
    Path.of('annotations').child(classAnnotation),
    annotation,
    'must match `ingressClassName` when both are specified',
  );
};

const mostControllerBytes = 250;
const scopes = ['Cluster', 'Namespace'];

export const ingressClass = (object: IngressClass, faults: Faults): void => {
  const { controller = '', parameters } = object.spec ?? {};
  const place = at.child('controller');
  if (controller === '') faults.required(place);
  else {
    if (controller.length > mostControllerBytes) faults.tooLong(place, mostControllerBytes);
    validateDomainPath(controller, place, faults);
  }
  if (parameters === undefined) return;
  const to = at.child('parameters');
  validateReference(parameters, to, faults);
  const { scope, namespace } = parameters;
  if (scope === undefined) faults.required(to.child('scope'));
  else if (!scopes.includes(scope)) faults.notSupported(to.child('scope'), scope, scopes);
  else if (scope === 'Namespace') {
    if (namespace === undefined) faults.required(to.child('namespace'), "`parameters.scope` is set to 'Namespace'");
    else faults.invalidEach(to.child('namespace'), namespace, dns1123Label(namespace));
  } else if (namespace !== undefined) faults.forbidden(to.child('namespace'), "`parameters.scope` is set to 'Cluster'");
};

const protocols = ['TCP', 'UDP', 'SCTP'];

const validatePolicyPort = ({ protocol, port, endPort }: NetworkPolicyPort, place: Path, faults: Faults): void => {
  if (protocol !== undefined && !protocols.includes(protocol)) faults.notSupported(place.child('protocol'), protocol, protocols);
  const end = place.child('endPort');
  if (port === undefined) {
    if (endPort !== undefined) faults.invalid(end, endPort, 'may not be specified when `port` is not specified');
  } else if (typeof port === 'string') {
    if (endPort !== undefined) faults.invalid(end, endPort, 'may not be specified when `port` is non-numeric');
    faults.invalidEach(place.child('port'), port, portName(port));
  } else {
    faults.invalidEach(place.child('port'), port, portNumber(port));
    if (endPort === undefined) return;
    // The server shows the port here, not the end.
    if (endPort < port) faults.invalid(end, port, 'must be greater than or equal to `port`');
    faults.invalidEach(end, endPort, portNumber(endPort));
  }
};

const validatePeer = (peer: NetworkPolicyPeer, place: Path, faults: Faults): void => {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  validateLabelSelector(podSelector, place.child('podSelector'), faults);
  validateLabelSelector(namespaceSelector, place.child('namespaceSelector'), faults);
  const others = podSelector !== undefined || namespaceSelector !== undefined;
  if (ipBlock === undefined) {
    if (!others) faults.required(place, 'must specify a peer');
    return;
  }
  if (others) faults.forbidden(place, 'may not specify both ipBlock and another peer');
  const block = place.child('ipBlock');
  if (ipBlock.cidr === '') {
    faults.required(block.child('cidr'));
    return;
  }
  faults.invalidEach(block.child('cidr'), ipBlock.cidr, cidrFaults(ipBlock.cidr));
  const range = parseCidr(ipBlock.cidr);
  if (range === undefined) return;
  for (const [index, text] of (ipBlock.except ?? []).entries()) {
    const hole = block.child('except').index(index);
    faults.invalidEach(hole, text, cidrFaults(text));
    const except = parseCidr(text);
    if (except !== undefined && (!contains(range, except.address) || range.length >= except.length)) {
      faults.invalid(hole, text, 'must be a strict subset of `cidr`');
    }
  }
};

const policyTypes = ['Ingress', 'Egress'];

export const networkPolicy = (object: NetworkPolicy, faults: Faults): void => {
  const spec = object.spec ?? {};
  validateLabelSelector(spec.podSelector, at.child('podSelector'), faults);
  for (const [index, rule] of (spec.ingress ?? []).entries()) {
    const place = at.child('ingress').index(index);
    for (const [number, port] of (rule.ports ?? []).entries())
      validatePolicyPort(port, place.child('ports').index(number), faults);
    for (const [number, peer] of (rule.from ?? []).entries()) validatePeer(peer, place.child('from').index(number), faults);
  }
  for (const [index, rule] of (spec.egress ?? []).entries()) {
    const place = at.child('egress').index(index);
    for (const [number, port] of (rule.ports ?? []).entries())
      validatePolicyPort(port, place.child('ports').index(number), faults);
    for (const [number, peer] of (rule.to ?? []).entries()) validatePeer(peer, place.child('to').index(number), faults);
  }
  const types = spec.policyTypes ?? [];
  if (types.length > policyTypes.length) {
    faults.invalid(at.child('policyTypes'), types, 'may not specify more than two policyTypes');
    return;
  }
  for (const [index, type] of types.entries()) {
    if (!policyTypes.includes(type)) faults.notSupported(at.child('policyTypes').index(index), type, policyTypes);
  }
};
