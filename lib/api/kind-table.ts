import { versionsModelledBy } from './removed.js';

/** What a table of `apiVersion kind` says of an object's kind; kinds of versions that are gone have the row of their model. */
export const kindTable = <T>(
  rows: readonly (readonly [string, T])[],
): ((object: { readonly apiVersion: string; readonly kind: string }) => T | undefined) => {
  const versions = new Map<string, Map<string, T>>();
  for (const [key, row] of rows) {
    const [own = '', kind = ''] = key.split(' ');
    for (const apiVersion of [own, ...versionsModelledBy(own, kind)]) {
      const kinds = versions.get(apiVersion) ?? new Map<string, T>();
      versions.set(apiVersion, kinds.set(kind, row));
    }
  }
  return ({ apiVersion, kind }) => versions.get(apiVersion)?.get(kind);
};
