import type { Container, ContainerPort, EphemeralContainer, PodSpec, Volume, VolumeMount } from '../generated/types.js';
import { dns1123Label, portName } from '../names.js';
import { validateEnv, validateEnvFrom } from './env.js';
import type { Faults } from './faults.js';
import { descending, hasBacksteps } from './file-path.js';
import { portNumber } from './format.js';
import type { Path } from './path.js';
import { probeFields, validateLifecycle, validateProbe } from './probes.js';
import { validateContainerResources } from './resources.js';
import { validateContainerRestart } from './restart.js';
import { validateSecurityContext } from './security.js';

/** What the rules of a container need to know of its Pod. */
export interface PodFacts {
  readonly spec: PodSpec;
  /** The volumes that are well formed, by name. */
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claims: ReadonlySet<string>;
}

const protocols = ['SCTP', 'TCP', 'UDP'];

export const isProtocol = (protocol: string | undefined): boolean => protocol !== undefined && protocols.includes(protocol);

export const validateProtocol = (protocol: string | undefined, at: Path, faults: Faults): void => {
  if (protocol === undefined || protocol === '') faults.required(at);
  else if (!protocols.includes(protocol)) faults.notSupported(at, protocol, protocols);
};

const validatePorts = (ports: readonly ContainerPort[], at: Path, faults: Faults): void => {
  const names = ports.length > 1 ? new Set<string>() : undefined;
  for (let index = 0; index < ports.length; index++) {
    const { name = '', containerPort, hostPort, protocol } = ports[index] as ContainerPort;
    const place = at.index(index);
    if (name !== '') {
      const texts = portName(name);
      if (texts.length > 0) faults.invalidEach(place.child('name'), name, texts);
      else if (names?.has(name)) faults.duplicate(place.child('name'), name);
      else names?.add(name);
    }
    const texts = portNumber(containerPort);
    if (containerPort === 0) faults.required(place.child('containerPort'));
    else if (texts.length > 0) faults.invalidEach(place.child('containerPort'), containerPort, texts);
    if (hostPort !== undefined && hostPort !== 0) faults.invalidEach(place.child('hostPort'), hostPort, portNumber(hostPort));
    if (!isProtocol(protocol)) validateProtocol(protocol, place.child('protocol'), faults);
  }
};

const propagations = ['Bidirectional', 'HostToContainer', 'None'];

const validateMountOptions = (mount: VolumeMount, container: Container, at: Path, faults: Faults): void => {
  const { mountPropagation: propagation, recursiveReadOnly } = mount;
  if (propagation !== undefined) {
    const place = at.child('mountPropagation');
    if (!propagations.includes(propagation)) faults.notSupported(place, propagation, propagations);
    if (propagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
      faults.forbidden(place, 'Bidirectional mount propagation is available only to privileged containers');
    }
  }
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return;
  const place = at.child('recursiveReadOnly');
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible') {
    faults.notSupported(place, recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible']);
    return;
  }
  if (mount.readOnly !== true) faults.forbidden(place, 'may only be specified when readOnly is true');
  if (propagation !== undefined && propagation !== 'None') {
    faults.forbidden(place, 'may only be specified when mountPropagation is None or not specified');
  }
};

