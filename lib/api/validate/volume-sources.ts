import type {
  ISCSIPersistentVolumeSource,
  ISCSIVolumeSource,
  PersistentVolumeSpec,
  SecretReference,
  Volume,
} from '../generated/types.js';
import { dns1123Label, dns1123Subdomain } from '../names.js';
import { compileRegexp } from '../regexp.js';
import type { Faults } from './faults.js';
import { noBacksteps } from './file-path.js';
import type { Path } from './path.js';

type Sources = Omit<PersistentVolumeSpec, 'csi'> & Pick<Volume, 'gitRepo'>;
type Rule<T> = (source: T, at: Path, faults: Faults) => void;

const requireEach = <T>(source: T, fields: readonly (keyof T & string)[], at: Path, faults: Faults): void => {
  for (const field of fields) if ((source[field] ?? '') === '') faults.required(at.child(field));
};

const needs =
  <T>(...fields: readonly (keyof T & string)[]): Rule<T> =>
  (source, at, faults) =>
    requireEach(source, fields, at, faults);

const range = (value: number | undefined, least: number, at: Path, faults: Faults): void => {
  if (value !== undefined && (value < 0 || value > 255)) faults.invalid(at, value, `must be between ${least} and 255, inclusive`);
};

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

const secretReference = (ref: SecretReference | undefined, at: Path, faults: Faults): void => {
  if (ref !== undefined && (ref.name ?? '') === '') faults.required(at.child('name'));
};

const initiators: readonly (readonly [prefix: string, pattern: string])[] = [
  ['iqn', String.raw`iqn\.\d{4}-\d{2}\.([[:alnum:].-]+)(:[^,;*&$|\s]+)$`],
  ['eui', '^eui.[[:alnum:]]{16}$'],
  ['naa', '^naa.[[:alnum:]]{32}$'],
];

const initiatorName = (name: string, unknown: string, at: Path, faults: Faults): void => {
  const kind = initiators.find(([prefix]) => name.startsWith(prefix));
  const regexp = kind === undefined ? undefined : compileRegexp(kind[1]);
  if (regexp === undefined) faults.invalid(at, name, unknown);
  else if (!regexp.ok || !regexp.matches(name)) faults.invalid(at, name, 'must be valid format');
};

const iscsi: Rule<ISCSIVolumeSource | ISCSIPersistentVolumeSource> = (source, at, faults) => {
  const unknown = 'must be valid format starting with iqn, eui, or naa';
  if (source.targetPortal === '') faults.required(at.child('targetPortal'));
  if (source.iqn === '') faults.required(at.child('iqn'));
  else initiatorName(source.iqn, unknown, at.child('iqn'), faults);
  range(source.lun, 0, at.child('lun'), faults);
  const { chapAuthDiscovery, chapAuthSession, secretRef } = source;
  if ((chapAuthDiscovery === true || chapAuthSession === true) && secretRef === undefined) faults.required(at.child('secretRef'));
  if (source.initiatorName !== undefined) initiatorName(source.initiatorName, unknown, at.child('initiatorname'), faults);
};

const reservedDomain = /\.(kubernetes|k8s)\.io$/;

