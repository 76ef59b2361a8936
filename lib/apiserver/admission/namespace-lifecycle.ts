import { forbidden, notFound } from '../refusals.js';
import type { AdmissionPlugin } from './plugin.js';

/** NamespaceLifecycle: objects are made in namespaces that exist and are not on their way out. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  refuse: (object, context) => {
    const name = object.metadata.namespace;
    if (name === undefined) return undefined;
    const namespace = context.store.find('Namespace', undefined, name);
    if (namespace === undefined) {
      if (context.world === 'closed') return notFound({ apiVersion: 'v1', kind: 'Namespace' }, name);
      context.assume({ code: 'exists', text: `Namespace ${name} exists`, object: { apiVersion: 'v1', kind: 'Namespace', name } });
      context.createNamespace(name);
      return undefined;
    }
    if (namespace.metadata.deletionTimestamp === undefined) return undefined;
    const detail = `namespace ${name} is being terminated`;
    return {
      ...forbidden(object, `unable to create new content in namespace ${name} because it is being terminated`),
      causes: [{ type: 'NamespaceTerminating', field: 'metadata.namespace', message: `metadata.namespace: ${detail}` }],
    };
  },
};
