import type { JSONSchemaProps } from '../../lib/api/generated/types.js';
import type { KubeObject } from '../../lib/api/object.js';

type Json = Readonly<Record<string, unknown>>;

/** The definition of Widgets with a schema, and with more in its spec and its one version. */
export const definition = (schema: JSONSchemaProps, more: Json = {}, version: Json = {}): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.demo.example.com' },
  spec: {
    group: 'demo.example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
    ...more,
  },
});

/** A Widget with more in it than its type and name. */
export const widget = (more: Json): KubeObject => ({
  apiVersion: 'demo.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'w' },
  ...more,
});