/** The sources that inline volumes and PersistentVolumes share; `errorField` is how the server names them. */
const rules: { readonly [K in keyof Sources]?: Rule<NonNullable<Sources[K]>> } = {
  hostPath: (source, at, faults) => {
    if (source.path === '') return faults.required(at.child('path'));
    noBacksteps(source.path, at.child('path'), faults);
    const { type } = source;
    if (type !== undefined && !hostPathTypes.includes(type)) faults.notSupported(at.child('type'), type, hostPathTypes);
  },
  gitRepo: (source, at, faults) => {
    requireEach(source, ['repository'], at, faults);
    const { directory = '' } = source;
    if (directory.startsWith('/')) faults.invalid(at.child('directory'), directory, 'must be a relative path');
    noBacksteps(directory, at.child('directory'), faults);
  },
  gcePersistentDisk: (source, at, faults) => {
    requireEach(source, ['pdName'], at, faults);
    range(source.partition, 1, at.child('partition'), faults);
  },
  awsElasticBlockStore: (source, at, faults) => {
    requireEach(source, ['volumeID'], at, faults);
    range(source.partition, 1, at.child('partition'), faults);
  },
  nfs: (source, at, faults) => {
    requireEach(source, ['server', 'path'], at, faults);
    if (!source.path.startsWith('/')) faults.invalid(at.child('path'), source.path, 'must be an absolute path');
  },
  iscsi,
  glusterfs: needs('endpoints', 'path'),
  flocker: ({ datasetName = '', datasetUUID = '' }, at, faults) => {
    if (datasetName === '' && datasetUUID === '') faults.required(at, 'one of datasetName and datasetUUID is required');
    if (datasetName !== '' && datasetUUID !== '') {
      faults.invalid(at, 'resource', 'datasetName and datasetUUID can not be specified simultaneously');
    }
    if (datasetName.includes('/')) faults.invalid(at.child('datasetName'), datasetName, "must not contain '/'");
  },
  rbd: (source, at, faults) => {
    if ((source.monitors ?? []).length === 0) faults.required(at.child('monitors'));
    requireEach(source, ['image'], at, faults);
  },
  cinder: (source, at, faults) => {
    requireEach(source, ['volumeID'], at, faults);
    secretReference(source.secretRef, at.child('secretRef'), faults);
  },
  cephfs: (source, at, faults) => {
    if ((source.monitors ?? []).length === 0) faults.required(at.child('monitors'));
  },
  quobyte: ({ registry, tenant = '', volume }, at, faults) => {
    const detail = 'must be a host:port pair or multiple pairs separated by commas';
    if (registry === '') faults.required(at.child('registry'), detail);
    else if (tenant.length >= 65)
      faults.required(at.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters');
    else
      for (const pair of registry.split(','))
        if (!/^[^:]*:[^:]*$/.test(pair)) faults.invalid(at.child('registry'), registry, detail);
    if (volume === '') faults.required(at.child('volume'));
  },
  fc: (source, at, faults) => {
    const { targetWWNs = [], wwids = [], lun } = source;
    const place = at.child('targetWWNs');
    if (targetWWNs.length === 0 && wwids.length === 0)
      faults.required(place, 'must specify either targetWWNs or wwids, but not both');
    if (targetWWNs.length === 0) return;
    if (wwids.length > 0) faults.invalid(place, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously');
    if (lun === undefined) faults.required(at.child('lun'), 'lun is required if targetWWNs is specified');
    else range(lun, 0, at.child('lun'), faults);
  },
  flexVolume: (source, at, faults) => {
    requireEach(source, ['driver'], at, faults);
    for (const key of Object.keys(source.options ?? {})) {
      const domain = `.${(key.split('/')[0] ?? '').toLowerCase()}`;
      if (!reservedDomain.test(domain)) continue;
      faults.invalid(at.child('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved');
    }
  },
  azureFile: needs('secretName', 'shareName'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk: (source, at, faults) => {
    const kinds = ['Dedicated', 'Managed', 'Shared'];
    const modes = ['None', 'ReadOnly', 'ReadWrite'];
    requireEach(source, ['diskName', 'diskURI'], at, faults);
    const { cachingMode, kind, diskURI } = source;
    if (cachingMode !== undefined && !modes.includes(cachingMode))
      faults.notSupported(at.child('cachingMode'), cachingMode, modes);
    if (kind !== undefined && !kinds.includes(kind)) faults.notSupported(at.child('kind'), kind, kinds);
    const isManaged = kind === 'Managed';
    if (kind !== undefined && !diskURI.startsWith(isManaged ? '/subscriptions/' : 'https://')) {
      const form = isManaged
        ? '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
        : 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
      faults.notSupported(at.child('diskURI'), diskURI, [form]);
    }
  },
  scaleIO: needs('gateway', 'system', 'volumeName'),
  storageos: (source, at, faults) => {
    const { volumeName = '', volumeNamespace = '', secretRef } = source;
    if (volumeName === '') faults.required(at.child('volumeName'));
    else faults.invalidEach(at.child('volumeName'), volumeName, dns1123Label(volumeName));
    if (volumeNamespace !== '') faults.invalidEach(at.child('volumeNamespace'), volumeNamespace, dns1123Label(volumeNamespace));
    secretReference(secretRef, at.child('secretRef'), faults);
  },
  local: (source, at, faults) => {
    if (source.path === '') faults.required(at.child('path'));
    else noBacksteps(source.path, at.child('path'), faults);
  },
};

/** Where the server names a source otherwise than the manifest does. */
const errorFields: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' };

const apply = <K extends keyof Sources>(source: NonNullable<Sources[K]>, field: K, at: Path, faults: Faults): void =>
  rules[field]?.(source, at, faults);

/** Whether the rules of a source, by its field, are here. */
export const isSharedSource = (field: string): field is keyof Sources => Object.hasOwn(rules, field);

export const validateSharedSource = (holder: Sources, field: keyof Sources, at: Path, faults: Faults): void => {
  const source = holder[field];
  if (source !== undefined) apply(source, field, at.child(errorFields[field] ?? field), faults);
};

export const validateDriverName = (driver: string, at: Path, faults: Faults): void => {
  if (driver === '') faults.required(at);
  if (driver.length > 63) faults.tooLong(at, 63);
  if (driver !== '') faults.invalidEach(at, driver, dns1123Subdomain(driver.toLowerCase()));
};
