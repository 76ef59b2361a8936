import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { resourceTable } from '../api/generated/resources.js';
import type { ObjectRef } from '../api/object.js';

const clusterScoped = new Set<string>(
  resourceTable.filter((row) => !row[4]).map(([group, version, kind]) => `${group}/${version}/${kind}`),
);

/** Identity that an object of the tree, of whatever library, will have in the cluster: `kubectl` puts what names no namespace into `default`. */
export const objectRef = (construct: IConstruct): ObjectRef => {
  const { apiVersion, kind, name, metadata } = ApiObject.of(construct);
  const scoped = clusterScoped.has(apiVersion.includes('/') ? `${apiVersion}/${kind}` : `/${apiVersion}/${kind}`);
  return { apiVersion, kind, namespace: scoped ? undefined : (metadata.namespace ?? 'default'), name };
};
