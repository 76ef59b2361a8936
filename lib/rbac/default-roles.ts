/** ClusterRoles that every cluster has besides the `system:` ones (Kubernetes: Using RBAC Authorization, user-facing roles). */
const userFacing: ReadonlySet<string> = new Set(['cluster-admin', 'admin', 'edit', 'view']);

/** True for a ClusterRole or Role that the API server makes at start. */
export const isDefaultRole = (name: string): boolean => userFacing.has(name) || name.startsWith('system:');
