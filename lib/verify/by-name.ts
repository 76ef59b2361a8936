import type { Admitted } from '../api/object.js';

/** Objects of one kind by namespace and name. */
export type ByName<T> = (namespace: string | undefined, name: string | undefined) => T | undefined;

/** An index without a text for each object: names as they are, in a map for each namespace. */
export const byName = <T extends Admitted>(objects: readonly T[]): ByName<T> => {
  const found = new Map<string | undefined, Map<string | undefined, T>>();
  for (const object of objects) {
    const { namespace, name } = object.metadata;
    let names = found.get(namespace);
    if (names === undefined) {
      names = new Map();
      found.set(namespace, names);
    }
    names.set(name, object);
  }
  return (namespace, name) => found.get(namespace)?.get(name);
};
