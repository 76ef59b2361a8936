import type { Controller } from './controller.js';

const kinds = ['ServiceAccount', 'ConfigMap'] as const;
const names = { ServiceAccount: 'default', ConfigMap: 'kube-root-ca.crt' } as const;

/** Every namespace has a ServiceAccount `default` and the ConfigMap with the cluster's certificate. */
export const namespaceDefaultsController: Controller = {
  name: 'serviceaccount-controller',
  kinds: ['Namespace'],
  ends: kinds,
  immediate: true,
  keysFor: ({ type, object }) => {
    if (object.kind === 'Namespace') return type === 'added' ? [object.metadata.name] : [];
    const isDefault = kinds.some((kind) => object.kind === kind && object.metadata.name === names[kind]);
    return type === 'deleted' && isDefault ? [object.metadata.namespace ?? ''] : [];
  },
  reconcile: (namespace, { api, store }) => {
    if (store.find('Namespace', undefined, namespace)?.metadata.deletionTimestamp !== undefined) return;
    if (store.find('Namespace', undefined, namespace) === undefined) return;
    for (const kind of kinds) {
      if (store.find(kind, namespace, names[kind]) !== undefined) continue;
      const data = kind === 'ConfigMap' ? { data: { 'ca.crt': '' } } : {};
      api.create({ apiVersion: 'v1', kind, metadata: { name: names[kind], namespace }, ...data }, { trusted: true });
    }
  },
};
