import type { Container, PodSpec } from '../generated/types.js';
import type { Faults } from './faults.js';
import type { Path } from './path.js';

const containerFields = ['initContainers', 'containers', 'ephemeralContainers'] as const;

const eachContainer = (spec: PodSpec, at: Path, visit: (container: Container, at: Path) => void): void => {
  for (const field of containerFields) {
    for (const [index, container] of (spec[field] ?? []).entries()) visit(container, at.child(field).index(index));
  }
};

/** What a server says that is started without `--allow-privileged`. */
export const disallowedByServer = 'hostProcess containers are disallowed by cluster policy';

const hasWindowsOptions = (spec: PodSpec): boolean => {
  if (spec.securityContext?.windowsOptions !== undefined) return true;
  for (let list = 0; list < containerFields.length; list++) {
    const containers = spec[containerFields[list] as (typeof containerFields)[number]];
    if (containers === undefined) continue;
    for (let index = 0; index < containers.length; index++)
      if (containers[index]?.securityContext?.windowsOptions !== undefined) return true;
  }
  return false;
};

/** Windows containers that run on the host itself: all of a Pod or none, and on the host's network. */
const validateHostProcess = (spec: PodSpec, at: Path, faults: Faults): void => {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  let count = 0;
  let hostProcesses = 0;
  eachContainer(spec, at, (container, place) => {
    const own = container.securityContext?.windowsOptions?.hostProcess;
    count++;
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const detail = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      faults.invalid(place.child('securityContext').child('windowsOptions').child('hostProcess'), own, detail);
    }
    if (own ?? ofPod) hostProcesses++;
  });
  if (hostProcesses === 0) return;
  if (hostProcesses !== count) {
    faults.invalid(at, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers');
  }
  if (spec.hostNetwork !== true) {
    faults.invalid(at.child('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers');
  }
  faults.forbidden(at, disallowedByServer);
};

const linuxOnlyInPod = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const;
const linuxOnlyInContainer = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;

const validateWindows = (spec: PodSpec, at: Path, faults: Faults): void => {
  const refuse = (place: Path): void => faults.forbidden(place, 'cannot be set for a windows pod');
  if (spec.hostUsers !== undefined) refuse(at.child('hostUsers'));
  if (spec.hostPID === true) refuse(at.child('hostPID'));
  if (spec.hostIPC === true) refuse(at.child('hostIPC'));
  if (spec.shareProcessNamespace !== undefined) refuse(at.child('shareProcessNamespace'));
  for (const field of linuxOnlyInPod)
    if (spec.securityContext?.[field] !== undefined) refuse(at.child('securityContext').child(field));
  eachContainer(spec, at, (container, place) => {
    for (const field of linuxOnlyInContainer) {
      if (container.securityContext?.[field] !== undefined) refuse(place.child('securityContext').child(field));
    }
  });
};

const validateLinux = (spec: PodSpec, at: Path, faults: Faults): void => {
  const refuse = (place: Path): void =>
    faults.forbidden(place.child('securityContext').child('windowsOptions'), 'windows options cannot be set for a linux pod');
  if (spec.securityContext?.windowsOptions !== undefined) refuse(at);
  eachContainer(spec, at, (container, place) => {
    if (container.securityContext?.windowsOptions !== undefined) refuse(place);
  });
};

/** The operating system of a Pod and what it rules out. */
export const validatePodOs = (spec: PodSpec, at: Path, faults: Faults): void => {
  if (hasWindowsOptions(spec)) validateHostProcess(spec, at, faults);
  if (spec.os === undefined) return;
  const { name } = spec.os;
  if (name === '') faults.required(at.child('os').child('name'));
  else if (name === 'linux') validateLinux(spec, at, faults);
  else if (name === 'windows') validateWindows(spec, at, faults);
  else faults.notSupported(at.child('os'), name, ['linux', 'windows']);
};
