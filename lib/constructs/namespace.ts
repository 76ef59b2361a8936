import type { Construct } from 'constructs';
import { type ObjectProps, Resource } from './resource.js';

/**
 * A namespace: names are unique within it.
 *
 * @example
 * new Namespace(chart, 'web', { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } });
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
 */
export class Namespace extends Resource {
  constructor(scope: Construct, id: string, props: Omit<ObjectProps, 'namespace'> = {}) {
    super(scope, id, { apiVersion: 'v1', kind: 'Namespace', namespaced: false }, props, {});
  }
}
