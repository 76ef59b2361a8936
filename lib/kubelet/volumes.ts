import type {
  ConfigMap,
  KeyToPath,
  PersistentVolumeClaim,
  Pod,
  Secret,
  Volume,
  VolumeProjection,
} from '../api/generated/types.js';
import type { Lookup } from './environment.js';

/** The objects that the volumes of one Pod refer to, all of its namespace. */
export interface VolumeSource {
  configMap(name: string): Lookup<ConfigMap>;
  secret(name: string): Lookup<Secret>;
  claim(name: string): PersistentVolumeClaim | undefined;
}

type Keyed = Readonly<Record<string, string>>;
const noKeys: Keyed = {};

/** The first key that is in neither. */
const missingKey = (items: readonly KeyToPath[] | undefined, first = noKeys, second = noKeys): string | undefined => {
  if (items === undefined) return undefined;
  for (let index = 0; index < items.length; index++) {
    const key = items[index]?.key;
    if (key !== undefined && !Object.hasOwn(first, key) && !Object.hasOwn(second, key)) return key;
  }
  return undefined;
};

interface KeyedReference {
  readonly name?: string | undefined;
  readonly items?: readonly KeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
}

const configMapProblem = (source: VolumeSource, { name = '', items, optional }: KeyedReference): string | undefined => {
  if (optional === true) return undefined;
  const lookup = source.configMap(name);
  if ('missing' in lookup) return lookup.missing;
  const key = missingKey(items, lookup.found.data, lookup.found.binaryData);
  return key === undefined ? undefined : `configmap references non-existent config key: ${key}`;
};

const secretProblem = (source: VolumeSource, { name = '', items, optional }: KeyedReference): string | undefined => {
  if (optional === true) return undefined;
  const lookup = source.secret(name);
  if ('missing' in lookup) return lookup.missing;
  const key = missingKey(items, lookup.found.data, lookup.found.stringData);
  return key === undefined ? undefined : `references non-existent secret key: ${key}`;
};

const projectionProblems = (source: VolumeSource, projections: readonly VolumeProjection[]): readonly string[] => {
  let problems: string[] | undefined;
  for (let index = 0; index < projections.length; index++) {
    const projection = projections[index];
    if (projection === undefined) continue;
    const { configMap, secret } = projection;
    const problem =
      (configMap === undefined ? undefined : configMapProblem(source, configMap)) ??
      (secret === undefined ? undefined : secretProblem(source, secret));
    if (problem !== undefined) problems = [...(problems ?? none), problem];
  }
  return problems ?? none;
};

const none: readonly never[] = [];

/** Several errors in one line, as the kubelet writes them. */
const joined = (problems: readonly string[]): string | undefined =>
  problems.length > 1 ? `[${[...new Set(problems)].join(', ')}]` : problems[0];

const setUpProblem = (volume: Volume, source: VolumeSource): string | undefined => {
  if (volume.configMap !== undefined) return configMapProblem(source, volume.configMap);
  if (volume.secret !== undefined) return secretProblem(source, { ...volume.secret, name: volume.secret.secretName });
  return volume.projected === undefined ? undefined : joined(projectionProblems(source, volume.projected.sources ?? none));
};

const claimProblem = (volume: Volume, pod: Pod, source: VolumeSource): string | undefined => {
  const name =
    volume.persistentVolumeClaim?.claimName ??
    (volume.ephemeral === undefined ? undefined : `${pod.metadata?.name ?? ''}-${volume.name}`);
  if (name === undefined) return undefined;
  const full = `${pod.metadata?.namespace ?? ''}/${name}`;
  const claim = source.claim(name);
  const problem =
    claim === undefined
      ? `failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`
      : claim.status?.phase === 'Bound' && (claim.spec?.volumeName ?? '') !== ''
        ? undefined
        : 'PVC is not bound';
  return problem === undefined ? undefined : `error processing PVC ${full}: ${problem}`;
};

const isClaimed = ({ persistentVolumeClaim, ephemeral }: Volume): boolean => (persistentVolumeClaim ?? ephemeral) !== undefined;

const claimProblems = (volumes: readonly Volume[], pod: Pod, source: VolumeSource): readonly string[] => {
  const claims: { readonly name: string; readonly problem: string }[] = [];
  for (const volume of volumes) {
    const problem = claimProblem(volume, pod, source);
    if (problem !== undefined) claims.push({ name: volume.name, problem });
  }
  if (claims.length === 0) return none;
  const names = claims.map(({ name }) => name).join(' ');
  const problems = joined(claims.map(({ problem }) => problem)) ?? '';
  return [
    `Unable to attach or mount volumes: unmounted volumes=[${names}], unattached volumes=[], failed to process volumes=[${names}]: ${problems}`,
  ];
};

/** Messages of the FailedMount events that keep a Pod in ContainerCreating; none when all volumes can be mounted. */
export const mountProblems = (pod: Pod, source: VolumeSource): readonly string[] => {
  const volumes = pod.spec?.volumes;
  if (volumes === undefined) return none;
  const claims = volumes.some(isClaimed) ? claimProblems(volumes, pod, source) : none;
  if (claims.length > 0) return claims;
  let problems: string[] | undefined;
  for (let index = 0; index < volumes.length; index++) {
    const volume = volumes[index];
    const problem = volume === undefined ? undefined : setUpProblem(volume, source);
    if (problem === undefined) continue;
    problems ??= [];
    problems.push(`MountVolume.SetUp failed for volume "${volume?.name}" : ${problem}`);
  }
  return problems ?? none;
};
