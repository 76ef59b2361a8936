import { amountOf } from '../amount.js';
import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  ObjectMeta,
  PersistentVolumeClaimTemplate,
  ProjectedVolumeSource,
  Volume,
  VolumeProjection,
} from '../generated/types.js';
import { dns1123Label, dns1123Subdomain } from '../names.js';
import { quantitySign } from '../quantity.js';
import { validateClaimSpec } from './claim.js';
import { validateVolumeFieldRef, validateVolumeResourceFieldRef } from './env.js';
import type { Faults } from './faults.js';
import { fileMode, notReserved } from './file-path.js';
import { validateAnnotations, validateLabelSelector, validateLabels } from './labels.js';
import type { Path } from './path.js';
import { isSharedSource, validateDriverName, validateSharedSource } from './volume-sources.js';

const validateItem = (item: KeyToPath, at: Path, faults: Faults): void => {
  if (item.key === '') faults.required(at.child('key'));
  if (item.path === '') faults.required(at.child('path'));
  notReserved(item.path, at.child('path'), faults);
  fileMode(item.mode, at.child('mode'), faults);
};

const validateItems = (items: readonly KeyToPath[] | undefined, at: Path, faults: Faults): void => {
  for (const [index, item] of (items ?? []).entries()) validateItem(item, at.child('items').index(index), faults);
};

const validateFile = (file: DownwardAPIVolumeFile, at: Path, faults: Faults): void => {
  if (file.path === '') faults.required(at.child('path'));
  notReserved(file.path, at.child('path'), faults);
  if (file.fieldRef !== undefined) {
    validateVolumeFieldRef(file.fieldRef, at.child('fieldRef'), faults);
    if (file.resourceFieldRef !== undefined) {
      faults.invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
    }
  } else if (file.resourceFieldRef !== undefined) {
    validateVolumeResourceFieldRef(file.resourceFieldRef, at.child('resourceFieldRef'), faults);
  } else faults.required(at, 'one of fieldRef and resourceFieldRef is required');
  fileMode(file.mode, at.child('mode'), faults);
};

const leastTokenSeconds = 600;
const mostTokenSeconds = 2 ** 32;

/** Paths in a projected volume: each belongs to one source. */
class Paths {
  readonly #taken = new Set<string>();

