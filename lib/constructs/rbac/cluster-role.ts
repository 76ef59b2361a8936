import type { Construct } from 'constructs';
import type { PolicyRule } from '../../api/generated/types.js';
import { type ObjectProps, pathOf, Resource } from '../resource.js';
import type { Labels } from '../target.js';
import { policyRules, type Rules } from './rules.js';

export interface ClusterRoleProps extends Omit<ObjectProps, 'namespace'> {
  readonly rules?: Rules | undefined;
  /** Verbs for URLs that are no resources: `{ '/metrics': ['get'] }`. */
  readonly urls?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Takes in the rules of every ClusterRole with these labels; the cluster then fills in the rules. */
  readonly aggregates?: Labels | readonly Labels[] | undefined;
  /** Adds these rules to roles of the cluster that aggregate. */
  readonly aggregateTo?: readonly ('admin' | 'edit' | 'view' | (string & {}))[] | undefined;
}

const isList = (labels: Labels | readonly Labels[]): labels is readonly Labels[] => Array.isArray(labels);

/**
 * Permissions in the whole cluster, or (through a RoleBinding) in a namespace.
 *
 * @example
 * new ClusterRole(chart, 'monitoring', { aggregates: { 'rbac.example.com/aggregate-to-monitoring': 'true' } });
 * new ClusterRole(chart, 'agent-view', { aggregateTo: ['view'], rules: { nodes: ['get', 'list'], 'nodes/metrics': ['get'] } });
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
export class ClusterRole extends Resource {
  constructor(scope: Construct, id: string, props: ClusterRoleProps) {
    const { rules, urls = {}, aggregates, aggregateTo = [] } = props;
    const selectors = aggregates === undefined || isList(aggregates) ? aggregates : [aggregates];
    const all: readonly PolicyRule[] = [
      ...(rules === undefined ? [] : policyRules(pathOf(scope, id), rules)),
      ...Object.entries(urls).map(([url, verbs]) => ({ nonResourceURLs: [url], verbs })),
    ];
    const labels = {
      ...props.labels,
      ...Object.fromEntries(aggregateTo.map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true'])),
    };
    const body = {
      ...(selectors === undefined
        ? {}
        : { aggregationRule: { clusterRoleSelectors: selectors.map((matchLabels) => ({ matchLabels })) } }),
      rules: all,
    };
    super(
      scope,
      id,
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', namespaced: false },
      { ...props, labels },
      body,
    );
  }
}
