import type { Admitted } from '../api/object.js';
import type { Cluster } from '../cluster/cluster.js';
import type { ClusterConfig } from '../cluster/config.js';
import { listensOn } from '../kubelet/index.js';
import { createNetwork, type Network } from '../network/network.js';
import type { AdminPolicy } from '../network/policy/admin.js';
import type { NetworkOptions, NetworkView } from '../network/view.js';

/** Kinds of the Network Policy API, where its CustomResourceDefinitions are among the objects. */
const adminKinds = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'];
const adminVersion = 'policy.networking.k8s.io/v1alpha1';

/** Kinds of the Gateway API, likewise; the version does not matter where objects are listed. */
const gatewayKinds = ['GatewayClass', 'Gateway', 'HTTPRoute', 'ReferenceGrant'];
const gatewayVersion = 'gateway.networking.k8s.io/v1';

/** The objects of a settled cluster that its network follows from. */
export const viewOf = (cluster: Cluster): NetworkView => ({
  pods: cluster.list('Pod'),
  services: cluster.list('Service'),
  endpointSlices: cluster.list('EndpointSlice'),
  namespaces: cluster.list('Namespace'),
  networkPolicies: cluster.list('NetworkPolicy'),
  adminPolicies: adminKinds.flatMap(
    (kind) => cluster.list({ apiVersion: adminVersion, kind }) as readonly Admitted<AdminPolicy>[],
  ),
  ingresses: cluster.list('Ingress'),
  ingressClasses: cluster.list('IngressClass'),
  gatewayObjects: gatewayKinds.flatMap((kind) => cluster.list({ apiVersion: gatewayVersion, kind })),
  nodes: cluster.list('Node'),
});

/** What is known beyond the objects. Where the author declares what a container listens on, that is known; otherwise nobody knows. */
export const networkOptionsOf = (cluster: Cluster, { ingressController, kubeProxy }: ClusterConfig): NetworkOptions => ({
  backend: kubeProxy?.mode,
  ingressController,
  listens: (pod, port, protocol) => {
    const behaviours = cluster.behaviourOf(pod);
    if (listensOn(pod, (container) => behaviours[container] ?? {}, port, protocol) !== undefined) return true;
    const declared = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].every(
      ({ name }) => behaviours[name]?.listens !== undefined,
    );
    return declared ? false : undefined;
  },
});

/** The network of a settled cluster. */
export const networkOf = (cluster: Cluster, config: ClusterConfig): Network =>
  createNetwork(viewOf(cluster), networkOptionsOf(cluster, config));