const validateMounts = (container: Container, pod: PodFacts, at: Path, faults: Faults): void => {
  const devices = container.volumeDevices ?? [];
  const paths = new Set<string>();
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const place = at.index(index);
    const { name, mountPath, subPath = '', subPathExpr = '' } = mount;
    if (name === '') faults.required(place.child('name'));
    const volume = pod.volumes.get(name);
    if (volume === undefined) faults.notFound(place.child('name'), name);
    if (mountPath === '') faults.required(place.child('mountPath'));
    if (paths.has(mountPath)) faults.invalid(place.child('mountPath'), mountPath, 'must be unique');
    paths.add(mountPath);
    if (devices.some((device) => device.name === name)) {
      faults.invalid(place.child('name'), name, 'must not already exist in volumeDevices');
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      faults.invalid(place.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices');
    }
    // The server names these by the list, not by the mount.
    if (subPath !== '') descending(subPath, at.child('subPath'), faults);
    if (subPathExpr !== '') {
      if (subPath !== '')
        faults.invalid(place.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive');
      descending(subPathExpr, at.child('subPathExpr'), faults);
    }
    validateMountOptions(mount, container, at, faults);
  }
};

const validateDevices = (container: Container, pod: PodFacts, at: Path, faults: Faults): void => {
  const mounts = container.volumeMounts ?? [];
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [index, { name, devicePath }] of (container.volumeDevices ?? []).entries()) {
    const place = at.index(index);
    const volume = pod.volumes.get(name);
    if (name === '') faults.required(place.child('name'));
    if (names.has(name)) faults.invalid(place.child('name'), name, 'must be unique');
    if (volume === undefined) faults.notFound(place.child('name'), name);
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const detail = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      faults.invalid(place.child('name'), name, detail);
    }
    if (devicePath === '') faults.required(place.child('devicePath'));
    if (paths.has(devicePath)) faults.invalid(place.child('devicePath'), devicePath, 'must be unique');
    if (hasBacksteps(devicePath)) faults.invalid(place.child('devicePath'), devicePath, "can not contain backsteps ('..')");
    else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name))
      faults.invalid(place.child('name'), name, 'must not already exist in volumeMounts');
    if (mounts.some((mount) => mount.mountPath === devicePath)) {
      faults.invalid(place.child('devicePath'), devicePath, 'must not already exist as a path in volumeMounts');
    }
    if (name !== '') names.add(name);
  }
};

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

