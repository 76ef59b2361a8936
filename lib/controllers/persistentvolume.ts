import type { PersistentVolume, PersistentVolumeClaim } from '../api/generated/types.js';
import { matcherOf } from '../api/label-selector.js';
import { type Admitted, type KubeObject, refOf } from '../api/object.js';
import { quantityValue } from '../api/quantity.js';
import type { Stored } from '../apiserver/kinds.js';
import type { Store } from '../apiserver/store.js';
import { type Controller, type ControllerContext, keyFor, splitKey } from './controller.js';

const selectedNode = 'volume.kubernetes.io/selected-node';

const sizeOf = (volume: PersistentVolume): number => quantityValue(volume.spec?.capacity?.storage);

const isFor = (volume: Admitted<PersistentVolume>, claim: Admitted<PersistentVolumeClaim>): boolean => {
  const ref = volume.spec?.claimRef;
  const { namespace, name, uid } = claim.metadata;
  return ref !== undefined && ref.namespace === namespace && ref.name === name && (ref.uid === undefined || ref.uid === uid);
};

const satisfies = (volume: Admitted<PersistentVolume>, claim: Admitted<PersistentVolumeClaim>): boolean => {
  const { spec } = claim;
  if (volume.metadata.deletionTimestamp !== undefined) return false;
  if (isFor(volume, claim)) return true;
  return (
    volume.spec?.claimRef === undefined &&
    (volume.spec?.storageClassName ?? '') === (spec?.storageClassName ?? '') &&
    (volume.spec?.volumeMode ?? 'Filesystem') === (spec?.volumeMode ?? 'Filesystem') &&
    (spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode)) &&
    sizeOf(volume) >= quantityValue(spec?.resources?.requests?.storage) &&
    (spec?.selector === undefined || matcherOf(spec.selector)(volume.metadata.labels))
  );
};

/** The volume made for the claim, or else the smallest that is large enough. */
const findVolume = (claim: Admitted<PersistentVolumeClaim>, store: Store): Admitted<PersistentVolume> | undefined => {
  const chosen = claim.spec?.volumeName;
  if (chosen) return store.find('PersistentVolume', undefined, chosen);
  let best: Admitted<PersistentVolume> | undefined;
  for (const volume of store.list('PersistentVolume')) {
    if (!satisfies(volume, claim)) continue;
    if (isFor(volume, claim)) return volume;
    if (best === undefined || sizeOf(volume) < sizeOf(best)) best = volume;
  }
  return best;
};

const bind = (
  claim: Admitted<PersistentVolumeClaim>,
  volume: Admitted<PersistentVolume>,
  { api, store }: ControllerContext,
): void => {
  const { namespace, name, uid } = claim.metadata;
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid };
  const bound = api.update({ ...(volume as Admitted as Stored), spec: { ...volume.spec, claimRef } }, { trusted: true });
  if (bound.ok) api.updateStatus(bound.value, { ...volume.status, phase: 'Bound' });
  const annotations = { ...claim.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' };
  const next = {
    ...(claim as Admitted as Stored),
    metadata: { ...claim.metadata, annotations },
    spec: { ...claim.spec, volumeName: volume.metadata.name },
  };
  api.update(next, { trusted: true });
  const current = store.find('PersistentVolumeClaim', namespace, name);
  if (current !== undefined)
    api.updateStatus(current, {
      ...current.status,
      phase: 'Bound',
      accessModes: volume.spec?.accessModes,
      capacity: volume.spec?.capacity,
    });
};

/** What a provisioner makes for a claim; where its volumes can be reached is its own secret. */
const provision = (claim: Admitted<PersistentVolumeClaim>, provisioner: string, context: ControllerContext): void => {
  const { api } = context;
  const name = `pvc-${claim.metadata.uid}`;
  const { namespace, name: claimName, uid } = claim.metadata;
  api.assume({ code: 'outside', text: `the provisioner ${provisioner} makes the volumes that are claimed, on any node` });
  const volume: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
    spec: {
      capacity: { storage: claim.spec?.resources?.requests?.storage },
      accessModes: claim.spec?.accessModes,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claimName, uid },
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: claim.spec?.storageClassName ?? '',
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      csi: { driver: provisioner, volumeHandle: name },
    },
  };
  const created = api.create(volume, { trusted: true });
  if (!created.ok) return;
  context.event('Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`, claim);
  bind(claim, created.value as Admitted as Admitted<PersistentVolume>, context);
};

