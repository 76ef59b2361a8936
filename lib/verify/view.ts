import type { Admitted } from '../api/object.js';
import type { Cluster } from '../cluster/cluster.js';
import type { ClusterConfig } from '../cluster/config.js';
import { listensOn } from '../kubelet/index.js';
import { createNetwork, type Network } from '../network/network.js';
import type { AdminPolicy } from '../network/policy/admin.js';

/** Kinds of the Network Policy API, where its CustomResourceDefinitions are among the objects. */
const adminKinds = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'];
const adminVersion = 'policy.networking.k8s.io/v1alpha1';

/** The network of a settled cluster. Where the author declares what a container listens on, that is known; otherwise nobody knows. */
export const networkOf = (cluster: Cluster, { ingressController }: ClusterConfig): Network =>
  createNetwork(
    {
      pods: cluster.list('Pod'),
      services: cluster.list('Service'),
      endpointSlices: cluster.list('EndpointSlice'),
      namespaces: cluster.list('Namespace'),
      networkPolicies: cluster.list('NetworkPolicy'),
      adminPolicies: adminKinds.flatMap(
        (kind) => cluster.list({ apiVersion: adminVersion, kind }) as readonly Admitted<AdminPolicy>[],
      ),
      ingresses: cluster.list('Ingress'),
      nodes: cluster.list('Node'),
    },
    {
      ingressController,
      listens: (pod, port, protocol) => {
        const behaviours = cluster.behaviourOf(pod);
        if (listensOn(pod, (container) => behaviours[container] ?? {}, port, protocol) !== undefined) return true;
        const declared = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].every(
          ({ name }) => behaviours[name]?.listens !== undefined,
        );
        return declared ? false : undefined;
      },
    },
  );
