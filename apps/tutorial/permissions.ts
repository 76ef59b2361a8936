import { type App, Chart, ClusterRole, ClusterRoleBinding, Deployment, RbacBundle, Role, RoleBinding } from 'plimsoll';

/** S33: who may do what, in one namespace and in the whole cluster. */
export const permissions = (app: App): Chart => {
  const chart = new Chart(app, 'permissions', { namespace: 'default' });
  const reader = new Role(chart, 'pod-reader', { rules: { pods: ['get', 'list', 'watch'] } });
  new RoleBinding(chart, 'read-pods', { role: reader, subjects: [{ kind: 'User', name: 'jane' }] });

  // An aggregated ClusterRole: the agent's rules join the roles that people already have.
  new ClusterRole(chart, 'monitoring-endpoints', {
    labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' },
    rules: { services: ['get', 'list', 'watch'], endpointslices: ['get', 'list', 'watch'] },
  });
  new ClusterRoleBinding(chart, 'auditors-view', { role: 'view', subjects: [{ kind: 'Group', name: 'auditors' }] });

  const agent = new Deployment(chart, 'monitoring-agent', { containers: { agent: { image: 'example/agent:1.0' } } });
  new RbacBundle(chart, 'monitoring', {
    for: agent,
    rules: { configmaps: ['get', 'watch'] },
    clusterRules: { nodes: ['get', 'list'] },
  });
  return chart;
};
