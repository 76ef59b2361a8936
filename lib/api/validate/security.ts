import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
  Sysctl,
  WindowsSecurityContextOptions,
} from '../generated/types.js';
import { dns1123Subdomain } from '../names.js';
import type { Faults } from './faults.js';
import { descending } from './file-path.js';
import type { Path } from './path.js';

const mostId = 2 ** 31 - 1;

const validateId = (id: number, at: Path, faults: Faults): void => {
  if (id < 0 || id > mostId) faults.invalid(at, id, `must be between 0 and ${mostId}, inclusive`);
};

const validateSeccomp = (profile: SeccompProfile, at: Path, faults: Faults): void => {
  const types = ['Localhost', 'RuntimeDefault', 'Unconfined'];
  if (profile.type === '') faults.required(at.child('type'), 'type is required when seccompProfile is set');
  else if (!types.includes(profile.type)) faults.notSupported(at.child('type'), profile.type, types);
  const place = at.child('localhostProfile');
  const file = profile.localhostProfile;
  if (profile.type !== 'Localhost') {
    if (file !== undefined) faults.invalid(place, profile, 'can only be set when seccomp type is Localhost');
  } else if (file === undefined) faults.required(place, 'must be set when seccomp type is Localhost');
  else descending(file, place, faults);
};

const mostPathBytes = 4095;

const validateAppArmor = (profile: AppArmorProfile, at: Path, faults: Faults): void => {
  const types = ['Localhost', 'RuntimeDefault', 'Unconfined'];
  const place = at.child('localhostProfile');
  const file = profile.localhostProfile;
  if (profile.type === '') faults.required(at.child('type'), 'type is required when appArmorProfile is set');
  else if (!types.includes(profile.type)) faults.notSupported(at.child('type'), profile.type, types);
  else if (profile.type !== 'Localhost') {
    if (file !== undefined) faults.invalid(place, file, 'can only be set when AppArmor type is Localhost');
  } else if (file === undefined || file.trim() === '') {
    if (file !== undefined && file !== '') faults.invalid(place, file, 'must not be padded with whitespace');
    else faults.required(place, 'must be set when AppArmor type is Localhost');
  } else {
    if (file.trim() !== file) faults.invalid(place, file, 'must not be padded with whitespace');
    if (file.length > mostPathBytes) faults.tooLong(place, mostPathBytes);
  }
};

const mostSpecBytes = 64 * 1024;
const mostUserLength = 104;
const mostDomainLength = 256;
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsName = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

