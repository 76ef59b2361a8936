import { Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { PodOwner } from '../pod/pod-owner.js';
import { ClusterRole } from './cluster-role.js';
import { ClusterRoleBinding } from './cluster-role-binding.js';
import { Role } from './role.js';
import { RoleBinding } from './role-binding.js';
import type { Rules } from './rules.js';
import { ServiceAccount } from './service-account.js';

export interface RbacBundleProps {
  /** The workload, or ServiceAccount, that gets the permissions. */
  readonly for: IConstruct;
  /** In the namespace of the chart. */
  readonly rules?: Rules | undefined;
  /** In the whole cluster: nodes, or the objects of all namespaces. */
  readonly clusterRules?: Rules | undefined;
}

/**
 * Everything that a workload needs to call the API server: a Role and its binding, named as the bundle; a ClusterRole and its binding, with the
 * namespace before that name; and, for a workload of this library that runs as nobody yet, a ServiceAccount of the workload's name. (Permissions
 * of the ServiceAccount `default` would be those of every Pod of the namespace.)
 *
 * @example
 * new RbacBundle(web, 'api-reader', { for: api, rules: { configmaps: ['get', 'watch'], 'pods/log': ['get'] } });
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export class RbacBundle extends Construct {
  /** The ServiceAccount, where the bundle made one. */
  readonly serviceAccount: ServiceAccount | undefined;

  constructor(scope: Construct, id: string, props: RbacBundleProps) {
    super(scope, id);
    const { for: subject, rules, clusterRules } = props;
    const subjects = [subject];
    if (subject instanceof PodOwner && subject.serviceAccountName === undefined) {
      this.serviceAccount = new ServiceAccount(this, 'service-account', { name: subject.name, namespace: subject.namespace });
      subject.runAs(this.serviceAccount.name);
    }
    if (rules !== undefined) {
      const role = new Role(this, 'role', { name: id, rules });
      new RoleBinding(this, 'binding', { name: id, role, subjects });
    }
    if (clusterRules !== undefined) {
      const { namespace } = Chart.of(this);
      const name = namespace === undefined ? id : `${namespace}-${id}`;
      const role = new ClusterRole(this, 'cluster-role', { name, rules: clusterRules });
      new ClusterRoleBinding(this, 'cluster-binding', { name, role, subjects });
    }
  }
}
