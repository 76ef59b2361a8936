import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { bodyOf, type ObjectProps, Resource } from '../resource.js';

export interface IngressClassProps extends Omit<ObjectProps, 'namespace'> {
  /** The controller that serves Ingresses of this class: `k8s.io/ingress-nginx`. */
  readonly controller: string;
  readonly parameters?: k8s.IngressClassParametersReference | undefined;
  /** The class of Ingresses that name none. */
  readonly default?: boolean | undefined;
}

/**
 * Chooses among Ingress controllers.
 *
 * @example
 * const nginx = new IngressClass(chart, 'nginx', { controller: 'k8s.io/ingress-nginx' });
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class
 */
export class IngressClass extends Resource {
  constructor(scope: Construct, id: string, props: IngressClassProps) {
    const { default: isDefault, ...spec } = bodyOf(props);
    const mark = isDefault === undefined ? {} : { 'ingressclass.kubernetes.io/is-default-class': String(isDefault) };
    const annotations = { ...props.annotations, ...mark };
    super(
      scope,
      id,
      { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', namespaced: false },
      { ...props, annotations },
      { spec },
    );
  }
}