const validateResize = (container: Container, pod: PodFacts, at: Path, faults: Faults): void => {
  const seen = new Set<string>();
  for (const [index, { resourceName, restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    if (seen.has(resourceName)) faults.duplicate(at.index(index), resourceName);
    seen.add(resourceName);
    if (resourceName === '') faults.required(at);
    else if (resourceName !== 'cpu' && resourceName !== 'memory') faults.notSupported(at, resourceName, ['cpu', 'memory']);
    if (restartPolicy === '') faults.required(at);
    else if (restartPolicy !== 'NotRequired' && restartPolicy !== 'RestartContainer') {
      faults.notSupported(at, restartPolicy, ['NotRequired', 'RestartContainer']);
    }
    if (pod.spec.restartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      faults.invalid(at, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'");
    }
  }
};

const validateCommon = (container: Container, pod: PodFacts, at: Path, faults: Faults): void => {
  const texts = dns1123Label(container.name);
  if (container.name === '') faults.required(at.child('name'));
  else if (texts.length > 0) faults.invalidEach(at.child('name'), container.name, texts);
  if ((container.image ?? '') === '') faults.required(at.child('image'));
  const { terminationMessagePolicy, imagePullPolicy } = container;
  if (terminationMessagePolicy !== 'File' && terminationMessagePolicy !== 'FallbackToLogsOnError') {
    faults.notSupported(at.child('terminationMessagePolicy'), terminationMessagePolicy, ['File', 'FallbackToLogsOnError']);
  }
  if (container.ports !== undefined) validatePorts(container.ports, at.child('ports'), faults);
  if (container.env !== undefined) validateEnv(container.env, at.child('env'), faults);
  if (container.envFrom !== undefined) validateEnvFrom(container.envFrom, at.child('envFrom'), faults);
  if (container.volumeMounts !== undefined) validateMounts(container, pod, at.child('volumeMounts'), faults);
  if (container.volumeDevices !== undefined) validateDevices(container, pod, at.child('volumeDevices'), faults);
  if (imagePullPolicy !== undefined && !pullPolicies.includes(imagePullPolicy)) {
    faults.notSupported(at.child('imagePullPolicy'), imagePullPolicy, pullPolicies);
  }
  if (container.resources !== undefined) {
    validateContainerResources(container.resources, pod.claims, at.child('resources'), faults);
  }
  if (container.resizePolicy !== undefined) validateResize(container, pod, at.child('resizePolicy'), faults);
  if (container.securityContext !== undefined) {
    validateSecurityContext(container.securityContext, pod.spec.hostUsers !== false, at.child('securityContext'), faults);
  }
};

const validateRunning = (container: Container, pod: PodFacts, at: Path, faults: Faults): void => {
  const { lifecycle } = container;
  if (lifecycle !== undefined)
    validateLifecycle(lifecycle, pod.spec.terminationGracePeriodSeconds, at.child('lifecycle'), faults);
  for (let index = 0; index < probeFields.length; index++) {
    const field = probeFields[index] as (typeof probeFields)[number];
    const probe = container[field];
    if (probe !== undefined) validateProbe(probe, field, at.child(field), faults);
  }
};

const hasHostPort = ({ hostPort }: ContainerPort): boolean => hostPort !== undefined && hostPort !== 0;

const validateHostPorts = (containers: readonly Container[], places: (index: number) => Path, faults: Faults): void => {
  const taken = new Set<string>();
  for (const [index, container] of containers.entries()) {
    for (const [number, port] of (container.ports ?? []).entries()) {
      if (!hasHostPort(port)) continue;
      const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(key)) faults.duplicate(places(index).child('ports').index(number).child('hostPort'), key);
      taken.add(key);
    }
  }
};

export const validateContainers = (pod: PodFacts, at: Path, faults: Faults): void => {
  const { containers } = pod.spec;
  if (containers === undefined || containers.length === 0) {
    faults.required(at);
    return;
  }
  const names = containers.length > 1 ? new Set<string>() : undefined;
  let hasHostPorts = false;
  for (let index = 0; index < containers.length; index++) {
    const container = containers[index] as Container;
    const place = at.index(index);
    validateCommon(container, pod, place, faults);
    if (names?.has(container.name)) faults.duplicate(place.child('name'), container.name);
    names?.add(container.name);
    validateRunning(container, pod, place, faults);
    validateContainerRestart(container, false, place, faults);
    hasHostPorts ||= container.ports?.some(hasHostPort) === true;
  }
  if (hasHostPorts) validateHostPorts(containers, (index) => at.index(index), faults);
};

export const validateInitContainers = (pod: PodFacts, at: Path, faults: Faults): void => {
  const { containers = [], initContainers } = pod.spec;
  if (initContainers === undefined) return;
  const names = new Set(containers.map((container) => container.name));
  for (const [index, container] of initContainers.entries()) {
    const place = at.index(index);
    validateCommon(container, pod, place, faults);
    validateContainerRestart(container, true, place, faults);
    if (names.has(container.name)) faults.duplicate(place.child('name'), container.name);
    else if (container.name !== '') names.add(container.name);
    // Init containers run one after the other: ports collide only within one; the server then names the first.
    validateHostPorts([container], () => at.index(0), faults);
    if (container.restartPolicy === 'Always') {
      validateRunning(container, pod, place, faults);
      continue;
    }
    for (const field of ['lifecycle', ...probeFields] as const) {
      if (container[field] !== undefined)
        faults.forbidden(place.child(field), 'may not be set for init containers without restartPolicy=Always');
    }
  }
};

const forbiddenForEphemeral = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
] as const;

export const validateEphemeralContainers = (pod: PodFacts, at: Path, faults: Faults): void => {
  const { containers = [], initContainers = [], ephemeralContainers } = pod.spec;
  if (ephemeralContainers === undefined) return;
  const others = [...containers, ...initContainers].map((container) => container.name);
  const names = new Set(others);
  for (const [index, container] of ephemeralContainers.entries()) {
    const place = at.index(index);
    validateCommon(container, pod, place, faults);
    validateImageSpaces(container, place, faults);
    if (names.has(container.name)) faults.duplicate(place.child('name'), container.name);
    names.add(container.name);
    const target = container.targetContainerName;
    if (target !== undefined && !others.includes(target)) faults.notFound(place.child('targetContainerName'), target);
    for (const field of forbiddenForEphemeral) {
      if (container[field] !== undefined) faults.forbidden(place.child(field), 'cannot be set for an Ephemeral Container');
    }
    if (Object.keys(container.resources ?? {}).length > 0) {
      faults.forbidden(place.child('resources'), 'cannot be set for an Ephemeral Container');
    }
  }
};

/** In a Pod, though not in a template, an image has no white space around it. */
export const validateImageSpaces = (container: Container | EphemeralContainer, at: Path, faults: Faults): void => {
  const { image = '' } = container;
  if (image.trim() !== image) faults.invalid(at.child('image'), image, 'must not have leading or trailing whitespace');
};
