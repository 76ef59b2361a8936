import type { EndpointAddress, EndpointSlice, Endpoints } from '../generated/types.js';
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../names.js';
import { validateProtocol } from './container.js';
import type { Faults } from './faults.js';
import { portNumber } from './format.js';
import { addressFaults, parseAddress, specialAddressFaults } from './ip.js';
import { validateLabels } from './labels.js';
import { Path } from './path.js';

const validateAddress = (address: EndpointAddress, at: Path, faults: Faults): void => {
  faults.invalidEach(at.child('ip'), address.ip, addressFaults(address.ip));
  const { hostname = '', nodeName } = address;
  if (hostname !== '') faults.invalidEach(at.child('hostname'), hostname, dns1123Label(hostname));
  if (nodeName !== undefined) faults.invalidEach(at.child('nodeName'), nodeName, dns1123Subdomain(nodeName));
  faults.invalidEach(at.child('ip'), address.ip, specialAddressFaults(address.ip));
};

export const endpoints = (object: Endpoints, faults: Faults): void => {
  for (const [index, subset] of (object.subsets ?? []).entries()) {
    const place = Path.of('subsets').index(index);
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      faults.required(place, 'must specify `addresses` or `notReadyAddresses`');
    }
    for (const [number, address] of addresses.entries()) validateAddress(address, place.child('addresses').index(number), faults);
    for (const [number, address] of notReadyAddresses.entries()) {
      validateAddress(address, place.child('notReadyAddresses').index(number), faults);
    }
    for (const [number, port] of ports.entries()) {
      const at = place.child('ports').index(number);
      const { name = '', appProtocol } = port;
      if (name !== '') faults.invalidEach(at.child('name'), name, dns1123Label(name));
      else if (ports.length > 1) faults.required(at.child('name'));
      faults.invalidEach(at.child('port'), port.port, portNumber(port.port));
      validateProtocol(port.protocol, at.child('protocol'), faults);
      if (appProtocol !== undefined) faults.invalidEach(at.child('appProtocol'), appProtocol, qualifiedName(appProtocol));
    }
  }
};

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const mostEndpoints = 1000;
const mostAddresses = 100;
const mostPorts = 20_000;

const validateSliceAddress = (address: string, type: string, list: Path, at: Path, faults: Faults): void => {
  if (type === 'FQDN') {
    faults.invalidEach(at, address, dns1123Subdomain(address));
    return;
  }
  if (!addressTypes.includes(type)) return;
  const texts = addressFaults(address);
  faults.invalidEach(at, address, texts);
  if (parseAddress(address) !== undefined && parseAddress(address)?.family !== type) {
    faults.invalid(list, address, `must be an ${type} address`);
  }
  if (texts.length === 0) faults.invalidEach(at, address, specialAddressFaults(address));
};

const validateSliceEndpoints = (object: EndpointSlice, faults: Faults): void => {
  const at = Path.of('endpoints');
  const list = object.endpoints ?? [];
  if (list.length > mostEndpoints) {
    faults.tooMany(at, list.length, mostEndpoints);
    return;
  }
  for (const [index, endpoint] of list.entries()) {
    const place = at.index(index);
    const addresses = endpoint.addresses ?? [];
    if (addresses.length === 0) faults.required(place.child('addresses'), 'must contain at least 1 address');
    else if (addresses.length > mostAddresses) faults.tooMany(place.child('addresses'), addresses.length, mostAddresses);
    for (const [number, address] of addresses.entries()) {
      validateSliceAddress(address, object.addressType, place.child('addresses'), place.child('addresses').index(number), faults);
    }
    const { hostname, nodeName, deprecatedTopology } = endpoint;
    if (hostname !== undefined) faults.invalidEach(place.child('hostname'), hostname, dns1123Label(hostname));
    if (nodeName !== undefined) faults.invalidEach(place.child('nodeName'), nodeName, dns1123Subdomain(nodeName));
    validateLabels(deprecatedTopology, place.child('deprecatedTopology'), faults);
    const zones = new Set<string>();
    for (const [number, { name }] of (endpoint.hints?.forZones ?? []).entries()) {
      const hint = place.child('hints').child('forZones').index(number).child('name');
      faults.invalidEach(hint, name, labelValue(name));
      if (zones.has(name)) faults.duplicate(hint, name);
      zones.add(name);
    }
  }
};

const validateSlicePorts = (object: EndpointSlice, faults: Faults): void => {
  const at = Path.of('ports');
  const ports = object.ports ?? [];
  if (ports.length > mostPorts) {
    faults.tooMany(at, ports.length, mostPorts);
    return;
  }
  const names = new Set<string>();
  for (const [index, { name = '', protocol, appProtocol }] of ports.entries()) {
    const place = at.index(index);
    if (name !== '') faults.invalidEach(place.child('name'), name, dns1123Label(name));
    if (names.has(name)) faults.duplicate(place.child('name'), name);
    names.add(name);
    validateProtocol(protocol, place.child('protocol'), faults);
    if (appProtocol !== undefined) faults.invalidEach(place.child('appProtocol'), appProtocol, qualifiedName(appProtocol));
  }
};

export const endpointSlice = (object: EndpointSlice, faults: Faults): void => {
  if (object.addressType === '') faults.required(Path.of('addressType'));
  else if (!addressTypes.includes(object.addressType))
    faults.notSupported(Path.of('addressType'), object.addressType, addressTypes);
  validateSliceEndpoints(object, faults);
  validateSlicePorts(object, faults);
};
