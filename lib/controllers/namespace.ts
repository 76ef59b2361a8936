import { refOf } from '../api/object.js';
import { keyOf } from '../apiserver/store.js';
import type { Controller } from './controller.js';

/** Empties a namespace that is being deleted; when nothing is left in it, it is gone. */
export const namespaceController: Controller = {
  name: 'namespace-controller',
  ends: 'all',
  keysFor: ({ type, object }, store) => {
    const name = object.kind === 'Namespace' ? object.metadata.name : type === 'deleted' ? object.metadata.namespace : undefined;
    if (name === undefined) return [];
    return store.find('Namespace', undefined, name)?.metadata.deletionTimestamp === undefined ? [] : [name];
  },
  reconcile: (name, { api, store }) => {
    const namespace = store.find('Namespace', undefined, name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    for (const object of store.all()) {
      if (object.metadata.namespace === name && object.metadata.deletionTimestamp === undefined) api.delete(refOf(object));
    }
    if (!store.all().some((object) => object.metadata.namespace === name)) store.remove(keyOf(namespace));
  },
};
