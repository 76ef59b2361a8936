import { modelVersion } from './removed.js';

/** What a table of `apiVersion kind` says of an object's kind; kinds of versions that are gone have the row of their model. */
export const kindTable = <T>(
  rows: readonly (readonly [string, T])[],
): ((object: { readonly apiVersion: string; readonly kind: string }) => T | undefined) => {
  const versions = new Map<string, Map<string, T>>();
  for (const [key, row] of rows) {
    const [apiVersion = '', kind = ''] = key.split(' ');
    const kinds = versions.get(apiVersion) ?? new Map<string, T>();
    versions.set(apiVersion, kinds.set(kind, row));
  }
  return ({ apiVersion, kind }) => versions.get(modelVersion(apiVersion, kind))?.get(kind);
};
