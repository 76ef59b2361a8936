import type { ClusterRoleBinding, RbacV1Subject, RoleBinding } from '../generated/types.js';
import { at, each, fill } from './fill.js';

const group = 'rbac.authorization.k8s.io';

const subject = (value: RbacV1Subject): RbacV1Subject =>
  value.kind === 'User' || value.kind === 'Group' ? fill(value, { apiGroup: group }) : value;

export const binding = <T extends RoleBinding | ClusterRoleBinding>(value: T): T =>
  at(
    at(value as RoleBinding, 'roleRef', (role) => fill(role, { apiGroup: group })),
    'subjects',
    each(subject),
  ) as T;
