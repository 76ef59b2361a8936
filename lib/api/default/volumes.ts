import type { PersistentVolumeClaimTemplate, ProjectedVolumeSource, Volume, VolumeProjection } from '../generated/types.js';
import { fieldRef } from './field-ref.js';
import { at, chain, each, fill } from './fill.js';
import { pullPolicy } from './image.js';

const defaultMode = 0o644;

const projection = chain<VolumeProjection>(
  (source) => at(source, 'serviceAccountToken', (token) => fill(token, { expirationSeconds: 3600 })),
  (source) =>
    at(source, 'downwardAPI', (api) =>
      at(
        api,
        'items',
        each((file) => at(file, 'fieldRef', fieldRef)),
      ),
    ),
);

const projected = (source: ProjectedVolumeSource): ProjectedVolumeSource =>
  at(fill(source, { defaultMode }), 'sources', each(projection));

const claimTemplate = (template: PersistentVolumeClaimTemplate): PersistentVolumeClaimTemplate =>
  at(template, 'spec', (spec) => fill(spec, { volumeMode: 'Filesystem' }));

const sources: { readonly [K in keyof Volume]?: (source: NonNullable<Volume[K]>) => NonNullable<Volume[K]> } = {
  secret: (source) => fill(source, { defaultMode }),
  configMap: (source) => fill(source, { defaultMode }),
  downwardAPI: (source) =>
    at(
      fill(source, { defaultMode }),
      'items',
      each((file) => at(file, 'fieldRef', fieldRef)),
    ),
  projected,
  hostPath: (source) => fill(source, { type: '' }),
  iscsi: (source) => fill(source, { iscsiInterface: 'default' }),
  rbd: (source) => fill(source, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
  azureDisk: (source) => fill(source, { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false }),
  scaleIO: (source) => fill(source, { storageMode: 'ThinProvisioned', fsType: 'xfs' }),
  ephemeral: (source) => at(source, 'volumeClaimTemplate', claimTemplate),
  image: (source) => fill(source, { pullPolicy: pullPolicy(source.reference) }),
};

const isDefaulted = (source: string): source is keyof typeof sources => Object.hasOwn(sources, source);

const defaultSource = <K extends keyof typeof sources>(value: Volume, source: K): Volume => {
  const change = sources[source];
  return change === undefined ? value : at(value, source, change as (field: NonNullable<Volume[K]>) => NonNullable<Volume[K]>);
};

/** A volume that names no source is an emptyDir. */
export const volume = (value: Volume): Volume => {
  const source = Object.keys(value).find((key) => key !== 'name');
  if (source === undefined) return { ...value, emptyDir: {} };
  return isDefaulted(source) ? defaultSource(value, source) : value;
};
