import type { KubeObject } from '../api/object.js';
import type { ApiServer } from '../apiserver/server.js';
import type { ClusterConfig } from './config.js';

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

const priorityClasses = [
  { name: 'system-cluster-critical', value: 2_000_000_000 },
  { name: 'system-node-critical', value: 2_000_001_000 },
];

const dnsPorts = [
  { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
  { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
  { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
];

const service = (
  namespace: string,
  name: string,
  clusterIP: string,
  labels: Record<string, string>,
  spec: object,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels },
  spec: {
    type: 'ClusterIP',
    clusterIP,
    clusterIPs: [clusterIP],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
    ...spec,
  },
});

/** A Pod of the cluster DNS as it runs in every cluster: assumed, so it neither takes room on a node nor is it started. */
const dnsPod = (index: number, node: string | undefined, timestamp: string): KubeObject => {
  const podIP = `10.255.255.${index + 1}`;
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: timestamp });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `coredns-${index + 1}`,
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-dns' },
      creationTimestamp: timestamp,
    },
    spec: {
      ...(node !== undefined && { nodeName: node }),
      serviceAccountName: 'default',
      containers: [
        {
          name: 'coredns',
          image: 'registry.k8s.io/coredns/coredns',
          ports: dnsPorts.map(({ name, port, protocol }) => ({ name, containerPort: port, protocol })),
        },
      ],
    },
    status: {
      phase: 'Running',
      podIP,
      podIPs: [{ ip: podIP }],
      startTime: timestamp,
      conditions: ['PodScheduled', 'PodReadyToStartContainers', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
      containerStatuses: [
        {
          name: 'coredns',
          image: 'registry.k8s.io/coredns/coredns',
          imageID: '',
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: timestamp } },
        },
      ],
    },
  };
};

const storageClass = (name: string): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: name,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
});

/** Makes what every cluster has before anyone applies anything; what a snapshot brought stays as it is. */
export const bootstrap = (api: ApiServer, { defaultStorageClass }: ClusterConfig): void => {
  const { store, clock } = api;
  const make = (object: KubeObject): void => {
    if (api.get({ ...object, name: object.metadata.name ?? '', namespace: object.metadata.namespace }) === undefined)
      api.create(object, { trusted: true });
  };
  for (const name of namespaces) {
    make({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
    });
  }
  for (const { name, value } of priorityClasses) {
    make({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
      preemptionPolicy: 'PreemptLowerPriority',
    });
  }
  if (defaultStorageClass !== undefined) make(storageClass(defaultStorageClass));
  const https = { ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] };
  make(service('default', 'kubernetes', '10.96.0.1', { component: 'apiserver', provider: 'kubernetes' }, https));
  const dns = { selector: { 'k8s-app': 'kube-dns' }, ports: dnsPorts };
  make(service('kube-system', 'kube-dns', '10.96.0.10', { 'k8s-app': 'kube-dns' }, dns));
  if (store.podsWith('kube-system', { 'k8s-app': 'kube-dns' }).length > 0) return;
  const nodes = store.list('Node');
  const home =
    nodes.find((node) => node.spec?.taints?.some((taint) => taint.key === 'node-role.kubernetes.io/control-plane')) ?? nodes[0];
  for (const index of [0, 1]) api.restore(dnsPod(index, home?.metadata.name, clock.timestamp));
};
