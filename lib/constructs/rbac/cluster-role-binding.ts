import type { Construct } from 'constructs';
import { type ObjectProps, Resource } from '../resource.js';
import type { ClusterRole } from './cluster-role.js';
import { type ClusterRoleName, clusterRoleRef } from './role-binding.js';
import { plainSubject, type Subject } from './subject.js';

export interface ClusterRoleBindingProps extends Omit<ObjectProps, 'namespace'> {
  readonly role: ClusterRole | ClusterRoleName;
  readonly subjects: readonly Subject[];
}

/**
 * Gives permissions in the whole cluster.
 *
 * @example
 * new ClusterRoleBinding(chart, 'ops', { role: 'cluster-admin', subjects: [group('ops')] });
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
 */
export class ClusterRoleBinding extends Resource {
  constructor(scope: Construct, id: string, props: ClusterRoleBindingProps) {
    const body = { roleRef: clusterRoleRef(props.role), subjects: props.subjects.map(plainSubject) };
    super(scope, id, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', namespaced: false }, props, body);
  }
}
