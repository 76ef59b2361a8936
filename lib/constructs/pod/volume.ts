import type * as k8s from '../../api/generated/types.js';
import { type Named, nameOf } from '../named.js';

/** Where the files of a volume come from: any source of the plain API, by hand or from the functions here. Its key in `volumes` is its name. */
export type Volume = Omit<k8s.Volume, 'name'>;

/** A claim for each Pod of a StatefulSet (volumeClaimTemplates). */
export interface ClaimTemplate {
  readonly claimTemplate: { readonly spec: k8s.PersistentVolumeClaimSpec; readonly metadata?: k8s.ObjectMeta | undefined };
}

/** A fresh directory that lives as long as the Pod. `medium: 'Memory'` counts as memory of the containers. */
export const emptyDir = (
  options: { readonly medium?: 'Memory' | `HugePages${string}` | ''; readonly sizeLimit?: string } = {},
): Volume => ({ emptyDir: options });

type HostPathType = 'Directory' | 'DirectoryOrCreate' | 'File' | 'FileOrCreate' | 'Socket' | 'CharDevice' | 'BlockDevice' | '';

/** A path of the node: shared by the Pods of one node, still there after them, not there on another node. */
export const hostPath = (
  path: string,
  options: { readonly type?: HostPathType } = {},
): { readonly hostPath: k8s.HostPathVolumeSource } => ({
  hostPath: { path, ...options },
});

/** Keys as files: the path for each key, or path and mode. */
type Items<Keys extends string> = { readonly [K in Keys]?: string | { readonly path: string; readonly mode?: number } };

/** An object whose keys can be files. `ConfigMap` and `Secret` say which keys they have. */
export interface KeyedObject<Keys extends string> {
  readonly name: string;
  readonly keys: readonly Keys[];
}

export interface KeyedVolumeOptions<Keys extends string> {
  /** Only these keys, at these paths. Default: all keys, each as the file of its name. */
  readonly items?: Items<Keys>;
  /** Permission bits, e.g. 0o400. */
  readonly defaultMode?: number;
  readonly optional?: boolean;
}

const keyToPaths = (items: Items<string> | undefined): readonly k8s.KeyToPath[] | undefined =>
  items === undefined
    ? undefined
    : Object.entries(items).flatMap(([key, item]) =>
        item === undefined ? [] : { key, ...(typeof item === 'string' ? { path: item } : item) },
      );

/** The keys of a ConfigMap as files. */
export const configMap = <Keys extends string = string>(
  source: KeyedObject<Keys> | string,
  options: KeyedVolumeOptions<NoInfer<Keys>> = {},
): { readonly configMap: k8s.ConfigMapVolumeSource } => ({
  configMap: {
    name: nameOf(source),
    items: keyToPaths(options.items),
    defaultMode: options.defaultMode,
    optional: options.optional,
  },
});

/** The keys of a Secret as files. */
export const secret = <Keys extends string = string>(
  source: KeyedObject<Keys> | string,
  options: KeyedVolumeOptions<NoInfer<Keys>> = {},
): { readonly secret: k8s.SecretVolumeSource } => ({
  secret: {
    secretName: nameOf(source),
    items: keyToPaths(options.items),
    defaultMode: options.defaultMode,
    optional: options.optional,
  },
});

/** Fields of the Pod, or requests and limits of a container, as files: `{ labels: 'metadata.labels' }`. */
export const downwardAPI = (
  files: Readonly<Record<string, string | Omit<k8s.DownwardAPIVolumeFile, 'path'>>>,
  options: { readonly defaultMode?: number } = {},
): { readonly downwardAPI: k8s.DownwardAPIVolumeSource } => ({
  downwardAPI: {
    items: Object.entries(files).map(([path, file]) => ({
      path,
      ...(typeof file === 'string' ? { fieldRef: { fieldPath: file } } : file),
    })),
    ...options,
  },
});

/** A token of the Pod's ServiceAccount as a file; for `projected`. */
export const serviceAccountToken = (
  path: string,
  options: Omit<k8s.ServiceAccountTokenProjection, 'path'> = {},
): { readonly serviceAccountToken: k8s.ServiceAccountTokenProjection } => ({ serviceAccountToken: { path, ...options } });

/** A source of a projected volume: `configMap()`, `secret()`, `downwardAPI()`, `serviceAccountToken()`, or a plain projection. */
export type Projection =
  | k8s.VolumeProjection
  | { readonly configMap: k8s.ConfigMapVolumeSource }
  | { readonly secret: k8s.SecretVolumeSource }
  | { readonly downwardAPI: k8s.DownwardAPIVolumeSource };

const projection = (source: Projection): k8s.VolumeProjection => {
  if (!('secret' in source) || source.secret === undefined || !('secretName' in source.secret)) return source;
  const { secretName, ...fields } = source.secret;
  return { secret: { name: secretName, ...fields } };
};

/** Several sources in one directory. */
export const projected = (sources: readonly Projection[], options: { readonly defaultMode?: number } = {}): Volume => ({
  projected: { sources: sources.map(projection), ...options },
});

/** An existing claim, shared by all Pods of the workload. */
export const persistentVolumeClaim = (claimName: Named, options: { readonly readOnly?: boolean } = {}): Volume => ({
  persistentVolumeClaim: { claimName: nameOf(claimName), ...options },
});

/** A volume of a CSI driver, made for the Pod. */
export const csi = (driver: string, options: Omit<k8s.CSIVolumeSource, 'driver'> = {}): Volume => ({
  csi: { driver, ...options },
});

/** A path of an NFS server. */
export const nfs = (
  server: string,
  path: string,
  options: { readonly readOnly?: boolean } = {},
): { readonly nfs: k8s.NFSVolumeSource } => ({
  nfs: { server, path, ...options },
});

export type AccessMode = 'ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOncePod';

/** What a claim asks for. */
export interface ClaimOptions
  extends Omit<k8s.PersistentVolumeClaimSpec, 'resources' | 'accessModes' | 'storageClassName' | 'volumeMode'> {
  readonly size: string;
  /** Kubernetes requires it. Default: ReadWriteOnce. */
  readonly accessModes?: readonly AccessMode[] | undefined;
  /** Default: the default class of the cluster. The empty string asks for a volume without class. */
  readonly storageClass?: Named | undefined;
  readonly volumeMode?: 'Filesystem' | 'Block' | undefined;
}

export const claimSpec = ({
  size,
  accessModes = ['ReadWriteOnce'],
  storageClass,
  ...spec
}: ClaimOptions): k8s.PersistentVolumeClaimSpec => ({
  accessModes,
  resources: { requests: { storage: size } },
  storageClassName: storageClass === undefined ? undefined : nameOf(storageClass),
  ...spec,
});

/** A claim for each Pod of a StatefulSet; it outlives the Pod. On other workloads: `ephemeral()`, or a `PersistentVolumeClaim` of its own. */
export const claim = (options: ClaimOptions & { readonly labels?: Readonly<Record<string, string>> }): ClaimTemplate => {
  const { labels, ...spec } = options;
  return { claimTemplate: { spec: claimSpec(spec), ...(labels === undefined ? {} : { metadata: { labels } }) } };
};

/** A claim that is made for each Pod and deleted with it. */
export const ephemeral = (options: ClaimOptions & { readonly labels?: Readonly<Record<string, string>> }): Volume => {
  const { labels, ...spec } = options;
  return {
    ephemeral: { volumeClaimTemplate: { ...(labels === undefined ? {} : { metadata: { labels } }), spec: claimSpec(spec) } },
  };
};