  take(path: string, value: string, at: Path, faults: Faults): void {
    if (path === '') return;
    if (this.#taken.has(path)) faults.invalid(at, value, 'conflicting duplicate paths');
    this.#taken.add(path);
  }
}

const validateNamedProjection = (
  source: VolumeProjection,
  kind: 'secret' | 'configMap',
  paths: Paths,
  volume: Path,
  at: Path,
  faults: Faults,
): void => {
  const projection = source[kind];
  if (projection === undefined) return;
  const name = projection.name ?? '';
  if (name === '') faults.required(at.child(kind).child('name'));
  for (const [index, item] of (projection.items ?? []).entries()) {
    validateItem(item, at.child(kind).child('items').index(index), faults);
    paths.take(item.path, name, volume, faults);
  }
};

const validateTrustBundle = (source: VolumeProjection, paths: Paths, volume: Path, at: Path, faults: Faults): void => {
  const bundle = source.clusterTrustBundle;
  if (bundle === undefined) return;
  const { name, signerName, labelSelector, path } = bundle;
  if (name !== undefined && signerName !== undefined) faults.invalid(at, bundle, 'only one of name and signerName may be used');
  else if (name === undefined && signerName === undefined) faults.required(at, 'either name or signerName must be specified');
  else if (name !== undefined) {
    if (name === '') faults.required(at.child('name'), 'must be a valid object name');
    for (const text of dns1123Subdomain(name))
      faults.invalid(at.child('name'), name, `not a valid clustertrustbundlename: ${text}`);
    if (labelSelector !== undefined)
      faults.invalid(at.child('labelSelector'), labelSelector, 'labelSelector must be unset if name is specified');
  } else {
    if (signerName === '') faults.required(at.child('signerName'), 'must be a valid signer name');
    validateLabelSelector(labelSelector, at.child('labelSelector'), faults);
  }
  if (path === '') faults.required(at.child('path'));
  notReserved(path, at.child('path'), faults);
  paths.take(path, path, volume, faults);
};

const validateProjected = (projected: ProjectedVolumeSource, at: Path, faults: Faults): void => {
  fileMode(projected.defaultMode, at.child('defaultMode'), faults);
  const paths = new Paths();
  for (const [index, source] of (projected.sources ?? []).entries()) {
    const place = at.child('sources').index(index);
    validateNamedProjection(source, 'secret', paths, at, place, faults);
    validateNamedProjection(source, 'configMap', paths, at, place, faults);
    for (const file of source.downwardAPI?.items ?? []) {
      validateFile(file, place.child('downwardAPI'), faults);
      paths.take(file.path, file.path, at, faults);
    }
    const token = source.serviceAccountToken;
    if (token !== undefined) {
      const seconds = token.expirationSeconds ?? leastTokenSeconds;
      const lifetime = place.child('serviceAccountToken').child('expirationSeconds');
      if (seconds < leastTokenSeconds) faults.invalid(lifetime, seconds, 'may not specify a duration less than 10 minutes');
      if (seconds > mostTokenSeconds) faults.invalid(lifetime, seconds, 'may not specify a duration larger than 2^32 seconds');
      // The server names the path by the volume, not by the source.
      if (token.path === '') faults.required(at.child('path'));
      else notReserved(token.path, at.child('path'), faults);
    }
    validateTrustBundle(source, paths, at, place.child('clusterTrustBundle'), faults);
    const kinds = Object.values(source).filter((kind) => kind !== undefined).length;
    if (kinds > 1) faults.forbidden(place, 'may not specify more than 1 volume type per source');
  }
};

const templateMetadata: ReadonlySet<string> = new Set(['annotations', 'labels']);

const validateClaimTemplate = (template: PersistentVolumeClaimTemplate, at: Path, faults: Faults): void => {
  const { metadata = {}, spec } = template;
  validateAnnotations(metadata.annotations, at.child('metadata').child('annotations'), faults);
  validateLabels(metadata.labels, at.child('metadata').child('labels'), faults);
  for (const field of Object.keys(metadata)) {
    if (!templateMetadata.has(field)) faults.forbidden(at.child('metadata').child(field), 'cannot be set');
  }
  validateClaimSpec(spec, at.child('spec'), faults);
};

type Rule<K extends keyof Volume> = (
  source: NonNullable<Volume[K]>,
  at: Path,
  faults: Faults,
  volume: Volume,
  pod: ObjectMeta | undefined,
) => void;

const validateImage: Rule<'image'> = (source, at, faults, _volume, pod) => {
  // A template may leave the image to whoever makes Pods of it.
  if (pod !== undefined && (source.reference ?? '') === '') faults.required(at.child('reference'));
  const policies = ['Always', 'IfNotPresent', 'Never'];
  const { pullPolicy } = source;
  if (pullPolicy !== undefined && !policies.includes(pullPolicy))
    faults.notSupported(at.child('pullPolicy'), pullPolicy, policies);
};

/** Sources that only inline volumes have. */
const rules: { readonly [K in keyof Volume]?: Rule<K> } = {
  emptyDir: (source, at, faults) => {
    if (source.sizeLimit !== undefined && quantitySign(amountOf(source.sizeLimit)) < 0) {
      faults.forbidden(at.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity');
    }
  },
  secret: (source, at, faults) => {
    if ((source.secretName ?? '') === '') faults.required(at.child('secretName'));
    fileMode(source.defaultMode, at.child('defaultMode'), faults);
    validateItems(source.items, at, faults);
  },
  configMap: (source, at, faults) => {
    if ((source.name ?? '') === '') faults.required(at.child('name'));
    fileMode(source.defaultMode, at.child('defaultMode'), faults);
    validateItems(source.items, at, faults);
  },
  persistentVolumeClaim: (source, at, faults) => {
    if (source.claimName === '') faults.required(at.child('claimName'));
  },
  downwardAPI: (source, at, faults) => {
    fileMode(source.defaultMode, at.child('defaultMode'), faults);
    for (const file of source.items ?? []) validateFile(file, at, faults);
  },
  projected: validateProjected,
  csi: (source, at, faults) => {
    validateDriverName(source.driver, at.child('driver'), faults);
    const secret = source.nodePublishSecretRef;
    if (secret === undefined) return;
    if ((secret.name ?? '') === '') faults.required(at.child('nodePublishSecretRef').child('name'));
    else faults.invalidEach(at.child('name'), secret.name, dns1123Subdomain(secret.name ?? ''));
  },
  ephemeral: (source, at, faults, volume, pod) => {
    if (source.volumeClaimTemplate === undefined) faults.required(at.child('volumeClaimTemplate'));
    else validateClaimTemplate(source.volumeClaimTemplate, at.child('volumeClaimTemplate'), faults);
    if (pod?.name === undefined || volume.name === '') return;
    const claim = `${pod.name}-${volume.name}`;
    for (const text of dns1123Subdomain(claim)) {
      faults.invalid(at.child('name'), volume.name, `PVC name ${JSON.stringify(claim)}: ${text}`);
    }
  },
  image: validateImage,
};

/** The order in which the server looks for sources: the first is judged, the others are too many. */
const order: readonly (keyof Volume)[] = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
];

/** How the server names a source that is one too many, where it differs (misspelling included). */
const secondNames: { readonly [K in keyof Volume]?: string } = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

const validateOwn = <K extends keyof Volume>(
  volume: Volume,
  field: K,
  pod: ObjectMeta | undefined,
  at: Path,
  faults: Faults,
): void => {
  const source = volume[field];
  const rule = rules[field];
  if (source !== undefined && rule !== undefined)
    (rule as Rule<K>)(source as NonNullable<Volume[K]>, at.child(field), faults, volume, pod);
};

const validateSource = (volume: Volume, pod: ObjectMeta | undefined, at: Path, faults: Faults): void => {
  const [first, ...more] = order.filter((field) => volume[field] !== undefined);
  if (first === undefined) {
    faults.required(at, 'must specify a volume type');
    return;
  }
  if (isSharedSource(first)) validateSharedSource(volume, first, at, faults);
  else validateOwn(volume, first, pod, at, faults);
  for (const field of more) faults.forbidden(at.child(secondNames[field] ?? field), 'may not specify more than 1 volume type');
};

/** Judges the volumes of a Pod and answers with those that are well formed: only they can be mounted. */
export const validateVolumes = (
  volumes: readonly Volume[] | undefined,
  pod: ObjectMeta | undefined,
  at: Path,
  faults: Faults,
): ReadonlyMap<string, Volume> => {
  const good = new Map<string, Volume>();
  for (const [index, volume] of (volumes ?? []).entries()) {
    const place = at.index(index);
    const before = faults.list.length;
    validateSource(volume, pod, place, faults);
    if (volume.name === '') faults.required(place.child('name'));
    else faults.invalidEach(place.child('name'), volume.name, dns1123Label(volume.name));
    if (good.has(volume.name)) faults.duplicate(place.child('name'), volume.name);
    if (faults.list.length === before) good.set(volume.name, volume);
  }
  return good;
};
