import type { Construct } from 'constructs';
import type { RoleRef } from '../../api/generated/types.js';
import { PlimsollError } from '../error.js';
import { namespaceOf, type ObjectProps, pathOf, Resource } from '../resource.js';
import type { ClusterRole } from './cluster-role.js';
import { Role } from './role.js';
import { plainSubject, type Subject } from './subject.js';

/** ClusterRoles that every cluster has, or another that this program does not make. */
export type ClusterRoleName = 'cluster-admin' | 'admin' | 'edit' | 'view' | (string & {});

const apiGroup = 'rbac.authorization.k8s.io';

export const clusterRoleRef = (role: ClusterRole | ClusterRoleName): RoleRef => ({
  apiGroup,
  kind: 'ClusterRole',
  name: typeof role === 'string' ? role : role.name,
});

const roleRef = (path: string, namespace: string | undefined, role: Role | ClusterRole | ClusterRoleName): RoleRef => {
  if (!(role instanceof Role)) return clusterRoleRef(role);
  if (role.namespace !== namespace) {
    throw new PlimsollError(
      path,
      `binds Roles of its own namespace only, and ${role.node.path} is in '${role.namespace ?? 'default'}'; make the binding there`,
    );
  }
  return { apiGroup, kind: 'Role', name: role.name };
};

export interface RoleBindingProps extends ObjectProps {
  /** A Role of this namespace, or a ClusterRole (by construct or name), which then holds in this namespace only. */
  readonly role: Role | ClusterRole | ClusterRoleName;
  readonly subjects: readonly Subject[];
}

/**
 * Gives permissions in one namespace.
 *
 * @example
 * new RoleBinding(chart, 'readers', { role: 'view', subjects: [group('developers'), agent] });
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
 */
export class RoleBinding extends Resource {
  constructor(scope: Construct, id: string, props: RoleBindingProps) {
    const namespace = namespaceOf(scope, props);
    const body = { roleRef: roleRef(pathOf(scope, id), namespace, props.role), subjects: props.subjects.map(plainSubject) };
    super(scope, id, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' }, props, body);
  }
}
