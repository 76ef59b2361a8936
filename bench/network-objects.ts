import type { Namespace, NetworkPolicy, Pod, Service } from '../lib/api/generated/types.js';
import type { Admitted, KubeObject } from '../lib/api/object.js';
import type { NetworkView } from '../lib/network/view.js';

const namespaceCount = 50;
const workloadCount = 500;
const policyCount = 1000;

const admitted = <T>(apiVersion: string, kind: string, namespace: string | undefined, name: string, rest: object): Admitted<T> =>
  ({
    apiVersion,
    kind,
    ...rest,
    metadata: {
      name,
      uid: `${kind}/${name}`,
      ...(namespace && { namespace }),
      ...('labels' in rest ? { labels: rest.labels } : {}),
    },
  }) as Admitted<T>;

const namespaceOf = (index: number): string => `team-${index % namespaceCount}`;

const podsOf = (count: number): readonly Admitted<Pod>[] =>
  Array.from({ length: count }, (_, index) => {
    const workload = index % workloadCount;
    const app = `app-${workload}`;
    const ip = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    const each = admitted<Pod>('v1', 'Pod', namespaceOf(workload), `${app}-7d9f-${index}`, {
      spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 }, { containerPort: 9090 }] }] },
      status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
    });
    const labels = { app, tier: workload % 3 === 0 ? 'front' : 'back', 'pod-template-hash': '7d9f' };
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${app}-7d9f`, uid: app, controller: true }];
    return { ...each, metadata: { ...each.metadata, labels, ownerReferences } };
  });

/** Half of the policies close a workload, the other half open it: to a neighbour, to a tier of a namespace, to addresses. */
const policiesOf = (): readonly Admitted<NetworkPolicy>[] =>
  Array.from({ length: policyCount }, (_, index) => {
    const workload = index % workloadCount;
    const neighbour = (workload + namespaceCount) % workloadCount;
    const podSelector = { matchLabels: { app: `app-${workload}` } };
    const elsewhere = { matchLabels: { 'kubernetes.io/metadata.name': namespaceOf(workload + 1) } };
    const spec: NonNullable<NetworkPolicy['spec']> =
      index < workloadCount
        ? { podSelector, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [{ podSelector: {} }] }] }
        : {
            podSelector,
            policyTypes: ['Ingress', 'Egress'],
            ingress: [
              {
                from: [{ namespaceSelector: elsewhere, podSelector: { matchLabels: { tier: 'front' } } }],
                ports: [{ port: 'http' }],
              },
              { from: [{ ipBlock: { cidr: `203.0.${workload % 200}.0/24` } }], ports: [{ port: 8080 }] },
            ],
            egress: [
              { to: [{ podSelector: { matchLabels: { app: `app-${neighbour}` } } }, { namespaceSelector: elsewhere }] },
              { to: [{ namespaceSelector: {} }], ports: [{ protocol: 'UDP', port: 53 }] },
            ],
          };
    return admitted<NetworkPolicy>('networking.k8s.io/v1', 'NetworkPolicy', namespaceOf(workload), `policy-${index}`, { spec });
  });

export const viewOf = (count: number): NetworkView => ({
  pods: podsOf(count),
  services: Array.from({ length: workloadCount }, (_, index) => {
    const spec = { selector: { app: `app-${index}` }, ports: [{ port: 80, targetPort: 'http' }] };
    return admitted<Service>('v1', 'Service', namespaceOf(index), `app-${index}`, { spec });
  }),
  namespaces: Array.from({ length: namespaceCount }, (_, index) =>
    admitted<Namespace>('v1', 'Namespace', undefined, namespaceOf(index), {}),
  ),
  networkPolicies: policiesOf(),
  endpointSlices: [],
  ingresses: [],
  nodes: [],
});

/** The same as manifests, with Deployments of so many Pods together. */
export const manifestsOf = (count: number): readonly KubeObject[] => {
  const plain = ({ apiVersion, kind, metadata: { uid: _, ...metadata }, ...rest }: Admitted): KubeObject => ({
    apiVersion,
    kind,
    metadata,
    ...rest,
  });
  const { namespaces, services } = viewOf(0);
  const deployments = Array.from({ length: workloadCount }, (_, workload): KubeObject => {
    const app = `app-${workload}`;
    const labels = { app, tier: workload % 3 === 0 ? 'front' : 'back' };
    const ports = [{ name: 'http', containerPort: 8080 }, { containerPort: 9090 }];
    const neighbour = `app-${(workload + namespaceCount) % workloadCount}`;
    const env = [{ name: 'NEIGHBOUR_URL', value: `http://${neighbour}` }];
    const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'main:1', ports, env }] } };
    const spec = { replicas: count / workloadCount, selector: { matchLabels: { app } }, template };
    return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: app, namespace: namespaceOf(workload) }, spec };
  });
  return [...namespaces.map(plain), ...policiesOf().map(plain), ...services.map(plain), ...deployments];
};