/** A claim without a fitting volume: its class decides whether one is made, and when. */
const wait = (claim: Admitted<PersistentVolumeClaim>, context: ControllerContext): void => {
  const { api, store, event } = context;
  const name = claim.spec?.storageClassName;
  if (!name) {
    event('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set', claim);
    return;
  }
  const found = store.find('StorageClass', undefined, name);
  if (found === undefined && api.world === 'closed') {
    event('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`, claim);
    return;
  }
  if (found === undefined) {
    api.assume({
      code: 'exists',
      text: `StorageClass ${name} exists and provisions`,
      object: { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name },
    });
  } else if (found.volumeBindingMode === 'WaitForFirstConsumer' && claim.metadata.annotations?.[selectedNode] === undefined) {
    event('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding', claim);
    return;
  } else if (found.provisioner === 'kubernetes.io/no-provisioner') return;
  provision(claim, found?.provisioner ?? name, context);
};

/** The claim that a volume is meant for: the scheduler says so by the volume. */
const claimOf = ({ spec }: PersistentVolume): readonly string[] =>
  spec?.claimRef?.uid === undefined ? [] : [`${spec.claimRef.namespace}/${spec.claimRef.name}`];

/** Binds claims to volumes, and has volumes made for those whose class provisions. */
export const persistentVolumeController: Controller = {
  name: 'persistentvolume-controller',
  kinds: ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass'],
  serves: ['PersistentVolumeClaim', 'PersistentVolume'],
  keysFor: ({ type, object }, store) => {
    if (object.kind === 'PersistentVolumeClaim') return [keyFor(object)];
    if (type !== 'added')
      return object.kind === 'PersistentVolume' ? [keyFor(object), ...claimOf(object as PersistentVolume)] : [];
    const waiting = store.list('PersistentVolumeClaim').filter((claim) => claim.status?.phase !== 'Bound');
    return [...(object.kind === 'PersistentVolume' ? [keyFor(object)] : []), ...waiting.map(keyFor)];
  },
  reconcile: (key, context) => {
    const { api, store } = context;
    const [namespace, name] = splitKey(key);
    if (namespace === '') {
      const volume = store.find('PersistentVolume', undefined, name);
      if (volume !== undefined) reconcileVolume(volume, context);
      return;
    }
    const claim = store.find('PersistentVolumeClaim', namespace, name);
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined || claim.status?.phase === 'Bound') return;
    const volume = findVolume(claim, store);
    const binding = claim.spec?.storageClassName
      ? store.find('StorageClass', undefined, claim.spec.storageClassName)?.volumeBindingMode
      : undefined;
    const waits = binding === 'WaitForFirstConsumer' && claim.metadata.annotations?.[selectedNode] === undefined;
    if (volume !== undefined && (!waits || isFor(volume, claim))) bind(claim, volume, context);
    else if (!claim.spec?.volumeName) wait(claim, context);
    if (store.find('PersistentVolumeClaim', namespace, name)?.status?.phase === undefined)
      api.updateStatus(claim, { phase: 'Pending' });
  },
};

/** A volume is available, bound, or released when its claim is gone; then its reclaim policy says what becomes of it. */
const reconcileVolume = (volume: Admitted<PersistentVolume>, { api, store }: ControllerContext): void => {
  const ref = volume.spec?.claimRef;
  if (ref?.uid === undefined) {
    if (volume.status?.phase !== 'Available') api.updateStatus(volume, { ...volume.status, phase: 'Available' });
    return;
  }
  const claim = store.find('PersistentVolumeClaim', ref.namespace, ref.name ?? '');
  if (claim?.metadata.uid === ref.uid) return;
  api.updateStatus(volume, { ...volume.status, phase: 'Released' });
  if (volume.spec?.persistentVolumeReclaimPolicy === 'Delete') api.delete(refOf(volume));
};
