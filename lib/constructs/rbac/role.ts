import type { Construct } from 'constructs';
import { type ObjectProps, pathOf, Resource } from '../resource.js';
import { policyRules, type Rules } from './rules.js';

export interface RoleProps extends ObjectProps {
  readonly rules: Rules;
}

/**
 * Permissions in one namespace.
 *
 * @example
 * new Role(chart, 'reader', { rules: { pods: ['get', 'list', 'watch'], 'pods/log': ['get'], configmaps: { verbs: ['get'], names: [settings] } } });
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export class Role extends Resource {
  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' }, props, {
      rules: policyRules(pathOf(scope, id), props.rules),
    });
  }
}
