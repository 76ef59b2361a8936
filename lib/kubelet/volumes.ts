import type {
  ConfigMap,
  KeyToPath,
  PersistentVolumeClaim,
  Pod,
  PodSpec,
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

const missingKey = (keys: ReadonlySet<string>, items: readonly KeyToPath[] = []): string | undefined =>
  items.find(({ key }) => !keys.has(key))?.key;

const keysOf = (...maps: readonly (Readonly<Record<string, string>> | undefined)[]): ReadonlySet<string> =>
  new Set(maps.flatMap((map) => Object.keys(map ?? {})));

interface KeyedReference {
  readonly name?: string | undefined;
  readonly items?: readonly KeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
}

const configMapProblem = (source: VolumeSource, { name = '', items, optional }: KeyedReference): string | undefined => {
  if (optional === true) return undefined;
  const lookup = source.configMap(name);
  if ('missing' in lookup) return lookup.missing;
  const key = missingKey(keysOf(lookup.found.data, lookup.found.binaryData), items);
  return key === undefined ? undefined : `configmap references non-existent config key: ${key}`;
};

const secretProblem = (source: VolumeSource, { name = '', items, optional }: KeyedReference): string | undefined => {
  if (optional === true) return undefined;
  const lookup = source.secret(name);
  if ('missing' in lookup) return lookup.missing;
  const key = missingKey(keysOf(lookup.found.data, lookup.found.stringData), items);
  return key === undefined ? undefined : `references non-existent secret key: ${key}`;
};

const projectionProblem = (source: VolumeSource, { configMap, secret }: VolumeProjection): string[] => {
  const problem =
    (configMap === undefined ? undefined : configMapProblem(source, configMap)) ??
    (secret === undefined ? undefined : secretProblem(source, secret));
  return problem === undefined ? [] : [problem];
};

/** Several errors in one line, as the kubelet writes them. */
const joined = (problems: readonly string[]): string | undefined =>
  problems.length > 1 ? `[${[...new Set(problems)].join(', ')}]` : problems[0];

const setUpProblem = (volume: Volume, source: VolumeSource): string | undefined => {
  if (volume.configMap !== undefined) return configMapProblem(source, volume.configMap);
  if (volume.secret !== undefined) return secretProblem(source, { ...volume.secret, name: volume.secret.secretName });
  if (volume.projected === undefined) return undefined;
  return joined((volume.projected.sources ?? []).flatMap((projection) => projectionProblem(source, projection)));
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

/** Whether some volume of the Pod refers to objects: only then mounting can fail for what a cluster holds. */
export const hasReferences = ({ volumes = [] }: PodSpec): boolean =>
  volumes.some(
    ({ configMap, secret, projected, persistentVolumeClaim, ephemeral }) =>
      (configMap ?? secret ?? projected ?? persistentVolumeClaim ?? ephemeral) !== undefined,
  );

/** Messages of the FailedMount events that keep a Pod in ContainerCreating; none when all volumes can be mounted. */
export const mountProblems = (pod: Pod, source: VolumeSource): readonly string[] => {
  const volumes = pod.spec?.volumes ?? [];
  const claims = volumes.flatMap((volume) => {
    const problem = claimProblem(volume, pod, source);
    return problem === undefined ? [] : [{ name: volume.name, problem }];
  });
  if (claims.length > 0) {
    const names = claims.map(({ name }) => name).join(' ');
    const problems = joined(claims.map(({ problem }) => problem)) ?? '';
    return [
      `Unable to attach or mount volumes: unmounted volumes=[${names}], unattached volumes=[], failed to process volumes=[${names}]: ${problems}`,
    ];
  }
  return volumes.flatMap((volume) => {
    const problem = setUpProblem(volume, source);
    return problem === undefined ? [] : [`MountVolume.SetUp failed for volume "${volume.name}" : ${problem}`];
  });
};
