import type { Pod } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { Stored } from '../apiserver/kinds.js';
import type { Store } from '../apiserver/store.js';
import { type Controller, type ControllerContext, splitKey } from './controller.js';
import { isFinished } from './pods.js';

const claimsOf = (pod: Admitted<Pod>): readonly string[] =>
  (pod.spec?.volumes ?? []).flatMap((volume) => {
    const name =
      volume.persistentVolumeClaim?.claimName ??
      (volume.ephemeral === undefined ? undefined : `${pod.metadata.name}-${volume.name}`);
    return name === undefined ? [] : [name];
  });

const inUse = (namespace: string, claim: string, store: Store): boolean =>
  store.list('Pod', namespace).some((pod) => !isFinished(pod) && claimsOf(pod).includes(claim));

const release = (object: Admitted, finalizer: string, { api }: ControllerContext): void => {
  const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  api.update({ ...(object as Stored), metadata: { ...object.metadata, finalizers } }, { trusted: true });
};

/** Lets claims go that no Pod uses and volumes that no claim is bound to, once they are to be deleted. Keys are `kind namespace/name`. */
export const storageProtectionController: Controller = {
  name: 'pvc-protection-controller',
  kinds: ['PersistentVolumeClaim', 'PersistentVolume', 'Pod'],
  serves: ['PersistentVolumeClaim', 'PersistentVolume'],
  keysFor: ({ type, object }, store) => {
    const namespace = object.metadata.namespace ?? '';
    if (object.kind !== 'Pod')
      return object.metadata.deletionTimestamp === undefined ? [] : [`${namespace}/${object.metadata.name}`];
    const pod = object as Admitted as Admitted<Pod>;
    if (pod.spec?.volumes === undefined || (type !== 'deleted' && !isFinished(pod))) return [];
    return claimsOf(pod)
      .filter((name) => store.find('PersistentVolumeClaim', namespace, name)?.metadata.deletionTimestamp !== undefined)
      .map((name) => `${namespace}/${name}`);
  },
  reconcile: (key, context) => {
    const [namespace, name] = splitKey(key);
    const { store } = context;
    if (namespace === '') {
      const volume = store.find('PersistentVolume', undefined, name);
      if (volume?.metadata.deletionTimestamp !== undefined && volume.status?.phase !== 'Bound')
        release(volume, 'kubernetes.io/pv-protection', context);
      return;
    }
    const claim = store.find('PersistentVolumeClaim', namespace, name);
    if (claim?.metadata.deletionTimestamp !== undefined && !inUse(namespace, name, store))
      release(claim, 'kubernetes.io/pvc-protection', context);
  },
};
