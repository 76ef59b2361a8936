import type { ObjectRef } from '../api/object.js';
import type { Manifest } from '../manifest/manifest.js';

/** How a manifest that was refused names itself, as far as it does. */
export const sentRef = ({ object }: Manifest): ObjectRef => {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const metadata: { readonly name?: unknown; readonly generateName?: unknown; readonly namespace?: unknown } =
    object?.metadata ?? {};
  return {
    apiVersion: text(object?.apiVersion),
    kind: text(object?.kind),
    namespace: typeof metadata.namespace === 'string' ? metadata.namespace : undefined,
    name: text(metadata.name) || text(metadata.generateName),
  };
};