const userNameFaults = (name: string): readonly string[] => {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (/\p{Cc}/u.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const faults: string[] = [];
  if ((domain ?? '').length >= mostDomainLength)
    faults.push(`runAsUserName's Domain length must be under ${mostDomainLength} characters`);
  if (domain !== undefined && !netBiosName.test(domain) && !dnsName.test(domain)) {
    faults.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') faults.push("runAsUserName's User cannot be empty");
  else if (user.length > mostUserLength)
    faults.push(`runAsUserName's User length must not be longer than ${mostUserLength} characters`);
  if (/^[. ]+$/.test(user)) faults.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    faults.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
  return faults;
};

const validateWindows = (options: WindowsSecurityContextOptions, at: Path, faults: Faults): void => {
  const { gmsaCredentialSpecName: specName, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  if (specName !== undefined) faults.invalidEach(at.child('gmsaCredentialSpecName'), specName, dns1123Subdomain(specName));
  if (spec === '') faults.invalid(at.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string');
  else if (spec !== undefined && spec.length > mostSpecBytes) {
    faults.invalid(at.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec size must be under 64 KiB');
  }
  if (user !== undefined) faults.invalidEach(at.child('runAsUserName'), user, userNameFaults(user));
};

/** What a container and its Pod have in common. */
const validateShared = (context: SecurityContext | PodSecurityContext, at: Path, faults: Faults): void => {
  if (context.runAsUser !== undefined) validateId(context.runAsUser, at.child('runAsUser'), faults);
  if (context.runAsGroup !== undefined) validateId(context.runAsGroup, at.child('runAsGroup'), faults);
  if (context.seccompProfile !== undefined) validateSeccomp(context.seccompProfile, at.child('seccompProfile'), faults);
  if (context.windowsOptions !== undefined) validateWindows(context.windowsOptions, at.child('windowsOptions'), faults);
  if (context.appArmorProfile !== undefined) validateAppArmor(context.appArmorProfile, at.child('appArmorProfile'), faults);
};

/** Privileged containers are disallowed unless the server was told otherwise; a cluster of kubeadm's making is. */
export const validateSecurityContext = (context: SecurityContext, sharesHostUsers: boolean, at: Path, faults: Faults): void => {
  validateShared(context, at, faults);
  const { procMount, allowPrivilegeEscalation, privileged, capabilities } = context;
  if (procMount !== undefined) {
    if (procMount !== 'Default' && procMount !== 'Unmasked') {
      faults.notSupported(at.child('procMount'), procMount, ['Default', 'Unmasked']);
    }
    if (sharesHostUsers && procMount === 'Unmasked') {
      faults.invalid(at.child('procMount'), procMount, '`hostUsers` must be false to use `Unmasked`');
    }
  }
  if (allowPrivilegeEscalation !== false) return;
  if (privileged === true) faults.invalid(at, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
  for (const capability of capabilities?.add ?? []) {
    if (capability !== 'CAP_SYS_ADMIN') continue;
    faults.invalid(at, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN');
  }
};

const sysctlName = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const sysctlText =
  'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const ipcSysctl = /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/;

const validateSysctls = (sysctls: readonly Sysctl[], spec: PodSpec, at: Path, faults: Faults): void => {
  const names = new Set<string>();
  for (const [index, { name }] of sysctls.entries()) {
    const place = at.index(index).child('name');
    if (name === '') faults.required(place);
    else if (name.length > 253 || !sysctlName.test(name)) faults.invalid(place, name, sysctlText);
    else if (names.has(name)) faults.duplicate(place, name);
    names.add(name);
    const dotted = name.replaceAll('/', '.');
    if (spec.hostNetwork === true && dotted.startsWith('net.')) {
      faults.invalid(place, name, "may not be specified when 'hostNetwork' is true");
    } else if (spec.hostIPC === true && ipcSysctl.test(dotted)) {
      faults.invalid(place, name, "may not be specified when 'hostIPC' is true");
    }
  }
};

const policies = {
  fsGroupChangePolicy: ['Always', 'OnRootMismatch'],
  supplementalGroupsPolicy: ['Merge', 'Strict'],
  seLinuxChangePolicy: ['Recursive'],
} as const satisfies { readonly [Field in keyof PodSecurityContext]?: readonly string[] };
const policyFields = ['fsGroupChangePolicy', 'supplementalGroupsPolicy', 'seLinuxChangePolicy'] as const;

const hasFields = (context: PodSecurityContext): boolean => {
  for (const field in context) if (Object.hasOwn(context, field)) return true;
  return false;
};

export const validatePodSecurityContext = (spec: PodSpec, at: Path, faults: Faults): void => {
  const context = spec.securityContext;
  // The default is an empty one.
  if (context === undefined || !(spec.shareProcessNamespace || hasFields(context))) return;
  if (context.fsGroup !== undefined) validateId(context.fsGroup, at.child('fsGroup'), faults);
  if (context.supplementalGroups !== undefined) {
    for (const [index, group] of context.supplementalGroups.entries()) {
      validateId(group, at.child('supplementalGroups').index(index), faults);
    }
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    faults.invalid(at.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled');
  }
  if (context.sysctls !== undefined) validateSysctls(context.sysctls, spec, at.child('sysctls'), faults);
  for (const field of policyFields) {
    const value = context[field];
    const supported: readonly string[] = policies[field];
    if (value !== undefined && !supported.includes(value)) faults.notSupported(at.child(field), value, supported);
  }
  validateShared(context, at, faults);
};
